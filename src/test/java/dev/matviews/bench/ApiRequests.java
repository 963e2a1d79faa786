package dev.matviews.bench;

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

/** What the operator has asked the API server for, by the server's own log. */
record ApiRequests(Path folder) {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
      - level: Metadata
        users: ["system:serviceaccount:matview-operator:matview-operator"]
      - level: None
      """;

  /** The flags of an API server that keeps the log. */
  String[] flags() {
    try {
      Path policy = Files.createDirectories(folder).resolve("audit.yaml");
      return new String[] {
        "--audit-policy-file=" + Files.writeString(policy, POLICY), "--audit-log-path=" + file()
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file() {
    return folder.resolve("audit.log");
  }

  long all(Instant from, Instant until) {
    return count(from, until, event -> true);
  }

  long statusWrites(Instant from, Instant until) {
    return count(
        from, until, event -> event.at("/objectRef/subresource").asText().equals("status"));
  }

  private long count(Instant from, Instant until, Predicate<JsonNode> which) {
    try (Stream<String> lines = Files.lines(file())) {
      return lines
          .map(ApiRequests::parse)
          .filter(event -> isWithin(event, from, until))
          .filter(which)
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isWithin(JsonNode event, Instant from, Instant until) {
    Instant at = Instant.parse(event.required("requestReceivedTimestamp").asText());
    return !at.isBefore(from) && at.isBefore(until);
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
