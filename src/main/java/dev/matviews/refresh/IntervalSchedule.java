package dev.matviews.refresh;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A slot every {@code period}, counted from the Unix epoch: not from the last run, which a restart
 * may forget and which would let the slots drift.
 */
record IntervalSchedule(Duration period) implements Schedule {

  IntervalSchedule {
    if (period.compareTo(Duration.ofMillis(1)) < 0
        || !period.truncatedTo(ChronoUnit.MILLIS).equals(period)) {
      throw new InvalidScheduleException(
          "interval %s is not valid: it must be one or more whole milliseconds"
              .formatted(GoDuration.text(period)));
    }
  }

  @Override
  public Instant next(Instant after) {
    return Instant.ofEpochMilli(slotUntil(after) + period.toMillis());
  }

  @Override
  public Optional<Instant> latest(Instant after, Instant notAfter) {
    return Optional.of(Instant.ofEpochMilli(slotUntil(notAfter))).filter(s -> s.isAfter(after));
  }

  private long slotUntil(Instant instant) {
    return Math.floorDiv(instant.toEpochMilli(), period.toMillis()) * period.toMillis();
  }

  @Override
  public String identity() {
    return toString();
  }

  @Override
  public String toString() {
    return "every " + GoDuration.text(period);
  }
}
