package dev.matviews.refresh;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * For expressions with fixed hours: each local time fires once. One that the clock jumps over fires
 * at the jump, with all others of the same jump; one that the clock shows twice fires at the first.
 *
 * <p>Read so, local times never go back, and both questions are one step of the expression from the
 * reading of the clock.
 */
record WallClockSlots(CronExpression expression, ZoneRules rules) implements CronSlots {

  @Override
  public Instant next(Instant after) {
    LocalDateTime local = reading(after);
    Instant slot;
    do {
      local = expression.firstFrom(local.plusNanos(1));
      slot = instantOf(local);
      // A slot in the past would make its caller spin, should a zone ever have two changes so close
      // that they share local times.
    } while (!slot.isAfter(after));
    return slot;
  }

  @Override
  public Optional<Instant> latest(Instant after, Instant notAfter) {
    return Optional.of(instantOf(expression.lastUntil(reading(notAfter))))
        .filter(slot -> slot.isAfter(after));
  }

  /**
   * The last local time whose slot is not later than {@code instant}: what the clock shows, except
   * in the second pass of an overlap, all of whose local times had their slots in the first.
   */
  private LocalDateTime reading(Instant instant) {
    LocalDateTime local = LocalDateTime.ofInstant(instant, rules.getOffset(instant));
    ZoneOffsetTransition change = rules.getTransition(local);
    boolean secondPass =
        change != null && change.isOverlap() && !instant.isBefore(change.getInstant());
    return secondPass ? change.getDateTimeBefore().minusNanos(1) : local;
  }

  private Instant instantOf(LocalDateTime local) {
    ZoneOffsetTransition change = rules.getTransition(local);
    return change != null && change.isGap()
        ? change.getInstant()
        : local.toInstant(rules.getOffset(local)); // of two offsets this is the earlier one
  }
}
