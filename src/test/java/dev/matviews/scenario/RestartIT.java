package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("When the server is restarted in the middle of a refresh")
class RestartIT {

  private static final int PERIOD = 10;
  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  @DisplayName("and crashes in the middle of the next try, the slot is done once all the same")
  void theSlotIsDoneOnce(Stage stage, Tenant tenant) {
    tenant.sql(
        "ALTER DATABASE \"%s\" SET log_statement = 'all'".formatted(tenant.role()),
        "CREATE TABLE app.pace AS SELECT 0 AS n, 0 AS seconds",
        "GRANT SELECT ON app.pace TO \"%s\"".formatted(tenant.role()));
    tenant.view(
        "v",
        "SELECT n, pg_sleep(seconds)::text AS s FROM pace",
        "indexes: [{name: v_n, unique: true, columns: [n]}]\n"
            + "refresh: {interval: %ds, mode: Concurrent}".formatted(PERIOD));
    tenant.awaitReady("v");
    tenant.sql("UPDATE app.pace SET n = 1, seconds = 60");
    tenant.awaitValue(Tenant.REFRESHING, SOON, "1");
    Instant slot = Instant.ofEpochSecond(Instant.now().getEpochSecond() / PERIOD * PERIOD);

    stage.postgres().stop();
    tenant.awaitConnection("db", "UNKNOWN/DatabaseUnavailable", "cannot be reached");
    tenant.awaitReason("v", "UNKNOWN/DatabaseUnavailable");
    stage.postgres().start();
    assertThat(tenant.value("SELECT n FROM app.v")).as("the old data").isEqualTo("0");
    tenant.awaitValue(Tenant.REFRESHING, SOON, "1");
    tenant.sql("SET synchronous_commit = on", "UPDATE app.pace SET seconds = 0");
    stage.postgres().crash();
    stage.postgres().start();
    assertThat(tenant.value("SELECT n FROM app.v")).as("the old data").isEqualTo("0");

    tenant.awaitValue("SELECT n FROM app.v", SOON, "1");
    tenant.awaitConnection("db", "TRUE/InSync", "");
    tenant.awaitReady("v");
    assertThat(
            tenant.value(
                "SELECT string_agg(result, ',') FROM matview_operator.runs WHERE run_id ="
                    + " 'Schedule/%s'".formatted(slot)))
        .isEqualTo("Succeeded");
    assertThat(CommittedRefreshes.of(stage, tenant).byViewAndRun())
        .containsEntry("v Schedule/" + slot, 1L)
        .allSatisfy((run, times) -> assertThat(times).as(run).isOne());
  }
}
