package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("Views that depend on each other")
class UpstreamIT {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String FOLLOWS = "refresh: {onUpstreamRefresh: true}";
  private static final String AFTER = "dependsOn: [{name: %s}]";

  @Test
  @DisplayName(
      "are refreshed after those below, the bottom of a diamond once, also after a restart")
  void diamond(Stage stage, Tenant tenant) {
    tenant.sql("CREATE TABLE app.source (x int)", "INSERT INTO app.source VALUES (1)");
    tenant.own("source");
    tenant.view("a", "SELECT max(x) AS x FROM source", "");
    tenant.view("b", "SELECT x FROM a", FOLLOWS);
    tenant.view("c", "SELECT x, pg_sleep(0.5)::text AS s FROM a", FOLLOWS);
    tenant.view("d", "SELECT b.x + c.x AS x FROM b, c", FOLLOWS);
    List.of("a", "b", "c", "d").forEach(tenant::awaitReady);
    assertThat(tenant.status("d").schedule()).isEqualTo("after upstream");
    assertThat(tenant.status("d").dependencies()).containsExactly("app.b", "app.c");

    tenant.sql("INSERT INTO app.source VALUES (2)");
    tenant.annotate("a", "two");
    tenant.awaitValue("SELECT x FROM app.d", SOON, "4");
    tenant.await("d", SOON, s -> String.valueOf(trigger(s)).equals("Upstream"));
    assertThat(runs(tenant, "d")).isEqualTo("1");

    stage.operator().kill();
    tenant.sql(
        "INSERT INTO app.source VALUES (3)",
        "REFRESH MATERIALIZED VIEW app.a",
        "UPDATE matview_operator.views SET data_as_of = now() WHERE view_name = 'a'");
    stage.startOperatorAgain();
    tenant.awaitValue("SELECT x FROM app.d", Duration.ofSeconds(20), "6");
    tenant.awaitPass("a");
    tenant.awaitValue("SELECT x FROM app.d", SOON, "6");
  }

  @Test
  @DisplayName("are refreshed together on request, each once, up to the first that fails")
  void cascade(Tenant tenant) {
    tenant.sql("CREATE TABLE app.source (x int)", "INSERT INTO app.source VALUES (1)");
    tenant.own("source");
    tenant.view("a", "SELECT max(x) AS x FROM source", "");
    tenant.view("b", "SELECT 6 / x AS x FROM a", FOLLOWS);
    tenant.view("c", "SELECT x FROM a", "");
    tenant.view("d", "SELECT b.x + c.x AS x FROM b, c", FOLLOWS);
    List.of("a", "b", "c", "d").forEach(tenant::awaitReady);

    tenant.sql("INSERT INTO app.source VALUES (2)");
    run(tenant, "down", "a", "Downstream");
    assertThat(awaitEnd(tenant, "down")).isEqualTo("Complete/Succeeded");
    assertThat(tenant.value("SELECT x FROM app.d")).isEqualTo("5");
    assertThat(refreshed(tenant)).matches("a,(b,c|c,b),d");

    tenant.sql("DELETE FROM matview_operator.runs", "INSERT INTO app.source VALUES (3)");
    run(tenant, "up", "d", "Upstream");
    assertThat(awaitEnd(tenant, "up")).isEqualTo("Complete/Succeeded");
    assertThat(tenant.value("SELECT x FROM app.d")).isEqualTo("5");
    assertThat(refreshed(tenant)).matches("a,(b,c|c,b),d");

    // By itself it would follow c, which may be refreshed before b fails.
    tenant.view("d", "SELECT b.x + c.x AS x FROM b, c", "");
    tenant.awaitReady("d");
    tenant.sql(
        "DELETE FROM matview_operator.runs",
        "DELETE FROM app.source",
        "INSERT INTO app.source VALUES (0)");
    run(tenant, "bad", "a", "Downstream");
    assertThat(awaitEnd(tenant, "bad")).isEqualTo("Failed/QueryFailed");
    assertThat(refreshed(tenant)).doesNotContain("d");
    assertThat(tenant.value("SELECT x FROM app.d")).isEqualTo("5");
  }

