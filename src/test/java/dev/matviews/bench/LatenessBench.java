package dev.matviews.bench;

import dev.matviews.bench.Report.Target;
import dev.matviews.bench.SlotLog.Slots;
import dev.matviews.playground.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How long after its due time the REFRESH of a slot begins, beside pg_cron. */
final class LatenessBench implements Benchmark {

  private static final int VIEWS = 50;
  private static final String DATABASE = "slots";
  private static final Duration ALL_HAVE_BEGUN = Duration.ofSeconds(5);

  @Override
  public void measure(Report report, boolean everything) {
    PostgresServer.Options logged = PostgresServer.Options.NONE.with("log_statement", "ddl");
    try (BenchStage stage = BenchStage.start(report, logged)) {
      report.section(
          "A slot begins on time",
          """
          How long after its due time the REFRESH begins, by the server's log; pg_cron's by its own
          record. Of those at one moment the operator runs two at once, as `maxConcurrentRefreshes`
          says, and pg_cron all.
          """);
      SlotLog log = new SlotLog(stage.postgres().log());
      stage.database(DATABASE);
      apart(stage, log, report, Duration.ofSeconds(everything ? 120 : 30));
      together(stage, log, report);
    }
    besides(report);
  }

  /** Periods that differ, so that the slots lie apart. */
  private static void apart(BenchStage stage, SlotLog log, Report report, Duration time) {
    Map<String, Slots> slots = new HashMap<>();
    for (int i = 0; i < VIEWS; i++) {
      long period = 10_000 + 137L * i;
      slots.put(DATABASE + ".v" + i, new Slots(period, 0));
      String refresh = "{interval: %dms, mode: Standard}".formatted(period);
      stage.view(DATABASE, "v" + i, "SELECT 1 AS a", refresh);
    }
    stage.awaitPopulated(DATABASE, VIEWS);
    double[] late = log.during(time, slots);
    stage.dropViews(DATABASE);
    String what = "%d views, %d slots at moments of their own: ".formatted(VIEWS, late.length);
    report.figure(what + "p50", Quantile.of(late, 0.5), "ms", Target.atMost(5));
    report.figure(what + "p99", Quantile.of(late, 0.99), "ms", Target.atMost(20));
  }

  private static void together(BenchStage stage, SlotLog log, Report report) {
    Map<String, Slots> slots = new HashMap<>();
    for (int i = 0; i < VIEWS; i++) {
      slots.put(DATABASE + ".w" + i, new Slots(60_000, 0));
      stage.view(DATABASE, "w" + i, "SELECT 1 AS a", "{schedule: '* * * * *', mode: Standard}");
    }
    stage.awaitPopulated(DATABASE, 2 * VIEWS);
    show(report, "operator", log.during(untilNextMinute(), slots));
  }

  private static void besides(Report report) {
    Optional<Path> packages = PgCron.installed();
    if (packages.isEmpty()) {
      report.skipped("pg_cron", "it is not installed");
      return;
    }
    try (PgCron cron = PgCron.start(packages.get(), Path.of("target", "bench", "pg_cron"), VIEWS)) {
      cron.schedule(VIEWS, "SELECT 1 AS a");
      BenchStage.awaitTime(Instant.now().plus(untilNextMinute()));
      show(report, "pg_cron", cron.lateness());
    }
  }

  /** One that is whole, and a moment in which all begin. */
  private static Duration untilNextMinute() {
    Instant from = Instant.now().plus(ALL_HAVE_BEGUN);
    Instant minute = from.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    return Duration.between(Instant.now(), minute.plus(ALL_HAVE_BEGUN));
  }

  private static void show(Report report, String who, double[] late) {
    String what = "%s, %d slots at one moment: ".formatted(who, late.length);
    report.figure(what + "p50", Quantile.of(late, 0.5), "ms");
    report.figure(what + "p99", Quantile.of(late, 0.99), "ms");
  }
}
