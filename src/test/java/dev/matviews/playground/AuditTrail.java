package dev.matviews.playground;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What an API server was asked for, by its own account, requests among them that it refused or that
 * changed nothing.
 *
 * @param rules of the audit policy, as YAML, that say which requests are written down
 */
public record AuditTrail(Path folder, String rules) {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
      """;

  /** What was asked for, where a part that a request did not have is empty. */
  public record Request(
      String user, String resource, String subresource, String namespace, String name, Instant at) {

    private static Request parse(String line) {
      try {
        JsonNode event = JSON.readTree(line);
        JsonNode about = event.path("objectRef");
        return new Request(
            // A request with a token that is no longer valid is nobody's.
            event.required("user").path("username").asText(),
            about.path("resource").asText(),
            about.path("subresource").asText(),
            about.path("namespace").asText(),
            about.path("name").asText(),
            Instant.parse(event.required("requestReceivedTimestamp").asText()));
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }

    public boolean isWithin(Instant from, Instant until) {
      return !at.isBefore(from) && at.isBefore(until);
    }
  }

  /** The flags of an API server that keeps it. */
  public String[] flags() {
    try {
      Path policy = Files.createDirectories(folder).resolve("audit.yaml");
      Files.writeString(policy, POLICY + rules);
      return new String[] {"--audit-policy-file=" + policy, "--audit-log-path=" + file()};
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file() {
    return folder.resolve("audit.log");
  }

  public long count(Predicate<Request> which) {
    try (Stream<String> lines = Files.lines(file())) {
      return lines.map(Request::parse).filter(which).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
