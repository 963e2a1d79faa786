package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matviews.playground.OperatorProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("The log")
class LogIT {

  private static final String JSON = "matview-operator-json";
  private static final Duration SOON = Duration.ofSeconds(15);

  @Test
  @DisplayName("has a line for each thing that happens to a view, that names it and its run")
  void plain(Stage stage, Tenant tenant) {
    live(tenant);
    LogCheck log = new LogCheck(stage.operatorLog(), 0);
    String view = tenant.namespace() + "/";
    for (String wanted :
        List.of(
            view + "db: ready: InSync: ",
            view + "good: Created: ",
            view + "good: Initial/",
            view + "good: Request/now: succeeded after 0.",
            view + "good: ready: InSync: ",
            view + "bad: Initial/",
            view + "bad: not ready: QueryFailed: ",
            view + "wrong: not ready: InvalidSQL: ")) {
      Awaitility.await(wanted)
          .atMost(SOON)
          .until(() -> log.entries().stream().anyMatch(line -> line.contains(") " + wanted)));
    }
    assertThat(log.entries())
        .filteredOn(line -> line.contains(view + "good: Request/now"))
        .as("one line a run")
        .singleElement()
        .matches(line -> line.contains(" in mode ") && line.contains("INFO"));
    assertThat(log.entries())
        .filteredOn(line -> line.contains(view + "bad: Initial/"))
        .allMatch(line -> line.contains(": QueryFailed: ") && line.lines().count() == 1);
  }

  @Test
  @DisplayName("is JSON by a switch, with the object and the run as fields")
  void json(Stage stage, Tenant tenant) throws IOException {
    stage.operator().close();
    try (OperatorProcess operator =
        stage.startReplica(JSON, Map.of("QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true"))) {
      assertThat(operator.isAlive()).isTrue();
      live(tenant);
      JsonNode run =
          await(stage, line -> line.path("mdc").path("run").asText().equals("Request/now"));
      assertThat(run.path("level").asText()).isEqualTo("INFO");
      assertThat(run.path("message").asText()).contains("good: Request/now: succeeded");
      assertThat(object(run)).isEqualTo("MaterializedView " + tenant.namespace() + "/good");
      // The tenant's own may have been ready before this operator came.
      tenant.apply(
          """
          apiVersion: matviews.dev/v1alpha1
          kind: PostgresConnection
          metadata: {name: another}
          spec:
            secretRef: {name: db}
            tls: {mode: disable}
          """);
      JsonNode ready =
          await(stage, line -> line.path("message").asText().contains("/another: ready"));
      assertThat(object(ready)).isEqualTo("PostgresConnection " + tenant.namespace() + "/another");
      assertThat(ready.path("mdc").has("run")).isFalse();
      for (JsonNode line : lines(stage)) {
        String text = line.path("message").asText();
        if (text.startsWith(tenant.namespace() + "/")) {
          assertThat(text).startsWith(object(line).split(" ", 2)[1] + ": ");
        }
      }
    } finally {
      stage.startOperatorAgain();
    }
  }

  @Test
  @ExpectLog("v: the API server answered HTTP 422; tried again")
  @DisplayName("has no stack trace for a status that the API server refuses for a while")
  void refusedStatus(Stage stage, Tenant tenant) {
    tenant.view("v", "SELECT 1 AS a", "");
    tenant.awaitReady("v");
    LogCheck log = LogCheck.fromNow(stage.operatorLog());
    String request = "while refused";
    try (Denial denial = new Denial(tenant, "materializedviews/status")) {
      denial.begin();
      // It takes effect when the API server gets to it.
      AtomicInteger requests = new AtomicInteger();
      Awaitility.await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(300))
          .until(
              () -> {
                tenant.annotate("v", request + requests.incrementAndGet());
                return log.entries().stream().anyMatch(line -> line.contains("HTTP 422"));
              });
      tenant.annotate("v", "and runs");
      tenant.awaitValue(
          "SELECT handled_request FROM matview_operator.views WHERE view_name = 'v'",
          SOON,
          "and runs");
    }
    tenant.annotate("v", request);
    tenant.await("v", SOON, status -> request.equals(status.lastHandledRefreshRequest()));
  }

  private static void live(Tenant tenant) {
    tenant.sql("CREATE TABLE app.zero AS SELECT 0 AS n");
    tenant.own("zero");
    tenant.awaitConnection("db", SOON, "TRUE/InSync", "");
    tenant.view("good", "SELECT 1 AS a", "");
    tenant.view("bad", "SELECT 1 / n AS a FROM zero", "");
    tenant.view("wrong", "SELECT nothing", "");
    tenant.awaitReady("good");
    tenant.awaitReason("bad", "FALSE/QueryFailed");
    tenant.awaitReason("wrong", "FALSE/InvalidSQL");
    tenant.annotate("good", "now");
    tenant.await("good", SOON, status -> "now".equals(status.lastHandledRefreshRequest()));
  }

  private static String object(JsonNode line) {
    JsonNode about = line.path("mdc");
    return "%s %s/%s"
        .formatted(
            about.path("resource.kind").asText(),
            about.path("resource.namespace").asText(),
            about.path("resource.name").asText());
  }

  private static JsonNode await(Stage stage, Predicate<JsonNode> wanted) {
    return Awaitility.await()
        .atMost(SOON)
        .until(() -> lines(stage).stream().filter(wanted).findFirst(), found -> found.isPresent())
        .orElseThrow();
  }

  private static List<JsonNode> lines(Stage stage) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    String text = Files.readString(stage.logOf(JSON));
    // The last may be half written.
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }
}
