package dev.matviews.refresh;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The clock changes that people will ask about, worked out by hand. */
class ClockChangeTest {

  @ParameterizedTest(name = "{0} in {1} after {2}")
  @DisplayName("a fixed hour that the clock jumps over fires once, at the jump")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # Berlin, 29 March 2026: 02:00+01:00 becomes 03:00+02:00
          30 2 * * *      | Europe/Berlin       | 2026-03-28T02:30+01:00 | 2026-03-29T03:00+02:00 2026-03-30T02:30+02:00
          0 2 * * *       | Europe/Berlin       | 2026-03-28T02:00+01:00 | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00
          0 2 * * 0       | Europe/Berlin       | 2026-03-22T02:00+01:00 | 2026-03-29T03:00+02:00 2026-04-05T02:00+02:00
          0 3 * * *       | Europe/Berlin       | 2026-03-28T03:00+01:00 | 2026-03-29T03:00+02:00 2026-03-30T03:00+02:00
          59 1 * * *      | Europe/Berlin       | 2026-03-28T01:59+01:00 | 2026-03-29T01:59+01:00 2026-03-30T01:59+02:00
          */15 2 * * *    | Europe/Berlin       | 2026-03-28T02:45+01:00 | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00
          30 2,3 * * *    | Europe/Berlin       | 2026-03-28T03:30+01:00 | 2026-03-29T03:00+02:00 2026-03-29T03:30+02:00 2026-03-30T02:30+02:00
          30 1-3 * * *    | Europe/Berlin       | 2026-03-29T00:00+01:00 | 2026-03-29T01:30+01:00 2026-03-29T03:00+02:00 2026-03-29T03:30+02:00
          0 */2 * * *     | Europe/Berlin       | 2026-03-29T00:00+01:00 | 2026-03-29T03:00+02:00 2026-03-29T04:00+02:00
          30 2 * * *      | Europe/Berlin       | 2026-03-29T03:00+02:00 | 2026-03-30T02:30+02:00
          30 2 * * *      | Europe/Berlin       | 2026-03-29T01:59:59+01:00 | 2026-03-29T03:00+02:00
          30 2 29 3 *     | Europe/Berlin       | 2026-01-01T00:00+01:00 | 2026-03-29T03:00+02:00 2027-03-29T02:30+02:00
          # midnight itself is missing
          0 0 * * *       | Africa/Cairo        | 2026-04-23T00:00+02:00 | 2026-04-24T01:00+03:00 2026-04-25T00:00+03:00
          @daily          | America/Santiago    | 2026-09-05T00:00-04:00 | 2026-09-06T01:00-03:00 2026-09-07T00:00-03:00
          @weekly         | America/Santiago    | 2026-08-30T00:00-04:00 | 2026-09-06T01:00-03:00 2026-09-13T00:00-03:00
          0 0 * * *       | America/Havana      | 2026-03-07T00:00-05:00 | 2026-03-08T01:00-04:00 2026-03-09T00:00-04:00
          0 0 * * *       | America/Sao_Paulo   | 2018-11-03T00:00-03:00 | 2018-11-04T01:00-02:00 2018-11-05T00:00-02:00
          # half an hour is missing
          0 2 * * *       | Australia/Lord_Howe | 2026-10-03T02:00+10:30 | 2026-10-04T02:30+11:00 2026-10-05T02:00+11:00
          15,45 2 * * *   | Australia/Lord_Howe | 2026-10-03T02:45+10:30 | 2026-10-04T02:30+11:00 2026-10-04T02:45+11:00
          45 2 * * *      | America/Caracas     | 2016-04-30T02:45-04:30 | 2016-05-01T03:00-04:00 2016-05-02T02:45-04:00
          40 23 * * *     | Asia/Pyongyang      | 2018-05-03T23:40+08:30 | 2018-05-05T00:00+09:00 2018-05-05T23:40+09:00
          # two hours are missing
          0 1,2 * * *     | Antarctica/Troll    | 2026-03-28T02:00Z      | 2026-03-29T03:00+02:00 2026-03-30T01:00+02:00
          # a whole day is missing: 29 December -10:00 is followed by 31 December +14:00
          0 6 * * *       | Pacific/Apia        | 2011-12-29T06:00-10:00 | 2011-12-31T00:00+14:00 2011-12-31T06:00+14:00
          0 0 * * *       | Pacific/Apia        | 2011-12-29T00:00-10:00 | 2011-12-31T00:00+14:00 2012-01-01T00:00+14:00
          0 6,18 * * 5    | Pacific/Apia        | 2011-12-23T18:00-10:00 | 2011-12-31T00:00+14:00 2012-01-06T06:00+14:00
          0 0 30 12 *     | Pacific/Apia        | 2011-01-01T00:00-10:00 | 2011-12-31T00:00+14:00 2012-12-30T00:00+14:00
          """)
  void jumpedOver(String expression, String zone, String after, String slots) {
    SlotTables.assertNext(SlotTables.cron(expression, zone), after, slots);
  }

  @ParameterizedTest(name = "{0} in {1} after {2}")
  @DisplayName("a fixed hour that the clock shows twice fires once, at the first")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # Berlin, 25 October 2026: 03:00+02:00 becomes 02:00+01:00
          30 2 * * *      | Europe/Berlin       | 2026-10-24T02:30+02:00 | 2026-10-25T02:30+02:00 2026-10-26T02:30+01:00
          30 2 * * *      | Europe/Berlin       | 2026-10-25T02:30+02:00 | 2026-10-26T02:30+01:00
          30 2 * * *      | Europe/Berlin       | 2026-10-25T02:00+01:00 | 2026-10-26T02:30+01:00
          0 2 * * *       | Europe/Berlin       | 2026-10-24T02:00+02:00 | 2026-10-25T02:00+02:00 2026-10-26T02:00+01:00
          0 3 * * *       | Europe/Berlin       | 2026-10-24T03:00+02:00 | 2026-10-25T03:00+01:00 2026-10-26T03:00+01:00
          0 3 * * *       | Europe/Berlin       | 2026-10-25T02:59:59+01:00 | 2026-10-25T03:00+01:00
          */30 2 * * *    | Europe/Berlin       | 2026-10-24T02:30+02:00 | 2026-10-25T02:00+02:00 2026-10-25T02:30+02:00 2026-10-26T02:00+01:00
          30 1-3 * * *    | Europe/Berlin       | 2026-10-25T00:00+02:00 | 2026-10-25T01:30+02:00 2026-10-25T02:30+02:00 2026-10-25T03:30+01:00
          30 1 * * *      | America/New_York    | 2026-10-31T01:30-04:00 | 2026-11-01T01:30-04:00 2026-11-02T01:30-05:00
          30 23 * * *     | Africa/Cairo        | 2026-10-28T23:30+03:00 | 2026-10-29T23:30+03:00 2026-10-30T23:30+02:00
          0 0 * * *       | Africa/Cairo        | 2026-10-29T00:00+03:00 | 2026-10-30T00:00+02:00 2026-10-31T00:00+02:00
          30 23 * * 6     | America/Santiago    | 2026-03-28T23:30-03:00 | 2026-04-04T23:30-03:00 2026-04-11T23:30-04:00
          45 1 * * *      | Australia/Lord_Howe | 2026-04-04T01:45+11:00 | 2026-04-05T01:45+11:00 2026-04-06T01:45+10:30
          0 2 * * *       | Australia/Lord_Howe | 2026-04-04T02:00+11:00 | 2026-04-05T02:00+10:30 2026-04-06T02:00+10:30
          """)
  void shownTwice(String expression, String zone, String after, String slots) {
    SlotTables.assertNext(SlotTables.cron(expression, zone), after, slots);
  }

  @ParameterizedTest(name = "{0} in {1} after {2}")
  @DisplayName("a schedule of every hour runs on in real time")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          */15 * * * *    | Europe/Berlin       | 2026-03-29T01:30+01:00 | 2026-03-29T01:45+01:00 2026-03-29T03:00+02:00 2026-03-29T03:15+02:00
          */15 * * * *    | Europe/Berlin       | 2026-10-25T02:30+02:00 | 2026-10-25T02:45+02:00 2026-10-25T02:00+01:00 2026-10-25T02:15+01:00 2026-10-25T02:30+01:00 2026-10-25T02:45+01:00 2026-10-25T03:00+01:00
          @hourly         | Europe/Berlin       | 2026-03-29T00:00+01:00 | 2026-03-29T01:00+01:00 2026-03-29T03:00+02:00 2026-03-29T04:00+02:00
          @hourly         | Europe/Berlin       | 2026-10-25T01:00+02:00 | 2026-10-25T02:00+02:00 2026-10-25T02:00+01:00 2026-10-25T03:00+01:00
          30 0-23 * * *   | Europe/Berlin       | 2026-10-25T01:30+02:00 | 2026-10-25T02:30+02:00 2026-10-25T02:30+01:00 2026-10-25T03:30+01:00
          30 */1 * * 0    | Europe/Berlin       | 2026-03-29T01:00+01:00 | 2026-03-29T01:30+01:00 2026-03-29T03:30+02:00 2026-03-29T04:30+02:00
          */20 * * * *    | Australia/Lord_Howe | 2026-04-05T01:20+11:00 | 2026-04-05T01:40+11:00 2026-04-05T01:40+10:30 2026-04-05T02:00+10:30
          */15 * * * *    | Australia/Lord_Howe | 2026-10-04T01:30+10:30 | 2026-10-04T01:45+10:30 2026-10-04T02:30+11:00 2026-10-04T02:45+11:00
          0 * * * *       | Africa/Cairo        | 2026-04-23T22:00+02:00 | 2026-04-23T23:00+02:00 2026-04-24T01:00+03:00 2026-04-24T02:00+03:00
          0 * * * *       | Africa/Cairo        | 2026-10-29T22:00+03:00 | 2026-10-29T23:00+03:00 2026-10-29T23:00+02:00 2026-10-30T00:00+02:00
          0 * * * *       | Pacific/Apia        | 2011-12-29T22:00-10:00 | 2011-12-29T23:00-10:00 2011-12-31T00:00+14:00 2011-12-31T01:00+14:00
          0 * * * 5       | Pacific/Apia        | 2011-12-23T22:00-10:00 | 2011-12-23T23:00-10:00 2012-01-06T00:00+14:00
          0 * 30 12 *     | Pacific/Apia        | 2010-12-30T22:00-10:00 | 2010-12-30T23:00-10:00 2012-12-30T00:00+14:00
          0 * 29 2 *      | Europe/Berlin       | 2028-02-29T22:00+01:00 | 2028-02-29T23:00+01:00 2032-02-29T00:00+01:00
          """)
  void everyHour(String expression, String zone, String after, String slots) {
    SlotTables.assertNext(SlotTables.cron(expression, zone), after, slots);
  }
}
