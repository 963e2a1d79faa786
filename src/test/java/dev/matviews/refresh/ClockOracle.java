package dev.matviews.refresh;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the slots of an expression by looking at a clock every minute. It knows neither cron nor
 * the rules of time zones, only what the clock shows.
 */
record ClockOracle(Set<Integer> minutes, Set<Integer> hours, Set<Integer> weekdays, ZoneId zone) {

  List<Instant> slots(Instant from, Instant until) {
    return hours.size() == 24 ? wheneverItShows(from, until) : onceForEachTime(from, until);
  }

  private List<Instant> wheneverItShows(Instant from, Instant until) {
    return everyMinute(from, until).filter(minute -> matches(shown(minute))).toList();
  }

  /**
   * A time is due as soon as the clock shows it or a later one. Starts to look a day early, when
   * the clock may already be on its second pass.
   */
  private List<Instant> onceForEachTime(Instant from, Instant until) {
    List<Instant> slots = new ArrayList<>();
    Instant early = from.minus(1, ChronoUnit.DAYS);
    LocalDateTime seen = shown(early);
    for (Instant minute : everyMinute(early, until).toList()) {
      boolean due = false;
      while (seen.isBefore(shown(minute))) {
        seen = seen.plusMinutes(1);
        due |= matches(seen);
      }
      if (due && !minute.isBefore(from)) {
        slots.add(minute);
      }
    }
    return slots;
  }

  private static Stream<Instant> everyMinute(Instant from, Instant until) {
    return Stream.iterate(from, i -> i.isBefore(until), i -> i.plus(1, ChronoUnit.MINUTES));
  }

  private LocalDateTime shown(Instant instant) {
    return LocalDateTime.ofInstant(instant, zone);
  }

  private boolean matches(LocalDateTime time) {
    return minutes.contains(time.getMinute())
        && hours.contains(time.getHour())
        && weekdays.contains(time.getDayOfWeek().getValue() % 7);
  }
}
