package dev.matviews.refresh;

import dev.matviews.plan.Reason;
import java.time.Duration;

/**
 * The pause before the next try: doubles from one second to five minutes for what may pass soon or
 * may have passed already, else five minutes.
 */
public final class Backoff {

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private Backoff() {}

  /**
   * How long to wait.
   *
   * @param failures how many tries of the same run have failed, at least 1
   */
  public static Duration pause(Reason reason, int failures) {
    return switch (reason.retry()) {
      case Backoff, OnEvent -> doubled(failures);
      case None, Slow, Never -> LONGEST;
    };
  }

  private static Duration doubled(int failures) {
    int doublings = Math.min(Math.max(failures, 1) - 1, 10);
    Duration pause = FIRST.multipliedBy(1L << doublings);
    return pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
  }
}
