package dev.matviews.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Reason;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.Trigger;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A run that has ended")
class RunMetricsTest {

  private static final Instant DUE = Instant.parse("2026-11-28T20:00:00Z");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RunMetrics metrics = new RunMetrics(registry);

  private static Run run(Trigger trigger, @Nullable Mode mode, Run.Result result, Reason reason) {
    Instant started = DUE.plusMillis(20);
    Instant finished = started.plus(Duration.ofSeconds(3));
    return new Run(
        trigger + "/x",
        trigger,
        mode,
        started,
        finished,
        result,
        reason,
        null,
        null,
        1,
        null,
        null,
        false,
        null,
        null);
  }

  private double count(String result, String reason, String mode) {
    return registry
        .get("matview_refresh_total")
        .tags("result", result, "reason", reason, "mode", mode)
        .counter()
        .count();
  }

  private long late() {
    return registry.find("matview_refresh_lateness_seconds").timers().stream()
        .mapToLong(timer -> timer.count())
        .sum();
  }

  @Test
  @DisplayName("is counted and measured, and a scheduled one is late by so much")
  void scheduled() {
    metrics.ended(
        run(Trigger.Schedule, Mode.Swap, Run.Result.Succeeded, Reason.Succeeded), true, DUE);
    assertThat(count("Succeeded", "Succeeded", "Swap")).isOne();
    assertThat(
            registry
                .get("matview_refresh_duration_seconds")
                .tags("result", "Succeeded", "mode", "Swap")
                .timer()
                .totalTime(TimeUnit.SECONDS))
        .isEqualTo(3);
    assertThat(
            registry
                .get("matview_refresh_lateness_seconds")
                .timer()
                .totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(20);
  }

  @Test
  @DisplayName("is not late where nobody set a time, nor where it is tried again")
  void notLate() {
    metrics.ended(run(Trigger.Schedule, Mode.Swap, Run.Result.Failed, Reason.Deadlock), false, DUE);
    metrics.ended(
        run(Trigger.Request, Mode.Swap, Run.Result.Succeeded, Reason.Succeeded), true, DUE);
    assertThat(late()).isZero();
  }

  @Test
  @DisplayName("has a mode in words where it sent no REFRESH")
  void modes() {
    metrics.ended(run(Trigger.Definition, null, Run.Result.Succeeded, Reason.Succeeded), true, DUE);
    metrics.neverBegan(Run.Result.Missed, Reason.Missed);
    assertThat(count("Succeeded", "Succeeded", "Rebuild")).isOne();
    assertThat(count("Missed", "Missed", "None")).isOne();
  }
}
