package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@ExpectLog("The clock was set by ")
@DisplayName("When the operator's clock is set")
class ClockIT {

  private static final Duration RESUMED = Duration.ofSeconds(60);

  private final Path error = Stage.FOLDER.resolve("clock-error").toAbsolutePath();
  private Duration wrong = Duration.ZERO;
  private Stage stage;
  private Tenant tenant;

  @SuppressWarnings("NullAway.Init") // set before the test
  ClockIT() {}

  @BeforeEach
  void settable(Stage shared, Tenant moved) throws IOException {
    stage = shared;
    tenant = moved;
    tenant.sql("ALTER DATABASE \"%s\" SET log_statement = 'all'".formatted(tenant.role()));
    setBy(Duration.ZERO);
    // So rarely are views looked at that nothing happens but for the clock.
    stage.startOperatorAgain(
        Map.of("MATVIEWS_CLOCK_ERROR", error.toString(), "MATVIEWS_RESYNC_INTERVAL", "5m"));
    tenant.view("tick", "SELECT 1 AS a", "refresh: {interval: 10s, startingDeadline: 20s}");
    tenant.view("hourly", "SELECT 1 AS a", "refresh: {interval: 1h}");
    tenant.view("strict", "SELECT 1 AS a", "refresh: {interval: 24h, startingDeadline: 1s}");
    tenant.awaitReady("tick");
    tenant.awaitReady("hourly");
    tenant.awaitReady("strict");
  }

  @AfterEach
  void right() {
    stage.startOperatorAgain();
  }

  @Test
  @DisplayName("by hours and days, to and fro, slots are done once, and the next in time")
  void steps() throws IOException {
    assertResumesAfter(Duration.ofHours(1));
    // Two steps within a second cancel each other out, and nobody was late for anything.
    tenant.awaitValue(runs("hourly", "Succeeded") + " = 1", RESUMED, "t");
    assertResumesAfter(Duration.ofHours(-1));
    assertResumesAfter(Duration.ofDays(2));

    tenant.awaitValue(runs("hourly", "Succeeded") + " >= 2", RESUMED, "t");
    tenant.awaitValue(runs("strict", "Missed") + " >= 1", RESUMED, "t");
    tenant.awaitValue(runs("strict", "Succeeded") + " = 0", RESUMED, "t");
    assertNoneTwice();
  }

  @Test
  @EnabledIfSystemProperty(named = "clock.often", matches = "true")
  @DisplayName("back by an hour, no view waits for that hour until it is looked at")
  void looksAgain() throws IOException {
    setBy(Duration.ofHours(-1));
    Instant now = Instant.now().plus(wrong);
    tenant.await(
        "hourly", RESUMED, s -> s.nextScheduleTime() != null && isNear(s.nextScheduleTime(), now));
  }

  /** The next full hour, or the one after it for a test that runs through one. */
  private static boolean isNear(Instant slot, Instant now) {
    return slot.isBefore(now.plus(RESUMED).plus(Duration.ofHours(1)));
  }

  @Test
  @EnabledIfSystemProperty(named = "clock.often", matches = "true")
  @DisplayName("back by seconds, again and again, slots that come once more are not done again")
  void backAgain() throws IOException {
    String newest = "SELECT max(due_at)%s FROM matview_operator.runs WHERE view_name = 'tick'";
    for (int i = 0; i < 3; i++) {
      String done = tenant.value(newest.formatted(""));
      setBy(Duration.ofSeconds(-25));
      tenant.awaitValue(newest.formatted(" > '" + done + "'"), RESUMED, "t");
      assertNoneTwice();
    }
  }

  /** One that is due by the clock as it is then, and was not done before. */
  private void assertResumesAfter(Duration step) throws IOException {
    setBy(step);
    Instant now = Instant.now().plus(wrong);
    tenant.awaitValue(
        """
        SELECT count(*) > 0 FROM matview_operator.runs WHERE view_name = 'tick'
          AND trigger = 'Schedule' AND result = 'Succeeded'
          AND started_at BETWEEN '%1$s' AND '%1$s'::timestamptz + interval '1 minute'
        """
            .formatted(now),
        RESUMED,
        "t");
  }

  private void setBy(Duration step) throws IOException {
    wrong = wrong.plus(step);
    Path next = Files.writeString(error.resolveSibling("clock-error.next"), wrong.toString());
    Files.move(next, error, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String runs(String view, String result) {
    return ("SELECT (SELECT count(*) FROM matview_operator.runs WHERE view_name = '%s'"
            + " AND trigger = 'Schedule' AND result = '%s')")
        .formatted(view, result);
  }

  private void assertNoneTwice() {
    assertThat(CommittedRefreshes.of(stage, tenant).byViewAndRun().values())
        .isNotEmpty()
        .allMatch(times -> times == 1);
  }
}