  private static void run(Tenant tenant, String name, String view, String cascade) {
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedViewRefresh
        metadata: {name: %s}
        spec: {materializedViewRef: {name: %s}, cascade: %s}
        """
            .formatted(name, view, cascade));
  }

  private static String awaitEnd(Tenant tenant, String name) {
    return Awaitility.await(name)
        .atMost(SOON)
        .until(() -> end(tenant, name), Optional::isPresent)
        .orElseThrow();
  }

  private static Optional<String> end(Tenant tenant, String name) {
    return Optional.ofNullable(
            tenant
                .client()
                .resources(MaterializedViewRefresh.class)
                .inNamespace(tenant.namespace())
                .withName(name)
                .get()
                .getStatus())
        .flatMap(status -> status.conditions().stream().findFirst())
        .map(condition -> condition.type() + "/" + condition.reason());
  }

  /** The views in their order, once for each refresh, whoever asked for it. */
  private static String refreshed(Tenant tenant) {
    return Objects.requireNonNull(
        tenant.value(
            "SELECT string_agg(view_name, ',' ORDER BY started_at) FROM matview_operator.runs"
                + " WHERE trigger <> 'Initial' AND result = 'Succeeded'"));
  }

  @Test
  @DisplayName("in a loop are not made, and the message is the way around")
  void loop(Tenant tenant) {
    tenant.view("x", "SELECT 1 AS a", AFTER.formatted("y"));
    tenant.awaitReason("x", "FALSE/DependencyNotFound");
    tenant.view("y", "SELECT 2 AS a", AFTER.formatted("x"));
    MaterializedViewStatus status = tenant.awaitReason("x", "FALSE/DependencyCycle");
    assertThat(Tenant.message(status)).contains("app.x -> app.y -> app.x");
    assertThat(Tenant.condition(status.conditions(), "Stalled")).isNotNull();
    tenant.awaitReason("y", "FALSE/DependencyCycle");
    assertThat(tenant.value("SELECT to_regclass('app.x') IS NULL")).isEqualTo("t");
    tenant.view("y", "SELECT 2 AS a", "");
    tenant.awaitReady("x");
    tenant.awaitReady("y");
  }

  @Test
  @DisplayName("through a function, which PostgreSQL knows nothing of, are made in their order")
  void declared(Tenant tenant) {
    tenant.sql(
        "CREATE FUNCTION app.total() RETURNS bigint LANGUAGE plpgsql"
            + " AS 'BEGIN RETURN (SELECT max(x) FROM app.below); END'");
    tenant.view("top", "SELECT total() AS x", AFTER.formatted("below"));
    MaterializedViewStatus status = tenant.awaitReason("top", "FALSE/DependencyNotFound");
    assertThat(Tenant.message(status)).contains("MaterializedView below");
    tenant.view("below", "SELECT x FROM not_there", "");
    tenant.await("top", SOON, s -> Tenant.message(s).contains("app.below"));
    assertThat(tenant.value("SELECT to_regclass('app.top') IS NULL")).isEqualTo("t");
    tenant.view("below", "SELECT 7 AS x", "refresh: {initialPopulation: Deferred}");
    tenant.awaitReason("top", "FALSE/UpstreamNotPopulated");
    tenant.annotate("below", "fill");
    tenant.awaitReady("top");
    assertThat(tenant.value("SELECT x FROM app.top")).isEqualTo("7");
    assertThat(tenant.status("top").dependencies()).contains("app.below");
  }

  @Test
  @DisplayName("keep their data while one below fails, say so, and go on when it is well again")
  void upstreamFails(Tenant tenant) {
    tenant.sql("CREATE TABLE app.source (x int)", "INSERT INTO app.source VALUES (1)");
    tenant.own("source");
    tenant.view("low", "SELECT 6 / x AS x FROM source", "");
    tenant.awaitReady("low");
    tenant.sql("CREATE VIEW app.between AS SELECT x FROM app.low");
    tenant.own("between");
    tenant.view("top", "SELECT x FROM between", FOLLOWS);
    tenant.awaitReady("top");
    tenant.view("above", "SELECT x FROM top", "");
    tenant.awaitReady("above");
    tenant.sql("UPDATE app.source SET x = 0");
    tenant.annotate("low", "zero");
    MaterializedViewStatus failed =
        tenant.await("top", SOON, s -> refreshed(s).equals("FALSE/UpstreamFailed"));
    assertThat(Tenant.ready(failed)).isEqualTo("TRUE/InSync");
    assertThat(refreshedMessage(failed)).contains("app.low");
    assertThat(tenant.value("SELECT x FROM app.top")).isEqualTo("6");
    tenant.await("above", SOON, s -> refreshedMessage(s).contains("app.low failed"));
    tenant.sql("UPDATE app.source SET x = 2");
    tenant.annotate("low", "two");
    tenant.awaitValue("SELECT x FROM app.top", SOON, "3");
    tenant.await("top", SOON, s -> refreshed(s).equals("TRUE/Succeeded"));
    tenant.await("above", SOON, s -> refreshed(s).equals("TRUE/Succeeded"));

    tenant.view("low", "SELECT 6 / (x - x) AS x FROM source", "");
    tenant.awaitReason("low", "FALSE/QueryFailed");
    tenant.view("low", "SELECT 6 / x AS x FROM source", "");
    tenant.awaitReady("low");
    assertThat(refreshed(tenant.awaitPass("top"))).isEqualTo("TRUE/Succeeded");
  }

  private static Object trigger(MaterializedViewStatus status) {
    return Objects.requireNonNull(status.lastAttempt()).trigger();
  }

  private static String refreshed(MaterializedViewStatus status) {
    Condition refreshed = Tenant.condition(status.conditions(), "Refreshed");
    return refreshed == null ? "" : refreshed.status() + "/" + refreshed.reason();
  }

  private static String refreshedMessage(MaterializedViewStatus status) {
    return Objects.requireNonNull(Tenant.condition(status.conditions(), "Refreshed")).message();
  }

  private static String runs(Tenant tenant, String view) {
    return Objects.requireNonNull(
        tenant.value(
            "SELECT count(*) FROM matview_operator.runs WHERE trigger = 'Upstream'"
                + " AND view_name = '%s'".formatted(view)));
  }
}
