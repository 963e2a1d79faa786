package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.metrics.Dashboard;
import dev.matviews.metrics.Metric;
import dev.matviews.metrics.PromQl;
import dev.matviews.playground.Progress;
import dev.matviews.playground.Promtool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("A scrape")
class MetricsIT {

  /** What the JVM and the framework only tell of once it has happened; its labels are few words. */
  private static final List<String> ONCE_IT_HAPPENED =
      List.of("jvm_gc_", "events_received_", "reconciliations_retries_");

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int CYCLES = Integer.getInteger("metrics.cycles", 50);
  private static final int AT_ONCE = 25;

  /** Until a reconciliation has failed they are not there. */
  private static final Set<String> MADE_BY_A_FAILURE =
      Set.of("reconciliations_failure_total", "reconciliations_retries_total");

  private Stage stage;
  private Tenant tenant;

  @SuppressWarnings("NullAway.Init") // set before the test
  MetricsIT() {}

  @BeforeEach
  void tellOfEachView(Stage shared, Tenant moved) {
    stage = shared;
    tenant = moved;
    stage.startOperatorAgain(Map.of("MATVIEWS_METRICS_PER_VIEW", "true"));
    tenant.awaitConnection("db", SOON, "TRUE/InSync", "");
  }

  @AfterEach
  void asBefore() {
    stage.startOperatorAgain();
  }

