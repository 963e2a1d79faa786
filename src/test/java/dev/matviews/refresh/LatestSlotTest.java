package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator that was away asks when it is back: which slot is the newest that it missed? */
class LatestSlotTest {

  @ParameterizedTest(name = "{0} in {1} from {2} to {3}")
  @DisplayName("the newest slot of a window that begins behind its first moment")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * *     | Etc/UTC             | 2025-01-01T00:00Z      | 2026-01-01T00:00:30Z      | 2026-01-01T00:00Z
          * * * * *     | Etc/UTC             | 1970-01-01T00:00Z      | 2026-01-01T00:00Z         | 2026-01-01T00:00Z
          0 6 * * *     | Etc/UTC             | 2026-01-01T06:00Z      | 2026-01-02T05:59:59Z      |
          0 6 * * *     | Etc/UTC             | 2026-01-01T05:59Z      | 2026-01-01T06:00Z         | 2026-01-01T06:00Z
          0 6 * * *     | Etc/UTC             | 2026-01-02T00:00Z      | 2026-01-01T00:00Z         |
          0 6 * * *     | Etc/UTC             | 2026-01-01T06:00Z      | 2026-01-01T06:00Z         |
          @yearly       | Etc/UTC             | 2025-12-31T00:00Z      | 2026-12-31T00:00Z         | 2026-01-01T00:00Z
          0 0 29 2 *    | Etc/UTC             | 1990-01-01T00:00Z      | 2104-02-28T00:00Z         | 2096-02-29T00:00Z
          0 0 29 2 *    | Etc/UTC             | 2024-02-29T00:00Z      | 2028-02-28T23:59Z         |
          0 * 29 2 *    | Europe/Berlin       | 1990-01-01T00:00Z      | 2104-02-28T00:00Z         | 2096-02-29T23:00+01:00
          30 2 * * *    | Europe/Berlin       | 2026-03-28T12:00+01:00 | 2026-03-29T01:59:59+01:00 |
          30 2 * * *    | Europe/Berlin       | 2026-03-28T12:00+01:00 | 2026-03-29T03:00+02:00    | 2026-03-29T03:00+02:00
          30 2 * * *    | Europe/Berlin       | 2026-03-29T03:00+02:00 | 2026-03-29T03:30+02:00    |
          # during the second pass the slot of the first is the newest
          30 2 * * *    | Europe/Berlin       | 2026-10-24T12:00+02:00 | 2026-10-25T02:10+01:00    | 2026-10-25T02:30+02:00
          30 2 * * *    | Europe/Berlin       | 2026-10-24T12:00+02:00 | 2026-10-25T02:10+02:00    |
          */30 2 * * *  | Europe/Berlin       | 2026-10-24T12:00+02:00 | 2026-10-25T02:00+01:00    | 2026-10-25T02:30+02:00
          0 3 * * *     | Europe/Berlin       | 2026-10-24T12:00+02:00 | 2026-10-25T02:59:59+01:00 |
          45 * * * *    | Europe/Berlin       | 2026-10-25T00:00+02:00 | 2026-10-25T02:10+01:00    | 2026-10-25T02:45+02:00
          # at the very moment of a change, where half an hour is missing
          45 * * * *    | Australia/Lord_Howe | 2026-10-04T00:00+10:30 | 2026-10-04T02:30+11:00    | 2026-10-04T01:45+10:30
          45 * * * *    | Australia/Lord_Howe | 2026-10-04T01:45+10:30 | 2026-10-04T02:30+11:00    |
          0 6 * * *     | Pacific/Apia        | 2011-12-28T12:00-10:00 | 2011-12-31T05:00+14:00    | 2011-12-31T00:00+14:00
          0 * 30 12 *   | Pacific/Apia        | 2010-01-01T00:00-10:00 | 2012-06-01T00:00+13:00    | 2010-12-30T23:00-10:00
          """)
  void newestOfWindow(String cron, String zone, String after, String notAfter, String slot) {
    Instant from = SlotTables.instant(after);
    assertThat(SlotTables.cron(cron, zone).latest(from, SlotTables.instant(notAfter)))
        .isEqualTo(Optional.ofNullable(slot).map(SlotTables::instant));
  }
}
