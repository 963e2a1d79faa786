package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalScheduleTest {

  @ParameterizedTest(name = "every {0} after {1}")
  @DisplayName("slots are the multiples of the interval since the Unix epoch")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PT10S  | 1970-01-01T00:00Z             | 1970-01-01T00:00:10Z 1970-01-01T00:00:20Z
          PT10S  | 2026-01-01T00:00:09.999999999Z | 2026-01-01T00:00:10Z 2026-01-01T00:00:20Z
          PT10S  | 2026-01-01T00:00:10Z          | 2026-01-01T00:00:20Z
          PT10S  | 1969-12-31T23:59:45Z          | 1969-12-31T23:59:50Z 1970-01-01T00:00Z 1970-01-01T00:00:10Z
          PT1H   | 2026-01-01T00:30Z             | 2026-01-01T01:00Z 2026-01-01T02:00Z
          PT24H  | 2026-01-01T00:00Z             | 2026-01-02T00:00Z
          # 604800 s: a week since the epoch, which was a Thursday
          PT168H | 2026-01-01T00:00Z             | 2026-01-08T00:00Z
          # 2678400 s; 1767225600 / 2678400 = 659.8, so 660 * 2678400 = 1767744000
          PT744H | 2026-01-01T00:00Z             | 2026-01-07T00:00Z 2026-02-07T00:00Z
          PT0.5S | 2026-01-01T00:00Z             | 2026-01-01T00:00:00.5Z 2026-01-01T00:00:01Z
          """)
  void multiplesSinceEpoch(Duration period, String after, String slots) {
    SlotTables.assertNext(Schedule.interval(period), after, slots);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("is shown the way the field is written")
  @CsvSource({"PT10S,every 10s", "PT90S,every 1m30s", "PT744H,every 744h", "PT0.5S,every 0.5s"})
  void isShownAsWritten(Duration period, String shown) {
    assertThat(Schedule.interval(period)).hasToString(shown);
    assertThat(Schedule.interval(period).identity()).isEqualTo(shown);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("an interval without length is refused")
  @CsvSource({"PT0S,interval 0s", "PT-10S,interval -10s", "PT0.0000001S,interval", "PT1.0001S,in"})
  void refused(Duration period, String message) {
    assertThatExceptionOfType(InvalidScheduleException.class)
        .isThrownBy(() -> Schedule.interval(period))
        .withMessageStartingWith(message)
        .withMessageEndingWith("is not valid: it must be one or more whole milliseconds");
  }
}
