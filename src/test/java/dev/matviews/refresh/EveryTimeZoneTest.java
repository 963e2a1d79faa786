package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** All zones of the tz database, around their clock changes from 2000 to 2040. */
class EveryTimeZoneTest {

  /** What a cron field says and which values it means. */
  record Field(String text, Set<Integer> values) {}

  /** An expression, a zone, and a change of its clock. */
  record Case(Field minute, Field hour, Field weekday, ZoneId zone, Instant change) {

    Schedule schedule() {
      return Schedule.cron("%s %s * * %s".formatted(minute.text, hour.text, weekday.text), zone);
    }

    /** Later than {@code after} and not later than {@code notAfter}. */
    List<Instant> slots(Instant after, Instant notAfter) {
      ClockOracle oracle = new ClockOracle(minute.values, hour.values, weekday.values, zone);
      Instant wholeMinute = after.truncatedTo(ChronoUnit.MINUTES);
      return oracle.slots(wholeMinute, notAfter.plusNanos(1)).stream()
          .filter(slot -> slot.isAfter(after))
          .toList();
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void slotsAreThoseThatAClockShows(@ForAll("cases") Case c, @ForAll("nearby") Duration start) {
    Schedule schedule = c.schedule();
    Instant after = c.change.plus(start);
    Instant notAfter = after.plus(30, ChronoUnit.HOURS);
    assertThat(Stream.iterate(schedule.next(after), s -> !s.isAfter(notAfter), schedule::next))
        .containsExactlyElementsOf(c.slots(after, notAfter));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void latestIsTheLastThatAClockShowed(
      @ForAll("cases") Case c, @ForAll("nearby") Duration end, @ForAll("lengths") Duration length) {
    Instant notAfter = c.change.plus(end);
    Instant after = notAfter.minus(length);
    assertThat(c.schedule().latest(after, notAfter))
        .isEqualTo(c.slots(after, notAfter).stream().reduce((earlier, later) -> later));
  }

  /** Around a clock change, which is itself the likeliest moment. */
  @Provide
  Arbitrary<Duration> nearby() {
    Arbitrary<Integer> around =
        Arbitraries.integers()
            .between(-3 * 3600, 3 * 3600)
            .withDistribution(RandomDistribution.uniform());
    return Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.just(0)), Tuple.of(5, around))
        .map(Duration::ofSeconds);
  }

  @Provide
  Arbitrary<Duration> lengths() {
    return Arbitraries.integers()
        .between(0, 48 * 3600)
        .withDistribution(RandomDistribution.uniform())
        .map(Duration::ofSeconds);
  }

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<ZoneId> zones =
        Arbitraries.of(new TreeSet<>(ZoneId.getAvailableZoneIds())).map(ZoneId::of);
    return zones.flatMap(
        zone ->
            Combinators.combine(field(60, 3), hours(), weekdays(), changes(zone))
                .as((minute, hour, day, change) -> new Case(minute, hour, day, zone, change)));
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

  /** The first clock change from a random day on; the day itself, if there is none. */
  private static Arbitrary<Instant> changes(ZoneId zone) {
    return Arbitraries.integers()
        .between(0, 40 * 365)
        .withDistribution(RandomDistribution.uniform())
        .map(day -> changeFrom(zone, LocalDate.of(2000, 1, 1).plusDays(day)));
  }

  private static Instant changeFrom(ZoneId zone, LocalDate day) {
    Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    ZoneOffsetTransition change = zone.getRules().nextTransition(start);
    return change == null ? start : change.getInstant();
  }
}
