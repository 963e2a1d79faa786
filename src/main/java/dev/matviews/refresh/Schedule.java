package dev.matviews.refresh;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * The slots at which a view is due. A schedule has no memory and no clock: the same question always
 * has the same answer, so that any replica, after any restart, finds the same slots.
 */
public sealed interface Schedule permits CronSchedule, IntervalSchedule, ShiftedSchedule {

  /**
   * Slots wherever a clock in {@code zone} shows a matching time.
   *
   * @param expression five cron fields or a macro such as {@code @daily}
   * @throws InvalidScheduleException with a message for the expression's author
   */
  static Schedule cron(String expression, ZoneId zone) {
    return new CronSchedule(CronExpression.parse(expression), zone);
  }

  /**
   * Slots at the multiples of {@code period} since the Unix epoch.
   *
   * @throws InvalidScheduleException with a message for the author
   */
  static Schedule interval(Duration period) {
    return new IntervalSchedule(period);
  }

  /** The same slots, each later by {@code offset}. */
  default Schedule shifted(Duration offset) {
    return offset.isZero() ? this : new ShiftedSchedule(this, offset);
  }

  /** The first slot strictly later than {@code after}. */
  Instant next(Instant after);

  /**
   * The newest slot later than {@code after} and not later than {@code notAfter}. Its cost does not
   * grow with the number of slots in between.
   */
  Optional<Instant> latest(Instant after, Instant notAfter);

  /** Differs whenever the author wrote another schedule; kept in the database to notice an edit. */
  String identity();

  /** As people read it in a column: {@code 0 6 * * * Europe/Berlin} or {@code every 10s}. */
  @Override
  String toString();
}
