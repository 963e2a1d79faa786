package dev.matviews.bench;

import dev.matviews.bench.Report.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a restart costs when nothing has changed, and what it costs to wait for nothing. */
final class RestartBench implements Benchmark {

  private static final int DATABASES = 10;
  private static final int EACH = 500;
  private static final Duration SETTLED = Duration.ofSeconds(10);
  private static final Duration LAST_LOOK = Duration.ofSeconds(3);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

  @Override
  public void measure(Report report, boolean everything) throws Exception {
    try (BenchStage stage = BenchStage.start(report);
        Fleet fleet = Fleet.of(stage, DATABASES)) {
      fleet.apply(EACH);
      Duration ready = fleet.untilReady();
      long pid = stage.operator().pid();
      report.section(
          "A restart with %,d views".formatted(DATABASES * EACH),
          """
          %,d views in %d databases, each with SQL of 4 KiB, are Ready; the operator is ended and
          started. The time runs from its start. What it sends to PostgreSQL is counted by
          pg_stat_statements, what it asks the API server for by that one's audit log.
          """
              .formatted(DATABASES * EACH, DATABASES));
      report.figure("before: applied until all are Ready", ready.toMillis() / 1000.0, "s");
      report.figure("before: memory (RSS), highest", ProcessUse.peak(pid), "MiB");
      restart(stage, report);
      idle(stage, report, Duration.ofSeconds(everything ? 300 : 60));
    }
  }

  private static void restart(BenchStage stage, Report report) {
    awaitQuiet(stage);
    stage.stopOperator();
    Sent sent = Sent.fromNowOn(stage);
    Instant start = Instant.now();
    stage.launchOperator();
    double first = Double.NaN;
    double last = 0;
    for (long seen = 0;
        seen < DATABASES * EACH || secondsSince(start) - last < LAST_LOOK.toSeconds(); ) {
      long now = sent.observed();
      if (now > seen) {
        last = secondsSince(start);
        first = seen == 0 ? last : first;
        seen = now;
      }
      LockSupport.parkNanos(PAUSE);
    }
    report.figure("until the first views were looked at", first, "s", Target.atMost(10));
    report.figure("until all were", last, "s", Target.atMost(60));
    awaitQuiet(stage);
    report.figure("DDL", sent.ddl(), "statements", Target.atMost(0));
    report.figure("REFRESH", sent.refreshes(), "statements", Target.atMost(0));
    report.figure("rows written", sent.writes(), "statements", Target.atMost(0));
    report.figure(
        "status writes", stage.requests().statusWrites(start, Instant.now()), "", Target.atMost(0));
    report.figure(
        "memory (RSS), highest",
        ProcessUse.peak(stage.operator().pid()),
        "MiB",
        Target.atMost(400));
  }

  private static double secondsSince(Instant start) {
    return Duration.between(start, Instant.now()).toMillis() / 1000.0;
  }

  /** What has ended may still be told of. */
  private static void awaitQuiet(BenchStage stage) {
    Instant from = Instant.now();
    BenchStage.awaitTime(from.plus(SETTLED));
    while (stage.requests().statusWrites(from, Instant.now()) > 0) {
      from = Instant.now();
      BenchStage.awaitTime(from.plus(SETTLED));
    }
  }

  private static void idle(BenchStage stage, Report report, Duration length) {
    while (stage.connections().now() > 0) {
      LockSupport.parkNanos(PAUSE);
    }
    long pid = stage.operator().pid();
    Instant from = Instant.now();
    Duration before = ProcessUse.cpu(pid);
    long connections = 0;
    while (Instant.now().isBefore(from.plus(length))) {
      connections = Math.max(connections, stage.connections().now());
      LockSupport.parkNanos(PAUSE);
    }
    double seconds = secondsSince(from);
    double share = ProcessUse.cpu(pid).minus(before).toMillis() / 1000.0 / seconds;
    String what = "idle for %.0f s: ".formatted(seconds);
    report.figure(what + "CPU", share * 100, "% of a core", Target.below(1));
    report.figure(
        what + "requests to the API server",
        stage.requests().all(from, Instant.now()) / seconds,
        "/s",
        Target.atMost(1));
    report.figure(what + "connections to databases", connections, "", Target.atMost(0));
  }
}
