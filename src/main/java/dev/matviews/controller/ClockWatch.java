package dev.matviews.controller;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Notices that the clock was set. The framework's timer waits for a moment of that clock: set back
 * by an hour, it would bring nothing for an hour. So everything is looked at again.
 */
@ApplicationScoped
public class ClockWatch {

  private static final Logger LOG = Logger.getLogger(ClockWatch.class);

  /** No clock that is merely wrong drifts so far between two looks. */
  private static final Duration STEP = Duration.ofSeconds(5);

  private final Views views;
  private final Connections connections;
  private final Clock clock;
  private Duration ahead;

  ClockWatch(Views views, Connections connections, Clock clock) {
    this.views = views;
    this.connections = connections;
    this.clock = clock;
    this.ahead = ahead();
  }

  /** Of the clock that only goes forward. */
  private Duration ahead() {
    return Duration.ofMillis(clock.millis()).minusNanos(System.nanoTime());
  }

  /** By one thread, every second or so. */
  void look() {
    Duration now = ahead();
    Duration step = now.minus(ahead);
    ahead = now;
    if (step.abs().compareTo(STEP) > 0) {
      LOG.warnf("The clock was set by %s; all views are looked at again", step);
      views.all().stream()
          .map(Views::connectionOf)
          .collect(Collectors.toSet())
          .forEach(connections::wake);
      views.all().forEach(view -> views.wake(ResourceID.fromResource(view)));
    }
  }
}
