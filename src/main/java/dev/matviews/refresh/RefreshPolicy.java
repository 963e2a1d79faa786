package dev.matviews.refresh;

import java.time.Duration;
import java.util.Optional;

/**
 * When and how a spec wants its view refreshed.
 *
 * @param startingDeadline how late a slot may still start; empty for no limit
 * @param fillAtOnce whether a view without data is filled without being asked
 * @param timeout for the whole run, waiting for locks included
 * @param lockTimeout the longest single wait for a lock that readers would queue behind
 */
public record RefreshPolicy(
    Mode mode,
    Optional<Schedule> schedule,
    Optional<Duration> startingDeadline,
    boolean fillAtOnce,
    Duration timeout,
    Duration lockTimeout,
    boolean suspended) {

  /**
   * What {@link RefreshState#schedule} is compared with. Suspending is an edit of the schedule like
   * any other: slots of the time before an edit are never made up for.
   */
  public String scheduleIdentity() {
    return suspended ? "" : schedule.map(Schedule::identity).orElse("");
  }
}
