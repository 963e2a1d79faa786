package dev.matviews.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What the API server was asked to write into the status of MaterializedViews, from its own audit
 * log: writes that it refused or that changed nothing are there too.
 */
record StatusWrites(List<Write> all) {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
      - level: Metadata
        verbs: [update, patch]
        resources: [{group: matviews.dev, resources: [materializedviews/status]}]
      - level: None
      """;

  /** One request. */
  record Write(String namespace, String view, Instant at) {}

  /** The flags of an API server that keeps the log in the folder. */
  static String[] flags(Path folder) {
    try {
      Path policy = Files.createDirectories(folder).resolve("audit.yaml");
      return new String[] {
        "--audit-policy-file=" + Files.writeString(policy, POLICY),
        "--audit-log-path=" + log(folder)
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path log(Path folder) {
    return folder.resolve("audit.log");
  }

  static StatusWrites of(Path folder, Tenant tenant) {
    try (var lines = Files.lines(log(folder))) {
      return new StatusWrites(
          lines
              .map(StatusWrites::write)
              .filter(write -> write.namespace().equals(tenant.namespace()))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Write write(String line) {
    try {
      JsonNode event = JSON.readTree(line);
      JsonNode about = event.required("objectRef");
      return new Write(
          about.required("namespace").asText(),
          about.required("name").asText(),
          Instant.parse(event.required("requestReceivedTimestamp").asText()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  long of(String view, Instant from, Instant until) {
    return all.stream()
        .filter(write -> write.view().equals(view))
        .filter(write -> !write.at().isBefore(from) && write.at().isBefore(until))
        .count();
  }
}
