package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** All zones of the tz database, around their clock changes from 2000 to 2040. */
class EveryTimeZoneTest {

  /** What a cron field says and which values it means. */
  record Field(String text, Set<Integer> values) {}

  /** An expression, a zone, and the minute where the look at its clock begins. */
  record Case(Field minute, Field hour, Field weekday, ZoneId zone, Instant from) {

    Instant until() {
      return from.plus(60, ChronoUnit.HOURS);
    }

    Schedule schedule() {
      return Schedule.cron("%s %s * * %s".formatted(minute.text, hour.text, weekday.text), zone);
    }

    List<Instant> slots() {
      return new ClockOracle(minute.values, hour.values, weekday.values, zone).slots(from, until());
    }
  }

  @Property
  void slotsAreThoseThatAClockShows(@ForAll("cases") Case c) {
    Schedule schedule = c.schedule();
    Instant first = schedule.next(c.from.minusNanos(1));
    assertThat(Stream.iterate(first, slot -> slot.isBefore(c.until()), schedule::next))
        .containsExactlyElementsOf(c.slots());
  }

  @Property
  void latestIsTheLastThatAClockShowed(
      @ForAll("cases") Case c, @ForAll("seconds") int one, @ForAll("seconds") int other) {
    Instant after = c.from.plusSeconds(Math.min(one, other));
    Instant notAfter = c.from.plusSeconds(Math.max(one, other));
    List<Instant> window =
        c.slots().stream().filter(s -> s.isAfter(after) && !s.isAfter(notAfter)).toList();
    assertThat(c.schedule().latest(after, notAfter))
        .isEqualTo(window.stream().reduce((earlier, later) -> later));
  }

  @Provide
  Arbitrary<Integer> seconds() {
    return Arbitraries.integers().between(0, 60 * 60 * 60 - 1);
  }

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<ZoneId> zones =
        Arbitraries.of(new TreeSet<>(ZoneId.getAvailableZoneIds())).map(ZoneId::of);
    return zones.flatMap(
        zone ->
            Combinators.combine(field(60, 3), hours(), weekdays(), starts(zone))
                .as((minute, hour, day, from) -> new Case(minute, hour, day, zone, from)));
  }

  /** Every hour half of the time; else mostly at night, when clocks are changed. */
  private static Arbitrary<Field> hours() {
    Arbitrary<Field> night = list(Arbitraries.of(0, 1, 2, 3, 23), 4);
    return Arbitraries.oneOf(Arbitraries.just(all(24)), Arbitraries.oneOf(night, field(24, 6)));
  }

  private static Arbitrary<Field> weekdays() {
    return Arbitraries.oneOf(Arbitraries.just(all(7)), field(7, 4));
  }

  private static Field all(int size) {
    return new Field("*", IntStream.range(0, size).boxed().collect(Collectors.toSet()));
  }

  private static Arbitrary<Field> field(int size, int most) {
    return Arbitraries.oneOf(
        list(Arbitraries.integers().between(0, size - 1), most), steps(size), range(size));
  }

  private static Arbitrary<Field> list(Arbitrary<Integer> values, int most) {
    return values.set().ofMinSize(1).ofMaxSize(most).map(EveryTimeZoneTest::listed);
  }

  private static Field listed(Set<Integer> values) {
    return new Field(values.stream().map(String::valueOf).collect(Collectors.joining(",")), values);
  }

  private static Arbitrary<Field> steps(int size) {
    return Arbitraries.integers()
        .between(size / 6 + 1, size - 1)
        .map(step -> new Field("*/" + step, multiples(step, size)));
  }

  private static Set<Integer> multiples(int step, int size) {
    return IntStream.range(0, size).filter(i -> i % step == 0).boxed().collect(Collectors.toSet());
  }

  /** Up to three neighbours. */
  private static Arbitrary<Field> range(int size) {
    return Arbitraries.integers()
        .between(0, size - 3)
        .map(low -> new Field(low + "-" + (low + 2), Set.of(low, low + 1, low + 2)));
  }

  /** Within the 40 hours before the first clock change from a random day on, if there is one. */
  private static Arbitrary<Instant> starts(ZoneId zone) {
    Arbitrary<Integer> day = Arbitraries.integers().between(0, 40 * 365).withoutEdgeCases();
    Arbitrary<Integer> minutesBefore = Arbitraries.integers().between(0, 40 * 60);
    return Combinators.combine(day, minutesBefore)
        .as((d, m) -> changeFrom(zone, LocalDate.of(2000, 1, 1).plusDays(d)).minusSeconds(60L * m));
  }

  private static Instant changeFrom(ZoneId zone, LocalDate day) {
    Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    ZoneOffsetTransition change = zone.getRules().nextTransition(start);
    return change == null ? start : change.getInstant();
  }
}
