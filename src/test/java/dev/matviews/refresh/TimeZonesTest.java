package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeZonesTest {

  @ParameterizedTest
  @DisplayName("regions and UTC are time zones")
  @ValueSource(
      strings = {
        "Etc/UTC",
        "UTC",
        "GMT",
        "Europe/Berlin",
        "Etc/GMT+5",
        "Asia/Kathmandu",
        "America/Argentina/Buenos_Aires",
        "US/Eastern"
      })
  void accepted(String name) {
    assertThat(TimeZones.named(name).getId()).isEqualTo(name);
  }

  @ParameterizedTest
  @DisplayName("offsets, abbreviations and unknown places are not")
  @ValueSource(
      strings = {
        "+02:00",
        "-5",
        "Z",
        "GMT+2",
        "UTC+2",
        "UT",
        "UTC+02:00",
        "EST",
        "EST5EDT",
        "CET",
        "SystemV/EST5EDT",
        "europe/berlin",
        "Europe/Berlin ",
        "Europe/Atlantis",
        "Etc/GMT+15",
        "../etc/passwd",
        "/",
        ""
      })
  void refused(String name) {
    assertThatExceptionOfType(InvalidTimeZoneException.class)
        .isThrownBy(() -> TimeZones.named(name))
        .withMessage(
            "time zone \"%s\" is not known: write a region such as Europe/Berlin, or Etc/UTC",
            name);
  }
}
