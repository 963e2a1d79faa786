package dev.matviews.bench;

import dev.matviews.bench.Report.Target;
import java.util.List;

/** What a refresh by the operator costs beside the bare statement. */
final class OverheadBench implements Benchmark {

  private record Size(int rows, int rounds, double limit) {}

  private static final Size SMALL = new Size(1_000, 150, 1.3);

  @Override
  public void measure(Report report, boolean everything) throws Exception {
    try (BenchServer server = BenchServer.start()) {
      for (Size size : List.of(SMALL, new Size(1_000_000, everything ? 21 : 8, 1.02))) {
        measure(report, server, size);
      }
    }
  }

  private static void measure(Report report, BenchServer server, Size size) throws Exception {
    try (Rivals rivals = Rivals.of(server, size.rows())) {
      report.section(
          "A refresh of %,d rows".formatted(size.rows()),
          """
          Equal views with a unique index, refreshed in turn, %d rounds. The time runs until the new
          rows are there: the operator's from the moment its run is due, on a connection that is
          open, with its locks, its proof that the run is not done yet and the row that tells of it;
          psql's with its start. Ratios are taken round by round.
          """
              .formatted(size.rounds()));
      List<Rivals.Way> ways = rivals.ways();
      Rivals.Times millis = rivals.times(ways, size.rounds());
      for (Rivals.Way way : ways) {
        report.figure(way.words, Quantile.median(millis.of(way)), "ms");
      }
      double[] bare = millis.of(Rivals.Way.Bare);
      if (!ways.contains(Rivals.Way.Psql)) {
        report.skipped(Rivals.Way.Psql.words, "psql is not installed");
      } else {
        report.figure("psql ÷ bare", ratio(millis.of(Rivals.Way.Psql), bare), "");
      }
      report.figure(
          "operator ÷ bare",
          ratio(millis.of(Rivals.Way.Operator), bare),
          "",
          Target.atMost(size.limit()));
    }
  }

  private static double ratio(double[] one, double[] other) {
    double[] ratios = new double[one.length];
    for (int i = 0; i < one.length; i++) {
      ratios[i] = one[i] / other[i];
    }
    return Quantile.median(ratios);
  }
}
