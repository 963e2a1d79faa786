package dev.matviews.refresh;

import java.time.Instant;

/**
 * Slots in whose place a newer one ran, since nobody was there or the clock was set forward. Should
 * the clock be set back among them, they are yet to come.
 *
 * @param after the last slot that was settled before them, or has been since
 * @param before the slot that took their place
 */
public record PassedOver(Instant after, Instant before) {

  boolean holds(Instant slot) {
    return slot.isAfter(after) && slot.isBefore(before);
  }
}
