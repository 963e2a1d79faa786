package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expressions where clocks do not change; 2026 begins on a Thursday. */
class CronScheduleTest {

  @ParameterizedTest(name = "{0} after {1}")
  @DisplayName("fires at the minutes that the five fields name")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * *           | 2026-01-01T00:00Z       | 2026-01-01T00:01Z 2026-01-01T00:02Z
          * * * * *           | 2026-01-01T00:00:00.5Z  | 2026-01-01T00:01Z
          * * * * *           | 2026-01-01T00:00:59.999Z | 2026-01-01T00:01Z
          * * * * *           | 2025-12-31T23:59Z       | 2026-01-01T00:00Z
          0 * * * *           | 2026-01-01T00:00Z       | 2026-01-01T01:00Z 2026-01-01T02:00Z
          0 * * * *           | 2025-12-31T23:59:59Z    | 2026-01-01T00:00Z
          */15 * * * *        | 2026-01-01T00:01Z       | 2026-01-01T00:15Z 2026-01-01T00:30Z 2026-01-01T00:45Z 2026-01-01T01:00Z
          */25 * * * *        | 2026-01-01T00:01Z       | 2026-01-01T00:25Z 2026-01-01T00:50Z 2026-01-01T01:00Z
          5/20 * * * *        | 2026-01-01T00:00Z       | 2026-01-01T00:05Z 2026-01-01T00:25Z 2026-01-01T00:45Z 2026-01-01T01:05Z
          10-20/5 * * * *     | 2026-01-01T00:10Z       | 2026-01-01T00:15Z 2026-01-01T00:20Z 2026-01-01T01:10Z
          1,2,50 * * * *      | 2026-01-01T00:01Z       | 2026-01-01T00:02Z 2026-01-01T00:50Z 2026-01-01T01:01Z
          50,2,2,1 * * * *    | 2026-01-01T00:01Z       | 2026-01-01T00:02Z 2026-01-01T00:50Z 2026-01-01T01:01Z
          1-3,58-59 * * * *   | 2026-01-01T00:02Z       | 2026-01-01T00:03Z 2026-01-01T00:58Z 2026-01-01T00:59Z 2026-01-01T01:01Z
          59 23 31 12 *       | 2026-01-01T00:00Z       | 2026-12-31T23:59Z 2027-12-31T23:59Z
          30 6 * * *          | 2026-01-01T06:30Z       | 2026-01-02T06:30Z 2026-01-03T06:30Z
          30 6 * * *          | 2026-01-01T06:29Z       | 2026-01-01T06:30Z
          0 */6 * * *         | 2026-01-01T01:00Z       | 2026-01-01T06:00Z 2026-01-01T12:00Z 2026-01-01T18:00Z 2026-01-02T00:00Z
          0 9-17/4 * * *      | 2026-01-01T00:00Z       | 2026-01-01T09:00Z 2026-01-01T13:00Z 2026-01-01T17:00Z 2026-01-02T09:00Z
          0 0-23 * * *        | 2026-01-01T00:00Z       | 2026-01-01T01:00Z 2026-01-01T02:00Z
          00 06 01 01 *       | 2026-01-01T06:00Z       | 2027-01-01T06:00Z
          0 0 * * 0           | 2026-01-01T00:00Z       | 2026-01-04T00:00Z 2026-01-11T00:00Z
          0 0 * * 7           | 2026-01-01T00:00Z       | 2026-01-04T00:00Z 2026-01-11T00:00Z
          0 0 * * SUN         | 2026-01-01T00:00Z       | 2026-01-04T00:00Z 2026-01-11T00:00Z
          0 0 * * 0,7         | 2026-01-01T00:00Z       | 2026-01-04T00:00Z 2026-01-11T00:00Z
          0 0 * * MON         | 2026-01-01T00:00Z       | 2026-01-05T00:00Z 2026-01-12T00:00Z
          0 0 * * 1-5         | 2026-01-01T00:00Z       | 2026-01-02T00:00Z 2026-01-05T00:00Z
          0 0 * * mon-fri     | 2026-01-01T00:00Z       | 2026-01-02T00:00Z 2026-01-05T00:00Z
          0 0 * * 5-7         | 2026-01-01T00:00Z       | 2026-01-02T00:00Z 2026-01-03T00:00Z 2026-01-04T00:00Z 2026-01-09T00:00Z
          0 0 * * Fri-Sun     | 2026-01-01T00:00Z       | 2026-01-02T00:00Z 2026-01-03T00:00Z 2026-01-04T00:00Z 2026-01-09T00:00Z
          0 0 * * */2         | 2026-01-01T00:00Z       | 2026-01-03T00:00Z 2026-01-04T00:00Z 2026-01-06T00:00Z 2026-01-08T00:00Z
          0 0 * JAN,jul *     | 2026-01-30T12:00Z       | 2026-01-31T00:00Z 2026-07-01T00:00Z
          0 0 1 */3 *         | 2026-01-01T00:00Z       | 2026-04-01T00:00Z 2026-07-01T00:00Z 2026-10-01T00:00Z 2027-01-01T00:00Z
          0 0 31 * *          | 2026-01-31T00:00Z       | 2026-03-31T00:00Z 2026-05-31T00:00Z 2026-07-31T00:00Z
          0 0 30 * *          | 2026-01-30T00:00Z       | 2026-03-30T00:00Z 2026-04-30T00:00Z
          0 0 13 * 5          | 2026-02-06T00:00Z       | 2026-02-13T00:00Z 2026-02-20T00:00Z 2026-02-27T00:00Z 2026-03-06T00:00Z 2026-03-13T00:00Z
          0 0 1 * MON         | 2026-01-26T00:00Z       | 2026-02-01T00:00Z 2026-02-02T00:00Z 2026-02-09T00:00Z
          0 0 31 2 1          | 2026-01-31T00:00Z       | 2026-02-02T00:00Z 2026-02-09T00:00Z
          0 0 1-7 * *         | 2026-01-06T00:00Z       | 2026-01-07T00:00Z 2026-02-01T00:00Z
          0 0 29 2 *          | 2026-01-01T00:00Z       | 2028-02-29T00:00Z 2032-02-29T00:00Z 2036-02-29T00:00Z
          0 0 29 2 *          | 2096-02-29T00:00Z       | 2104-02-29T00:00Z
          0 * 29 2 *          | 2028-02-29T22:00Z       | 2028-02-29T23:00Z 2032-02-29T00:00Z
          @hourly             | 2026-01-01T00:00Z       | 2026-01-01T01:00Z 2026-01-01T02:00Z
          @daily              | 2026-01-01T00:00Z       | 2026-01-02T00:00Z 2026-01-03T00:00Z
          @midnight           | 2026-01-01T00:00Z       | 2026-01-02T00:00Z 2026-01-03T00:00Z
          @weekly             | 2026-01-01T00:00Z       | 2026-01-04T00:00Z 2026-01-11T00:00Z
          @monthly            | 2026-01-01T00:00Z       | 2026-02-01T00:00Z 2026-03-01T00:00Z
          @yearly             | 2026-01-01T00:00Z       | 2027-01-01T00:00Z 2028-01-01T00:00Z
          @annually           | 2026-01-01T00:00Z       | 2027-01-01T00:00Z 2028-01-01T00:00Z
          0 6 * * *           | 1969-12-31T06:00Z       | 1970-01-01T06:00Z
          """)
  void firesAtMatchingMinutes(String expression, String after, String slots) {
    SlotTables.assertNext(SlotTables.cron(expression, "Etc/UTC"), after, slots);
  }

  @ParameterizedTest(name = "{0} in {1}")
  @DisplayName("reads the fields in the schedule's zone")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 6 * * * | Europe/Berlin  | 2026-01-01T05:00Z      | 2026-01-02T06:00+01:00
          0 6 * * * | Etc/GMT+5      | 2026-01-01T00:00Z      | 2026-01-01T06:00-05:00
          0 0 * * * | Asia/Kathmandu | 2026-01-01T18:14Z      | 2026-01-02T00:00+05:45 2026-01-03T00:00+05:45
          0 * * * * | Asia/Kathmandu | 2026-01-01T00:00Z      | 2026-01-01T00:15Z 2026-01-01T01:15Z
          0 0 1 1 * | Pacific/Kiritimati | 2025-01-01T00:00Z  | 2025-12-31T10:00Z
          0 0 * * 1 | Pacific/Apia   | 2026-01-01T00:00Z      | 2026-01-05T00:00+13:00
          """)
  void readsFieldsInItsZone(String expression, String zone, String after, String slots) {
    SlotTables.assertNext(SlotTables.cron(expression, zone), after, slots);
  }

  @ParameterizedTest(name = "{0} {1}")
  @DisplayName("is shown as written, with its zone unless that is Etc/UTC")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 * * * *         | Etc/UTC       | 0 * * * *                | 0 * * * * Etc/UTC
          @daily            | Etc/UTC       | @daily                   | @daily Etc/UTC
          0 6 * * *         | Europe/Berlin | 0 6 * * * Europe/Berlin  | 0 6 * * * Europe/Berlin
          0 6 * * *         | UTC           | 0 6 * * * UTC            | 0 6 * * * UTC
          0 6 * * mon       | Etc/UTC       | 0 6 * * mon              | 0 6 * * mon Etc/UTC
          """)
  void isShownAsWritten(String expression, String zone, String shown, String identity) {
    Schedule schedule = SlotTables.cron(expression, zone);
    assertThat(schedule).hasToString(shown);
    assertThat(schedule.identity()).isEqualTo(identity);
  }

  @Test
  @DisplayName("is the same whatever blanks its fields are set apart with")
  void blanksDoNotMatter() {
    Schedule tidy = Schedule.cron("0 6 * * *", ZoneId.of("Etc/UTC"));
    Schedule untidy = Schedule.cron("  0\t6   *\t\t* * \n", ZoneId.of("Etc/UTC"));
    assertThat(untidy).isEqualTo(tidy).hasSameHashCodeAs(tidy).hasToString("0 6 * * *");
    assertThat(untidy.identity()).isEqualTo(tidy.identity());
  }
}
