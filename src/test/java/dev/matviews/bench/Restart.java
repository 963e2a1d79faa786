package dev.matviews.bench;

import dev.matviews.bench.Report.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What it costs to end the operator and start it when nothing has changed. */
record Restart(BenchStage stage, Fleet fleet, Report report) {

  private static final Duration LAST_LOOK = Duration.ofSeconds(3);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

  /** When views were looked at, in seconds after the start. */
  private record Looks(double first, double last) {}

  void measure(Map<String, String> environment) {
    report.section(
        "A restart with %,d views".formatted(fleet.size()),
        """
        All are Ready; the operator is ended and started. The time runs from its start. What it sends
        to PostgreSQL is counted by pg_stat_statements, what it asks the API server for by that one's
        audit log.
        """);
    stage.awaitQuiet();
    stage.stopOperator();
    Sent sent = Sent.fromNowOn(stage);
    Instant start = Instant.now();
    stage.launchOperator(environment);
    Looks looks = looks(sent, start);
    stage.awaitQuiet();
    report.figure("until the first views are looked at", looks.first(), "s", Target.atMost(10));
    report.figure("until all are", looks.last(), "s", Target.atMost(60));
    report.figure("DDL statements", sent.ddl(), "", Target.atMost(0));
    report.figure("REFRESH statements", sent.refreshes(), "", Target.atMost(0));
    report.figure("statements that write rows", sent.writes(), "", Target.atMost(0));
    long statusWrites = stage.requests().statusWrites(start, Instant.now());
    report.figure("status writes", statusWrites, "", Target.atMost(0));
    double peak = ProcessUse.peak(stage.operator().pid());
    report.figure("the operator's memory (RSS), highest", peak, "MiB", Target.atMost(400));
  }

  /** A view that is looked at twice counts twice, so the last look of all is waited for. */
  private Looks looks(Sent sent, Instant start) {
    double first = Double.NaN;
    double last = 0;
    long seen = 0;
    while (seen < fleet.size() || secondsSince(start) - last < LAST_LOOK.toSeconds()) {
      long now = sent.observed();
      if (now > seen) {
        last = secondsSince(start);
        first = seen == 0 ? last : first;
        seen = now;
      }
      LockSupport.parkNanos(PAUSE);
    }
    return new Looks(first, last);
  }

  private static double secondsSince(Instant start) {
    return Duration.between(start, Instant.now()).toMillis() / 1000.0;
  }
}
