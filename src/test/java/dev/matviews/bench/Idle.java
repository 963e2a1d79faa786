package dev.matviews.bench;

import dev.matviews.bench.Report.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What it costs to wait while nothing is due. */
record Idle(BenchStage stage, Report report) {

  private static final Duration BETWEEN_PASSES = Duration.ofSeconds(60);
  private static final Duration WITH_A_PASS = Duration.ofMinutes(5);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

  /** The operator looks at each database every five minutes, which only the long form sees. */
  void measure(boolean everything) {
    report.section(
        "Nothing is due",
        """
        The same views, which have no schedules, from the moment on at which the last connection is
        closed: after 10 s without use here. Every five minutes all views of a database are looked at.
        """);
    while (stage.connections().now() > 0) {
      LockSupport.parkNanos(PAUSE);
    }
    long open = measure(BETWEEN_PASSES);
    report.figure("connections meanwhile", open, "", Target.atMost(0));
    if (everything) {
      measure(WITH_A_PASS);
    }
  }

  /** The most connections that were open at a time. */
  private long measure(Duration length) {
    long pid = stage.operator().pid();
    Instant from = Instant.now();
    Duration before = ProcessUse.cpu(pid);
    long open = 0;
    while (Instant.now().isBefore(from.plus(length))) {
      open = Math.max(open, stage.connections().now());
      LockSupport.parkNanos(PAUSE);
    }
    Instant until = Instant.now();
    double seconds = Duration.between(from, until).toMillis() / 1000.0;
    double cpu = ProcessUse.cpu(pid).minus(before).toMillis() / 1000.0;
    String during = "during %d s: ".formatted(length.toSeconds());
    report.figure(during + "CPU", 100 * cpu / seconds, "% of a core", Target.below(1));
    report.figure(
        during + "requests to the API server",
        stage.requests().all(from, until) / seconds,
        "/s",
        Target.atMost(1));
    return open;
  }
}
