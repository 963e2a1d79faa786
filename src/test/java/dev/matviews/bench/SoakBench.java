package dev.matviews.bench;

import dev.matviews.bench.Report.Target;
import dev.matviews.playground.Footprint;

/** What is left in the operator of views that came and went. */
final class SoakBench implements Benchmark {

  private static final int DATABASES = 2;
  private static final int EACH = 50;

  @Override
  public void measure(Report report, boolean everything) throws Exception {
    int before = everything ? 5 : 2;
    int cycles = everything ? 10 : 3;
    try (BenchStage stage = BenchStage.start(report);
        Fleet fleet = Fleet.thatIsDropped(stage, DATABASES)) {
      report.section(
          "Views come and go",
          """
          %d views are applied, made, filled, deleted and dropped, and that %d times, after %d times
          in which caches fill. Heap is of objects that something still refers to.
          """
              .formatted(DATABASES * EACH, cycles, before));
      Footprint first = after(before, fleet, stage);
      Footprint last = after(cycles, fleet, stage);
      report.figure("heap before", first.heapBytes() / 1048576.0, "MiB");
      report.figure(
          "heap after ÷ before",
          1.0 * last.heapBytes() / first.heapBytes(),
          "",
          Target.atMost(1.05));
      report.figure(
          "threads more than before", last.threads() - first.threads(), "", Target.atMost(0));
      report.figure(
          "series of metrics more than before",
          last.series() - first.series(),
          "",
          Target.atMost(0));
    }
  }

  private static Footprint after(int times, Fleet fleet, BenchStage stage)
      throws InterruptedException {
    for (int i = 0; i < times; i++) {
      fleet.apply(EACH);
      fleet.awaitReady();
      fleet.delete();
    }
    stage.awaitQuiet();
    return Footprint.of(stage.operator());
  }
}
