package dev.matviews.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class VersionTest {

  private static final Pattern OF_PROJECT = Pattern.compile("(?m)^  <version>(.*)</version>$");

  @Test
  @DisplayName("the chart is of the version that pom.xml names, and installs that one")
  void chart() throws IOException {
    Matcher version = OF_PROJECT.matcher(Files.readString(Path.of("pom.xml")));
    assertThat(version.find()).isTrue();
    JsonNode chart =
        new YAMLMapper().readTree(Path.of("helm", "matview-operator", "Chart.yaml").toFile());
    assertThat(chart.get("version").asText()).isEqualTo(version.group(1));
    assertThat(chart.get("appVersion").asText()).isEqualTo(version.group(1));
  }
}
