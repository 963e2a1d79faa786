package dev.matviews.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What the API server was asked for, by its own account: status writes of views and reads of
 * Secrets, requests among them that it refused or that changed nothing.
 */
record AuditLog(Path folder) {

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
      - level: Metadata
        verbs: [get]
        resources: [{group: "", resources: [secrets]}]
      - level: None
      """;

  private record Request(String user, String resource, String namespace, String name, Instant at) {

    static Request parse(String line) {
      try {
        JsonNode event = JSON.readTree(line);
        JsonNode about = event.required("objectRef");
        return new Request(
            event.required("user").required("username").asText(),
            about.required("resource").asText(),
            about.path("namespace").asText(),
            about.path("name").asText(),
            Instant.parse(event.required("requestReceivedTimestamp").asText()));
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

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

  /** How often a view's status was to be written. */
  long statusWrites(Tenant tenant, String view, Instant from, Instant until) {
    return count(
        requests ->
            of(requests, "materializedviews", tenant, view)
                .filter(write -> !write.at().isBefore(from) && write.at().isBefore(until)));
  }

  /** How often an account, by the end of its name, has asked for a Secret. */
  long readsOfSecret(Tenant tenant, String name, String account) {
    return count(
        requests ->
            of(requests, "secrets", tenant, name).filter(read -> read.user().endsWith(account)));
  }

  private static Stream<Request> of(
      Stream<Request> requests, String resource, Tenant tenant, String name) {
    return requests
        .filter(request -> request.resource().equals(resource))
        .filter(request -> request.namespace().equals(tenant.namespace()))
        .filter(request -> request.name().equals(name));
  }

  private long count(UnaryOperator<Stream<Request>> which) {
    try (Stream<String> lines = Files.lines(file())) {
      return which.apply(lines.map(Request::parse)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