  @Test
  @DisplayName("shows all metrics, each with what was so, and all that the dashboard asks for")
  void allMetrics() throws IOException {
    tenant.sql("CREATE TABLE app.zero AS SELECT 0 AS n");
    tenant.own("zero");
    tenant.view("good", "SELECT generate_series(1, 7) AS a", "maxStaleness: 1h");
    tenant.view("old", "SELECT 1 AS a", "maxStaleness: 1s");
    tenant.view("bad", "SELECT 1 / n AS a FROM zero", "");
    tenant.view("wrong", "SELECT nothing", "");
    tenant.view("often", "SELECT 1 AS a", "refresh: {interval: 10s}");
    tenant.view(
        "drifted",
        "SELECT 1 AS a",
        "driftPolicy: Report\nindexes: [{name: drifted_a, columns: [a]}]");
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: nowhere}
        spec:
          secretRef: {name: db}
          port: 1
          tls: {mode: disable}
        """);
    tenant.awaitReady("good");
    tenant.awaitReady("drifted");
    tenant.awaitReason("bad", "FALSE/QueryFailed");
    tenant.awaitReason("wrong", "FALSE/InvalidSQL");
    tenant.awaitBroken("nowhere");
    tenant.sql("DROP INDEX app.drifted_a");
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> slots(Scrape.of(stage.operator())) > 0);
    tenant.view("often", "SELECT 1 AS a", "suspend: true\nrefresh: {interval: 10s}");
    queue();

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertValues(Scrape.of(stage.operator())));
    Scrape scrape = Scrape.of(stage.operator());
    assertIsTheList(scrape);
    assertAnswersTheDashboard(scrape);
    if (Boolean.getBoolean("promtool")) {
      assertPromtoolAgrees(scrape);
    }
  }

  /** Two run, for as long as they are let; one waits for its place. */
  private void queue() {
    for (int i = 1; i <= 3; i++) {
      tenant.view("slow-" + i, "SELECT pg_sleep(600)::text AS a", "");
    }
  }

  private void assertValues(Scrape scrape) {
    is(scrape, Metric.Leader, 1);
    is(scrape, Metric.ConnectionUp, 1, "connection", "db");
    is(scrape, Metric.ConnectionUp, 0, "connection", "nowhere");
    is(scrape, Metric.QueueDepth, 1, "connection", "db");
    is(scrape, Metric.QueueRunning, 2, "connection", "db");
    assertThat(of(scrape, Metric.QueueLag, "connection", "db")).isBetween(0.001, 60.0);
    is(scrape, Metric.Views, 9, "connection", "db");
    is(scrape, Metric.ViewsReady, 4, "connection", "db");
    is(scrape, Metric.ViewsStalled, 1, "connection", "db");
    is(scrape, Metric.ViewsStale, 1, "connection", "db");
    is(scrape, Metric.ViewsFailing, 1, "connection", "db");
    is(scrape, Metric.ViewsDrifted, 1, "connection", "db");
    is(scrape, Metric.FailureStreakMax, failures(), "connection", "db");
    is(scrape, Metric.ConsecutiveFailures, failures(), "view", "bad");
    is(scrape, Metric.ConsecutiveFailures, 0, "view", "good");
    is(scrape, Metric.Ready, 1, "view", "good");
    is(scrape, Metric.Ready, 0, "view", "bad");
    is(scrape, Metric.Rows, 7, "view", "good");
    assertThat(of(scrape, Metric.Staleness, "view", "good")).isBetween(0.0, 60.0);
    assertThat(of(scrape, Metric.LastSuccess, "view", "good"))
        .isBetween(Instant.now().getEpochSecond() - 60.0, Instant.now().getEpochSecond() + 1.0);
    assertThat(scrape.value("matview_rows", "namespace", tenant.namespace(), "view", "bad"))
        .isEmpty();
    assertThat(scrape.sum("matview_refresh_total{", "Failed", "QueryFailed")).isEqualTo(failures());
    double succeeded = scrape.sum("matview_refresh_total{", "Succeeded");
    assertThat(scrape.sum("matview_refresh_duration_seconds_count{", "Succeeded"))
        .isEqualTo(succeeded);
    double slots = slots(scrape);
    assertThat(succeeded).as("four first fills, and the slots").isEqualTo(4 + slots);
    assertThat(scrape.value("matview_refresh_lateness_seconds_bucket", "le", "1.0"))
        .as("none was late")
        .hasValue(slots);
  }

  private static double slots(Scrape scrape) {
    return scrape.value("matview_refresh_lateness_seconds_count").orElse(0);
  }

  private int failures() {
    return Objects.requireNonNull(tenant.status("bad").consecutiveFailures());
  }

  private double of(Scrape scrape, Metric metric, String... label) {
    return scrape
        .value(
            metric.exported(),
            label.length == 0
                ? label
                : new String[] {"namespace", tenant.namespace(), label[0], label[1]})
        .orElse(Double.NaN);
  }

  private void is(Scrape scrape, Metric metric, double value, String... label) {
    assertThat(of(scrape, metric, label)).as(metric + String.join("=", label)).isEqualTo(value);
  }

  private static void assertIsTheList(Scrape scrape) throws IOException {
    assertThat(scrape.metrics("matview_"))
        .isEqualTo(
            Arrays.stream(Metric.values()).map(Metric::exported).collect(Collectors.toSet()));
    for (Metric metric : Metric.values()) {
      String name = metric.exported();
      assertThat(scrape.help()).containsEntry(name, metric.help());
      assertThat(scrape.types()).containsEntry(name, metric.kind().name().toLowerCase(Locale.ROOT));
      Set<String> labels =
          scrape.labels(metric.kind() == Metric.Kind.Histogram ? name + "_count" : name);
      assertThat(labels).as(name).isEqualTo(new HashSet<>(metric.labels()));
    }
    String page = Files.readString(Path.of("docs", "metrics.md"));
    List<String> others =
        Pattern.compile("`((?:reconciliations|custom|events|jvm|process)_\\w+)`")
            .matcher(page)
            .results()
            .map(name -> name.group(1))
            .filter(name -> !MADE_BY_A_FAILURE.contains(name))
            .toList();
    assertThat(others).isNotEmpty();
    assertThat(scrape.metrics("")).containsAll(others);
  }

  private static void assertAnswersTheDashboard(Scrape scrape) throws IOException {
    for (String query : queries()) {
      PromQl asked = PromQl.of(query);
      assertThat(scrape.samples()).as(query).containsAll(asked.metrics());
      Set<String> labels =
          asked.metrics().stream()
              .flatMap(metric -> scrape.labels(metric).stream())
              .collect(Collectors.toSet());
      labels.addAll(PromQl.OF_TARGETS);
      assertThat(labels).as(query).containsAll(asked.labels());
    }
  }

  private static List<String> queries() throws IOException {
    return Stream.concat(Dashboard.queries().stream(), Dashboard.variableQueries().stream())
        .map(Dashboard::sent)
        .toList();
  }

  /** Prometheus itself, given this scrape, has an answer to each query. */
  private static void assertPromtoolAgrees(Scrape scrape) throws IOException {
    String asked =
        queries().stream()
            .map(
                query ->
                    """
                          - expr: 'absent(%s)'
                            eval_time: 15m
                    """
                        .formatted(query))
            .collect(Collectors.joining())
            .indent(2);
    Path file = Files.createTempFile(Stage.FOLDER, "dashboard-", ".yaml");
    Files.writeString(
        file,
        """
        evaluation_interval: 1m
        tests:
          - interval: 1m
            input_series:
        %s    promql_expr_test:
        %s"""
            .formatted(
                scrape.asInput("matview_", "reconciliations_", "custom_", "jvm_memory"), asked));
    assertThat(Promtool.provide(new Progress(System.out)).run("test", "rules", file.toString()))
        .contains("SUCCESS");
  }

  @Test
  @DisplayName("is as long as before when views have come and gone")
  void staysFlat() {
    comeAndGo(0, 1);
    Set<String> before = series();
    for (int from = 1; from <= CYCLES; from += AT_ONCE) {
      comeAndGo(from, AT_ONCE);
      assertThat(series()).as("after " + (from + AT_ONCE - 1) + " views").isEqualTo(before);
    }
  }

  /** But for those of what other tests have left, which may come and go. */
  private Set<String> series() {
    String ours = "namespace=\"%s\"".formatted(tenant.namespace());
    return Scrape.of(stage.operator()).series().keySet().stream()
        .filter(id -> !id.contains("namespace=\"") || id.contains(ours))
        .filter(id -> ONCE_IT_HAPPENED.stream().noneMatch(id::startsWith))
        .collect(Collectors.toSet());
  }

  private void comeAndGo(int from, int count) {
    List<String> names = IntStream.range(from, from + count).mapToObj(i -> "v-" + i).toList();
    names.forEach(
        name -> tenant.view(name, "SELECT 1 AS a", "refresh: {initialPopulation: Deferred}"));
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> shown(names) == count);
    tenant.client().resources(MaterializedView.class).inNamespace(tenant.namespace()).delete();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(series()).noneMatch(id -> id.contains("view=\"")));
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> of(Scrape.of(stage.operator()), Metric.Views, "connection", "db") == 0);
  }

  private long shown(List<String> names) {
    Scrape scrape = Scrape.of(stage.operator());
    return names.stream().filter(name -> of(scrape, Metric.Ready, "view", name) == 1).count();
  }
}
