package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Rows of the tables are written as the wall clock shows them, with its offset. */
final class SlotTables {

  private SlotTables() {}

  static Schedule cron(String expression, String zone) {
    return Schedule.cron(expression, TimeZones.named(zone));
  }

  static Instant instant(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }

  /** Asks both ways round: the slots that follow, and each of them as the latest of its moment. */
  static void assertNext(Schedule schedule, String after, String slots) {
    List<Instant> expected = Arrays.stream(slots.split(" +")).map(SlotTables::instant).toList();
    Instant start = instant(after);
    assertThat(Stream.iterate(schedule.next(start), schedule::next).limit(expected.size()))
        .as("slots of %s after %s", schedule, after)
        .containsExactlyElementsOf(expected);
    assertThat(schedule.latest(start, expected.get(0).minusNanos(1))).isEmpty();
    for (int i = 0; i < expected.size(); i++) {
      Instant slot = expected.get(i);
      assertThat(schedule.latest(start, slot)).contains(slot);
      if (i > 0) {
        assertThat(schedule.latest(start, slot.minusNanos(1))).contains(expected.get(i - 1));
      }
    }
  }
}
