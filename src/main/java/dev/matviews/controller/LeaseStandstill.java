package dev.matviews.controller;

import java.time.Duration;

/**
 * How long nobody has renewed the lease, as one sees it who does not hold it: by the changes that
 * are seen, for the times that stand in a lease are by the clock of another machine.
 *
 * @param version of the lease when it was seen last, empty while there is none
 * @param since when it has been seen to be of this version, by a clock that only goes forward
 * @param seen when it was seen last, by the same clock
 */
record LeaseStandstill(String version, Duration since, Duration seen) {

  /** The time of a lease, and a minute in which whoever waits for it would have taken it. */
  static final Duration LIMIT = Duration.ofSeconds(75);

  /** Nobody knows what happened in a longer time without a look, so it counts anew. */
  private static final Duration UNSEEN = Duration.ofSeconds(30);

  static LeaseStandstill first(String version, Duration now) {
    return new LeaseStandstill(version, now, now);
  }

  LeaseStandstill then(String versionNow, Duration now) {
    boolean stands = version.equals(versionNow) && now.minus(seen).compareTo(UNSEEN) <= 0;
    return new LeaseStandstill(versionNow, stands ? since : now, now);
  }

  boolean isTooLong() {
    return seen.minus(since).compareTo(LIMIT) > 0;
  }
}
