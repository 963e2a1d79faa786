package dev.matviews.bench;

import dev.matviews.bench.Report.Target;
import dev.matviews.bench.SlotLog.Slots;
import dev.matviews.playground.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** How long a burst of slots takes against its bare statements, and the same slots spread out. */
final class BurstBench implements Benchmark {

  private static final int DATABASES = 10;
  private static final int EACH = 100;
  private static final int AT_ONCE_EACH = 2;
  private static final String COSTS = "SELECT 1 AS a, pg_sleep(0.1)::text AS s";
  private static final String EACH_MINUTE = "{schedule: '* * * * *', mode: Standard%s}";

  /** An offset of none of them is a whole minute. */
  private static final String JITTERED =
      "SELECT count(*) FROM matview_operator.views"
          + " WHERE next_due <> date_trunc('minute', next_due)";

  @Override
  public void measure(Report report, boolean everything) throws SQLException {
    PostgresServer.Options logged = PostgresServer.Options.NONE.with("log_statement", "ddl");
    try (BenchStage stage = BenchStage.start(report, logged)) {
      report.section(
          "A thousand slots a minute",
          """
          %d views in each of %d databases, each with a query of 0.1 s and a slot each minute: all at
          one moment, %d at once in each database, and then spread over the minute by `jitter: 60s`.
          """
              .formatted(EACH, DATABASES, AT_ONCE_EACH));
      for (int d = 0; d < DATABASES; d++) {
        stage.database(database(d));
      }
      burst(stage, report);
      spread(stage, report);
    }
  }

  private static String database(int number) {
    return "burst" + number;
  }

  private static void burst(BenchStage stage, Report report) throws SQLException {
    schedule(stage, "");
    for (int d = 0; d < DATABASES; d++) {
      stage.awaitPopulated(database(d), EACH);
    }
    // The minute after the next: by then all of them have had their first slot, and are quiet.
    Instant minute = Instant.ofEpochSecond((Instant.now().getEpochSecond() / 60 + 2) * 60);
    String done =
        "SELECT count(*) FROM matview_operator.runs WHERE run_id = 'Schedule/%s'".formatted(minute);
    for (int d = 0; d < DATABASES; d++) {
      stage.awaitNumber(database(d), done, EACH);
    }
    double bare = bareSeconds(stage) * EACH / AT_ONCE_EACH;
    report.figure("bare statements ÷ how many may run at once", bare, "s");
    report.figure(
        "until the last of the burst has ended",
        makespan(stage, minute),
        "s",
        Target.atMost(bare * 1.25));
  }

  private static void schedule(BenchStage stage, String jitter) {
    for (int d = 0; d < DATABASES; d++) {
      for (int i = 0; i < EACH; i++) {
        stage.view(database(d), "v" + i, COSTS, EACH_MINUTE.formatted(jitter));
      }
    }
  }

  private static void spread(BenchStage stage, Report report) {
    schedule(stage, ", jitter: 60s");
    Map<String, Slots> slots = new HashMap<>();
    for (int d = 0; d < DATABASES; d++) {
      String database = database(d);
      stage.awaitNumber(database, JITTERED, EACH);
      stage
          .numbers(
              database,
              "SELECT view_name, extract(epoch FROM next_due) * 1000 FROM matview_operator.views")
          .forEach(
              (view, due) ->
                  slots.put(
                      database + "." + view,
                      new Slots(60_000, Math.floorMod(Math.round(due), 60_000L))));
    }
    double[] late = new SlotLog(stage.postgres().log()).during(Duration.ofSeconds(60), slots);
    String what = "spread, %,d slots: ".formatted(late.length);
    report.figure(what + "p50", Quantile.of(late, 0.5), "ms", Target.atMost(5));
    report.figure(what + "p99", Quantile.of(late, 0.99), "ms", Target.atMost(50));
  }

  private static double makespan(BenchStage stage, Instant minute) {
    double longest = 0;
    for (int d = 0; d < DATABASES; d++) {
      longest =
          Math.max(
              longest,
              stage.number(
                  database(d),
                  "SELECT max(extract(epoch FROM finished_at - due_at)) FROM matview_operator.runs"
                      + " WHERE run_id = 'Schedule/%s'".formatted(minute)));
    }
    return longest;
  }

  /** Of one REFRESH on an open connection, while nothing else is due. */
  private static double bareSeconds(BenchStage stage) throws SQLException {
    int times = 20;
    try (Connection connection = stage.postgres().connect(database(0));
        Statement statement = connection.createStatement()) {
      long start = System.nanoTime();
      for (int i = 0; i < times; i++) {
        statement.execute("REFRESH MATERIALIZED VIEW app.v" + i);
      }
      return (System.nanoTime() - start) / 1e9 / times;
    }
  }
}
