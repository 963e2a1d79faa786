package dev.matviews.bench;

import dev.matviews.bench.Report.Target;
import java.time.Duration;

/** How soon many views that are applied at once are Ready, and what that takes. */
final class ApplyBench implements Benchmark {

  private static final int DATABASES = 10;
  private static final int EACH = 100;

  @Override
  public void measure(Report report, boolean everything) throws Exception {
    try (BenchStage stage = BenchStage.start(report);
        Fleet fleet = Fleet.of(stage, DATABASES)) {
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
      report.figure("applied", applied.toMillis() / 1000.0, "s");
      report.figure("until all are Ready", ready.toMillis() / 1000.0, "s", Target.atMost(30));
      report.figure(
          "memory of the operator (RSS), highest", ProcessUse.peak(pid), "MiB", Target.atMost(256));
      report.figure("its CPU time", ProcessUse.cpu(pid).toMillis() / 1000.0, "s");
    }
  }
}
