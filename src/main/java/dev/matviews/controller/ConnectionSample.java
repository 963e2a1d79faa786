package dev.matviews.controller;

import dev.matviews.metrics.Metric;
import java.time.Instant;
import java.util.Collection;
import java.util.function.Predicate;

/**
 * What metrics tell of a connection. Pure.
 *
 * @param up whether it can be used
 * @param views those that name it
 */
record ConnectionSample(boolean up, Worker.Backlog backlog, Collection<ViewSample> views) {

  double value(Metric metric, Instant now) {
    return switch (metric) {
      case ConnectionUp -> up ? 1 : 0;
      case QueueDepth -> backlog.waiting();
      case QueueLag -> backlog.longestWait().toMillis() / 1000.0;
      case QueueRunning -> backlog.running();
      case Views -> views.size();
      case ViewsReady -> count(ViewSample::ready);
      case ViewsStalled -> count(ViewSample::stalled);
      case ViewsStale -> count(view -> view.isStale(now));
      case ViewsFailing -> count(view -> view.failures() > 0);
      case FailureStreakMax -> views.stream().mapToInt(ViewSample::failures).max().orElse(0);
      case ViewsDrifted -> count(ViewSample::drifted);
      default -> throw new IllegalArgumentException(metric + " is not of a connection");
    };
  }

  private long count(Predicate<ViewSample> which) {
    return views.stream().filter(which).count();
  }
}
