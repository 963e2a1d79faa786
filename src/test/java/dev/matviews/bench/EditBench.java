package dev.matviews.bench;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.bench.Report.Target;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How soon a reader sees the new definition of a view whose SQL was edited. */
final class EditBench implements Benchmark {

  private static final int VIEWS = 20;
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

  @Override
  public void measure(Report report, boolean everything) throws Exception {
    int edits = everything ? 500 : 100;
    try (BenchStage stage = BenchStage.start(report);
        Fleet fleet = Fleet.of(stage, 1)) {
      fleet.apply(VIEWS);
      fleet.awaitReady();
      report.section(
          "An edit goes live",
          """
          The SQL of one of %d views of 100 rows is edited, %d times; nothing else goes on. The time
          runs from the moment the edit is sent to the first read that finds the new definition.
          """
              .formatted(VIEWS, edits));
      double[] seconds = new double[edits];
      try (Connection reader = stage.postgres().connect(Fleet.database(0))) {
        for (int i = 0; i < edits; i++) {
          seconds[i] = edit(stage, reader, "v" + i % VIEWS, i + 1) / 1e9;
          fleet.awaitReady();
        }
      }
      report.figure("p50", Quantile.of(seconds, 0.5), "s", Target.atMost(0.3));
      report.figure("p99", Quantile.of(seconds, 0.99), "s", Target.atMost(1));
    }
  }

  private static long edit(BenchStage stage, Connection reader, String view, int edition)
      throws SQLException {
    long start = System.nanoTime();
    stage
        .client()
        .resources(MaterializedView.class)
        .inNamespace(Fleet.database(0))
        .withName(view)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"sql\":\"%s\"}}".formatted(Fleet.query(edition)));
    try (PreparedStatement read =
        reader.prepareStatement("SELECT edition FROM app.%s LIMIT 1".formatted(view))) {
      while (edition(read) != edition) {
        LockSupport.parkNanos(PAUSE);
      }
    }
    return System.nanoTime() - start;
  }

  private static int edition(PreparedStatement read) throws SQLException {
    try (ResultSet row = read.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }
}
