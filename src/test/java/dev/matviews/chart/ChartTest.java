package dev.matviews.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart as a whole. */
class ChartTest {

  private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");

  @ParameterizedTest
  @ValueSource(strings = {"default", "everything", "minimal"})
  @DisplayName("Helm finds nothing to complain of, with the values")
  void lint(String values) {
    Path file = Path.of("src", "test", "resources", "chart", values + "-values.yaml");
    assertThat(Chart.lint("--values", file.toString())).contains("0 chart(s) failed");
  }

  @Test
  @DisplayName("names the operator's own version, which is the image's tag")
  void version() throws IOException {
    Matcher pom = VERSION.matcher(Files.readString(Path.of("pom.xml")));
    assertThat(pom.find()).isTrue();
    assertThat(Chart.file("Chart.yaml").get("appVersion").asText()).isEqualTo(pom.group(1));
  }
}
