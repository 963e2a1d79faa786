package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("When the operator")
class CrashIT {

  @Test
  @DisplayName(
      "is killed in a refresh, its backend ends, and after a restart the slot is done once")
  void killedInARefresh(Stage stage, Tenant tenant) {
    tenant.sql("CREATE TABLE app.pace AS SELECT 0 AS seconds");
    tenant.sql("GRANT SELECT ON app.pace TO \"%s\"".formatted(tenant.role()));
    tenant.view(
        "slow",
        "SELECT 1 AS a, pg_sleep(seconds)::text AS s FROM pace",
        """
        indexes:
        - {name: slow_key, unique: true, columns: [a]}
        refresh: {interval: 30s, mode: Concurrent}
        """);
    tenant.awaitReady("slow");
    tenant.sql("UPDATE app.pace SET seconds = 3");
    tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(35), "1");
    Instant slot = Instant.ofEpochSecond(Instant.now().getEpochSecond() / 30 * 30);
    int events = tenant.events("slow").size();

    stage.operator().kill();
    tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(2), "0");
    assertThat(succeeded(tenant, slot)).isEqualTo("0");
    stage.startOperatorAgain();

    MaterializedViewStatus status =
        tenant.await(
            "slow",
            Duration.ofSeconds(20),
            s -> slot.equals(s.lastScheduleTime()) && Objects.equals(s.consecutiveFailures(), 0));
    assertThat(succeeded(tenant, slot)).isEqualTo("1");
    assertThat(Objects.requireNonNull(status.lastAttempt()).id()).isEqualTo("Schedule/" + slot);
    assertThat(
            tenant.value(
                "SELECT string_agg(c.relname, ',' ORDER BY c.relname) FROM pg_class c"
                    + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'app'"))
        .as("no leftovers")
        .isEqualTo("pace,slow,slow_key");
    assertThat(tenant.events("slow")).as("none twice").hasSize(events);
  }

  @Test
  @DisplayName("is told to stop in a refresh, it goes at once, and the run is done after a restart")
  void terminatedInARefresh(Stage stage, Tenant tenant) {
    tenant.sql("CREATE TABLE app.pace AS SELECT 0 AS seconds");
    tenant.sql("GRANT SELECT ON app.pace TO \"%s\"".formatted(tenant.role()));
    tenant.view("any", "SELECT 1 AS a, pg_sleep(seconds)::text AS s FROM pace", "");
    tenant.awaitReady("any");
    tenant.sql("UPDATE app.pace SET seconds = 60");
    tenant.annotate("any", "last-words");
    tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(5), "1");

    stage.operator().terminate();
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !stage.operator().isAlive());
    tenant.awaitValue(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'matview-operator'",
        Duration.ofSeconds(2),
        "0");
    assertThat(tenant.value("SELECT count(*) FROM matview_operator.runs")).isEqualTo("1");

    tenant.sql("UPDATE app.pace SET seconds = 0");
    stage.startOperatorAgain();
    tenant.await(
        "any", Duration.ofSeconds(10), s -> "last-words".equals(s.lastHandledRefreshRequest()));
    assertThat(tenant.value("SELECT string_agg(result, ',') FROM matview_operator.runs"))
        .isEqualTo("Succeeded,Succeeded");
  }

  @Test
  @DisplayName("is started again where all is well, it writes nothing: no status, no DDL, no Event")
  void restartedInPeace(Stage stage, Tenant tenant) {
    tenant.view("still", "SELECT 1 AS a", "");
    tenant.await("still", Duration.ofSeconds(10), s -> s.rowCount() != null);
    tenant.awaitEvent("still", "Created");
    String version = tenant.object("still").getMetadata().getResourceVersion();
    int events = tenant.events("still").size();
    List<String> ddl = stage.postgresLog(tenant, "\"still\"");

    stage.operator().kill();
    stage.startOperatorAgain();
    tenant.view("after", "SELECT 1 AS a", "");
    tenant.awaitReady("after");

    assertThat(tenant.object("still").getMetadata().getResourceVersion()).isEqualTo(version);
    assertThat(tenant.events("still")).hasSize(events);
    assertThat(stage.postgresLog(tenant, "\"still\"")).as("DDL").isNotEmpty().isEqualTo(ddl);
  }

  private static String succeeded(Tenant tenant, Instant slot) {
    return Objects.requireNonNull(
        tenant.value(
            "SELECT count(*) FROM matview_operator.runs WHERE result = 'Succeeded'"
                + " AND run_id = 'Schedule/"
                + slot
                + "'"));
  }
}
