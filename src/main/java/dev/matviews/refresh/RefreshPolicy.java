package dev.matviews.refresh;

import java.time.Duration;
import java.util.Optional;

/**
 * When and how a spec wants its view refreshed.
 *
 * @param startingDeadline how late a slot may still start; empty for no limit
 * @param fillAtOnce whether a view without data is filled without being asked
 * @param retries how often a slot or a request that failed is tried again, where that can help
 * @param followsUpstream whether it runs when a view that it stands on has newer data
 * @param timeout for the whole run, waiting for locks included
 * @param lockTimeout the longest single wait for a lock that readers would queue behind
 */
public record RefreshPolicy(
    Mode mode,
    Optional<Schedule> schedule,
    Optional<Duration> startingDeadline,
    boolean fillAtOnce,
    int retries,
    boolean followsUpstream,
    Duration timeout,
    Duration lockTimeout,
    boolean suspended,
    RunOptions options) {

  /**
   * What {@link RefreshState#schedule} is compared with. Suspending is an edit of the schedule like
   * any other: slots of the time before an edit are never made up for.
   */
  public String scheduleIdentity() {
    return suspended ? "" : schedule.map(Schedule::identity).orElse("");
  }
}
