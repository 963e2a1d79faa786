package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Stage.Extension.class)
@DisplayName("When the operator is stopped between a REFRESH and its COMMIT")
class StoppedClientIT {

  private static final Duration SOON = Duration.ofSeconds(10);

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"Standard", "Concurrent", "Swap"})
  @DisplayName("no reader waits for it, by the server's own log")
  void noReaderWaits(String mode, Stage stage, Tenant tenant) {
    tenant.sql(
        "CREATE TABLE app.pace AS SELECT 0 AS seconds",
        "GRANT SELECT ON app.pace TO \"%s\"".formatted(tenant.role()));
    tenant.view(
        "v",
        "SELECT 1 AS a, pg_sleep(seconds)::text AS s FROM pace",
        """
        indexes: [{name: v_key, unique: true, columns: [a]}]
        refresh: {mode: %s}
        """
            .formatted(mode));
    tenant.awaitReady("v");
    tenant.sql("UPDATE app.pace SET seconds = 1");
    tenant.annotate("v", "1");
    tenant.awaitValue(Tenant.REFRESHING, SOON, "1");
    stage.operator().signal("STOP");
    try {
      tenant.awaitValue(Tenant.REFRESHING, SOON, "0");
      assertThat(tenant.value("SELECT a FROM app.v")).isEqualTo("1");
      assertThat(stage.postgresLog(tenant, "still waiting for"))
          .as("waits of more than 150 ms")
          .isEmpty();
      assertThat(
              tenant.value("SELECT count(*) FROM matview_operator.runs WHERE run_id = 'Request/1'"))
          .as("a swap sends its last step by itself; the others commit without the client")
          .isEqualTo(mode.equals("Swap") ? "0" : "1");
    } finally {
      stage.operator().signal("CONT");
    }
    tenant.await("v", SOON, s -> "1".equals(s.lastHandledRefreshRequest()));
  }
}
