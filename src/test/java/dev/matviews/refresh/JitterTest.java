package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JitterTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @ParameterizedTest(name = "{0} within {1}: {2}")
  @DisplayName("is the same in each release: a change would move the slots of all views")
  @CsvSource({
    "team/board, PT1M, PT53.484S",
    "team/boards, PT1M, PT59.724S",
    "team/board, PT24H, PT23H30M53.484S",
    "team/board, PT0.001S, PT0S",
    "team/board, PT0S, PT0S",
  })
  void isStable(String name, Duration jitter, Duration offset) {
    assertThat(Jitter.offset(name, jitter)).isEqualTo(offset);
  }

  @Test
  @DisplayName("spreads views evenly over its length")
  void spreads() {
    List<Duration> offsets =
        IntStream.range(0, 1000).mapToObj(i -> Jitter.offset("team/v" + i, MINUTE)).toList();
    for (int tenth = 0; tenth < 10; tenth++) {
      Duration from = MINUTE.multipliedBy(tenth).dividedBy(10);
      Duration until = from.plus(MINUTE.dividedBy(10));
      assertThat(offsets.stream().filter(o -> o.compareTo(from) >= 0 && o.compareTo(until) < 0))
          .as("offsets from %s to %s", from, until)
          .hasSizeBetween(60, 140);
    }
  }

  @ParameterizedTest(name = "{0} + {1} after {2}")
  @DisplayName("each slot is later by the offset, also where a clock changes")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 * * * *  | PT10M  | 2026-01-05T09:30+01:00 | 2026-01-05T10:10+01:00 2026-01-05T11:10+01:00
          0 * * * *  | PT10M  | 2026-01-05T10:05+01:00 | 2026-01-05T10:10+01:00
          0 * * * *  | PT10M  | 2026-01-05T10:10+01:00 | 2026-01-05T11:10+01:00
          0 6 * * *  | PT23H  | 2026-01-05T04:59+01:00 | 2026-01-05T05:00+01:00 2026-01-06T05:00+01:00
          30 2 * * * | PT40M  | 2026-03-28T12:00+01:00 | 2026-03-29T03:40+02:00 2026-03-30T03:10+02:00
          30 2 * * * | PT40M  | 2026-10-24T12:00+02:00 | 2026-10-25T02:10+01:00 2026-10-26T03:10+01:00
          """)
  void shifts(String expression, Duration offset, String after, String slots) {
    SlotTables.assertNext(
        SlotTables.cron(expression, "Europe/Berlin").shifted(offset), after, slots);
  }

  @Test
  @DisplayName("none leaves a schedule as it is")
  void none() {
    Schedule schedule = Schedule.interval(MINUTE);
    assertThat(schedule.shifted(Duration.ZERO)).isSameAs(schedule);
    assertThat(schedule.shifted(Duration.ofSeconds(7)).latest(Instant.EPOCH, Instant.EPOCH))
        .isEqualTo(Optional.empty());
  }
}
