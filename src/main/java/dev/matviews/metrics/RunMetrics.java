package dev.matviews.metrics;

import dev.matviews.plan.Reason;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.Trigger;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.DoubleStream;

/** Counts and measures runs. No label names a view, so that their number does not grow. */
@ApplicationScoped
public class RunMetrics {

  /** Of what was never sent to a database. */
  static final String NO_MODE = "None";

  /** Of a changed definition, which comes to life by no REFRESH. */
  static final String REBUILD = "Rebuild";

  private static final Duration[] DURATIONS = buckets(0.05, 0.25, 1, 5, 15, 60, 300, 900, 3600);
  private static final Duration[] LATENESSES = buckets(0.01, 0.05, 0.25, 1, 5, 30, 60, 300, 3600);

  private final MeterRegistry registry;

  public RunMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  private static Duration[] buckets(double... seconds) {
    return DoubleStream.of(seconds)
        .mapToObj(s -> Duration.ofMillis(Math.round(s * 1000)))
        .toArray(Duration[]::new);
  }

  /**
   * One try has ended.
   *
   * @param first whether it is the first of its run
   * @param due its slot, or when it was asked for
   */
  public void ended(Run run, boolean first, Instant due) {
    String mode = mode(run);
    count(run.result(), run.reason(), mode);
    timer(Metric.RefreshDuration, List.of(run.result().name(), mode), DURATIONS)
        .record(run.duration());
    // A try after a failure is late on purpose.
    if (run.trigger() == Trigger.Schedule && first) {
      Duration late = Duration.between(due, run.startedAt());
      timer(Metric.RefreshLateness, List.of(), LATENESSES)
          .record(late.isNegative() ? Duration.ZERO : late);
    }
  }

  /** What never became a run: its database could not be reached, or its time had passed. */
  public void neverBegan(Run.Result result, Reason reason) {
    count(result, reason, NO_MODE);
  }

  private static String mode(Run run) {
    if (run.mode() != null) {
      return run.mode().name();
    }
    return run.trigger() == Trigger.Definition ? REBUILD : NO_MODE;
  }

  private void count(Run.Result result, Reason reason, String mode) {
    Metric metric = Metric.RefreshTotal;
    Counter.builder(metric.exported())
        .description(metric.help())
        .tags(metric.tags(List.of(result.name(), reason.name(), mode)))
        .register(registry)
        .increment();
  }

  private Timer timer(Metric metric, List<String> labels, Duration[] buckets) {
    return Timer.builder(metric.exported())
        .description(metric.help())
        .tags(metric.tags(labels))
        .serviceLevelObjectives(buckets)
        .register(registry);
  }
}
