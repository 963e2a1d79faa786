package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.RefreshResult;
import dev.matviews.api.v1alpha1.RefreshTrigger;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("A schedule")
class ScheduleIT {

  @Test
  @DisplayName("refreshes at the next full minute, and no reader waits for a lock meanwhile")
  void cronWithoutBlockingReaders(Stage stage, Tenant tenant) {
    tenant.sql(
        "CREATE TABLE app.event AS SELECT g AS id, 'payload ' || g AS text"
            + " FROM generate_series(1, 50000) g",
        "GRANT SELECT ON app.event TO \"%s\"".formatted(tenant.role()));
    tenant.view(
        "events",
        "SELECT id, text FROM event",
        """
        indexes:
        - {name: events_key, unique: true, columns: [id]}
        refresh: {mode: Concurrent, schedule: "* * * * *"}
        """);
    tenant.awaitReady("events");
    Instant filled = Instant.now();
    try (Readers readers = Readers.of(tenant, "SELECT count(*) FROM app.events", "50000")) {
      MaterializedViewStatus status =
          tenant.await("events", Duration.ofSeconds(75), ScheduleIT::refreshedBySchedule);
      Instant slot = Objects.requireNonNull(status.lastScheduleTime());
      assertThat(slot.getEpochSecond() % 60).isZero();
      assertThat(slot).isAfter(filled.minusSeconds(1));
      assertThat(Objects.requireNonNull(status.lastAttempt()).startTime())
          .isBetween(slot, slot.plusSeconds(2));
      assertThat(readers.stop()).as("reads that failed or were empty").isEmpty();
    }
    assertThat(stage.postgresLog(tenant, "still waiting for"))
        .as("waits of more than 150 ms")
        .isEmpty();
  }

  @Test
  @DisplayName("by interval goes on after each run, and its slots are multiples of the interval")
  void intervalGoesOn(Tenant tenant) {
    tenant.view("tick", "SELECT clock_timestamp() AS at", "refresh: {interval: 10s}");
    tenant.awaitReady("tick");
    Instant first = awaitSlotAfter(tenant, Instant.EPOCH);
    Instant second = awaitSlotAfter(tenant, first);
    assertThat(first.getEpochSecond() % 10).isZero();
    assertThat(second).isEqualTo(first.plusSeconds(10));
    tenant.awaitValue(
        "SELECT next_due = '%s' AND last_result = 'Succeeded' FROM matview_operator.status"
            .formatted(second.plusSeconds(10)),
        Duration.ofSeconds(5),
        "t");
    assertThat(tenant.events("tick"))
        .as("a scheduled success is no news")
        .noneMatch(event -> event.getReason().equals("Refreshed"));
  }

  private static Instant awaitSlotAfter(Tenant tenant, Instant before) {
    MaterializedViewStatus status =
        tenant.await(
            "tick",
            Duration.ofSeconds(15),
            s -> refreshedBySchedule(s) && before.isBefore(slot(s)));
    return slot(status);
  }

  private static Instant slot(MaterializedViewStatus status) {
    return Objects.requireNonNull(status.lastScheduleTime());
  }

  private static boolean refreshedBySchedule(MaterializedViewStatus status) {
    return status.lastAttempt() != null
        && status.lastAttempt().trigger() == RefreshTrigger.Schedule
        && status.lastAttempt().result() == RefreshResult.Succeeded;
  }
}
