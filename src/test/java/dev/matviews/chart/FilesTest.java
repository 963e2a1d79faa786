package dev.matviews.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What Prometheus and Grafana are told: the chart hands on its files as they are. */
class FilesTest {

  @Test
  @DisplayName("the PrometheusRule is files/rules.yaml")
  void rules() throws IOException {
    JsonNode rules = Chart.file("files/rules.yaml");
    assertThat(rules.at("/groups/0/rules/0/alert").asText()).isNotEmpty();
    assertThat(rendered("PrometheusRule", "prometheusRule").get("spec")).isEqualTo(rules);
  }

  @Test
  @DisplayName("the dashboard is files/dashboard.json")
  void dashboard() throws IOException {
    String file = Files.readString(Chart.FOLDER.resolve("files").resolve("dashboard.json"));
    assertThat(rendered("ConfigMap", "dashboard").at("/data/matview-operator.json").asText())
        .isEqualToIgnoringNewLines(file.strip());
  }

  private static JsonNode rendered(String kind, String value) throws IOException {
    return Chart.objects("views", "tools", "--set", "metrics." + value + ".enabled=true").stream()
        .filter(object -> object.get("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow();
  }
}
