package dev.matviews.refresh;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** A cron expression read in a time zone. */
record CronSchedule(CronExpression expression, ZoneId zone) implements Schedule {

  @Override
  public Instant next(Instant after) {
    return slots().next(after);
  }

  @Override
  public Optional<Instant> latest(Instant after, Instant notAfter) {
    return slots().latest(after, notAfter);
  }

  /**
   * Where clocks change there are two right answers, and which one is meant shows in the hour
   * field: "every quarter of an hour" is about elapsed time, "at half past two" about the clock on
   * the wall. Vixie cron draws the same line.
   */
  private CronSlots slots() {
    return expression.everyHour()
        ? new RealTimeSlots(expression, zone.getRules())
        : new WallClockSlots(expression, zone.getRules());
  }

  @Override
  public String identity() {
    return expression + " " + zone;
  }

  @Override
  public String toString() {
    return zone.getId().equals("Etc/UTC") ? expression.toString() : identity();
  }
}
