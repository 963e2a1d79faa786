package dev.matviews.refresh;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * For expressions that fire every hour: a slot wherever the clock shows a matching time, however
 * often it shows it. Between two transitions of a zone the offset is constant and local time is as
 * good as UTC, so the search goes from one such stretch to the next.
 */
record RealTimeSlots(CronExpression expression, ZoneRules rules) implements CronSlots {

  @Override
  public Instant next(Instant after) {
    Instant from = after.plusNanos(1);
    while (true) {
      ZoneOffset offset = rules.getOffset(from);
      Instant slot = expression.firstFrom(LocalDateTime.ofInstant(from, offset)).toInstant(offset);
      ZoneOffsetTransition end = rules.nextTransition(from);
      if (end == null || slot.isBefore(end.getInstant())) {
        return slot;
      }
      from = end.getInstant();
    }
  }

  @Override
  public Optional<Instant> latest(Instant after, Instant notAfter) {
    Instant until = notAfter;
    while (until.isAfter(after)) {
      ZoneOffset offset = rules.getOffset(until);
      Instant slot = expression.lastUntil(LocalDateTime.ofInstant(until, offset)).toInstant(offset);
      ZoneOffsetTransition start = rules.previousTransition(until.plusNanos(1));
      if (start == null || !slot.isBefore(start.getInstant())) {
        return Optional.of(slot).filter(s -> s.isAfter(after));
      }
      until = start.getInstant().minusNanos(1);
    }
    return Optional.empty();
  }
}
