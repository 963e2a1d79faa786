package dev.matviews.refresh;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The slots of another schedule, each later by the same time. */
record ShiftedSchedule(Schedule schedule, Duration offset) implements Schedule {

  @Override
  public Instant next(Instant after) {
    return schedule.next(after.minus(offset)).plus(offset);
  }

  @Override
  public Optional<Instant> latest(Instant after, Instant notAfter) {
    return schedule
        .latest(after.minus(offset), notAfter.minus(offset))
        .map(slot -> slot.plus(offset));
  }

  /** Another offset means other slots, so it is another schedule. */
  @Override
  public String identity() {
    return schedule.identity() + " +" + offset.toMillis() + "ms";
  }

  @Override
  public String toString() {
    return schedule.toString();
  }
}
