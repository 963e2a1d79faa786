package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Stage.Extension.class)
@EnabledIfSystemProperty(named = "api.freeze", matches = "true")
@ExpectLog({
  "Exception occurred while acquiring lock",
  "could not renew its lease and ends",
  "the API server did not answer"
})
@DisplayName("While the API server does not answer")
class FrozenApiIT {

  /** The lease, and what its holder may need to notice. */
  private static final Duration LEASE = Duration.ofSeconds(17);

  @ParameterizedTest(name = "for {0} s")
  @ValueSource(ints = {30, 300})
  @DisplayName(
      "refreshes go on for the time of the lease and stop; afterwards they resume, none twice")
  void frozen(int seconds, Stage stage, Tenant tenant) {
    tenant.sql("ALTER DATABASE \"%s\" SET log_statement = 'all'".formatted(tenant.role()));
    tenant.view("tick", "SELECT 1 AS a", "refresh: {interval: 10s}");
    tenant.awaitReady("tick");
    Instant frozen = Instant.now();
    stage.controlPlane().signalApiServer("STOP");
    try {
      assertThat(stage.operator().exitStatus(LEASE)).as("ends with its lease").hasValue(1);
      Instant thaw = frozen.plusSeconds(seconds);
      while (Instant.now().isBefore(thaw)) {
        LockSupport.parkUntil(thaw.toEpochMilli());
      }
    } finally {
      stage.controlPlane().signalApiServer("CONT");
    }
    assertThat(
            tenant.value(
                "SELECT count(*) FROM matview_operator.runs WHERE started_at > '%s'"
                    .formatted(frozen.plus(LEASE))))
        .isEqualTo("0");

    Instant again = Instant.now();
    stage.startOperatorAgain();
    tenant.awaitValue(
        "SELECT (count(*) > 0)::text FROM matview_operator.runs WHERE trigger = 'Schedule'"
            + " AND due_at > '%s'".formatted(again),
        Duration.ofSeconds(TimeUnit.MINUTES.toSeconds(1)),
        "true");
    assertThat(CommittedRefreshes.of(stage, tenant).byViewAndRun().values())
        .isNotEmpty()
        .allMatch(times -> times == 1);
  }
}
