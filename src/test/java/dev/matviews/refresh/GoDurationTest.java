package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

  @ParameterizedTest
  @CsvSource({
    "100ms, PT0.1S",
    "0s, PT0S",
    "007s, PT7S",
    "90s, PT1M30S",
    "1h30m, PT1H30M",
    "30m1h, PT1H30M",
    "1s1s, PT2S",
    "9223372036854ms, PT2562047H47M16.854S"
  })
  void reads(String text, Duration duration) {
    assertThat(GoDuration.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "10",
        "1d",
        "1.5h",
        "-1s",
        "+1s",
        "1 s",
        " 1s",
        "1s\n",
        "1us",
        "1S",
        "h",
        "١s",
        "9223372036855ms",
        "9223372036854775808s",
        "2562047h48m"
      })
  void refuses(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
