package dev.matviews.bench;

import dev.matviews.bench.Report.Target;
import java.time.Duration;
import java.util.Map;

/** Many views: until they are Ready, what a restart costs then, and what waiting for nothing. */
final class FleetBench implements Benchmark {

  private static final int DATABASES = 10;
  private static final int EACH = 100;
  private static final int EACH_AT_RESTART = 500;

  /** As many as the short form has the time for. */
  private static final int EACH_AT_SHORT_RESTART = 150;

  /** Else it would be a minute or two until a connection that nobody uses is closed. */
  private static final Map<String, String> SOONER =
      Map.of("MATVIEWS_CONNECTION_IDLE_TIMEOUT", "10s");

  @Override
  public void measure(Report report, boolean everything) throws Exception {
    try (BenchStage stage = BenchStage.start(report);
        Fleet fleet = Fleet.of(stage, DATABASES)) {
      apply(stage, fleet, report);
      fleet.apply((everything ? EACH_AT_RESTART : EACH_AT_SHORT_RESTART) - EACH);
      fleet.awaitReady();
      new Restart(stage, fleet, report).measure(SOONER);
      new Idle(stage, report).measure(everything);
    }
  }

  private static void apply(BenchStage stage, Fleet fleet, Report report) throws Exception {
    report.section(
        "Many views at once",
        """
        %,d views in %d databases, each with SQL of 4 KiB and a unique index, are applied by 16
        clients at once. The time runs from the answer to the last of them.
        """
            .formatted(DATABASES * EACH, DATABASES));
    long start = System.nanoTime();
    fleet.apply(EACH);
    Duration applied = Duration.ofNanos(System.nanoTime() - start);
    Duration ready = fleet.untilReady();
    long pid = stage.operator().pid();
    report.figure("to apply them", applied.toMillis() / 1000.0, "s");
    report.figure("until all are Ready", ready.toMillis() / 1000.0, "s", Target.atMost(30));
    report.figure("the operator's CPU time", ProcessUse.cpu(pid).toMillis() / 1000.0, "s");
    report.figure(
        "the operator's memory (RSS), highest", ProcessUse.peak(pid), "MiB", Target.atMost(256));
  }
}
