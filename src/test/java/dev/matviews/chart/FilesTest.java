package dev.matviews.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What Prometheus and Grafana are told. */
class FilesTest {

  @Test
  @DisplayName("the PrometheusRule is files/rules.yaml, and misses a leader of its own release")
  void rules() throws IOException {
    JsonNode rules = Chart.file("files/rules.yaml");
    ObjectNode leader = (ObjectNode) rules.at("/groups/0/rules/0");
    String any = "absent(matview_leader)";
    assertThat(leader.get("expr").asText()).contains(any);
    String own = "absent(matview_leader{namespace=\"tools\"})";
    leader.put("expr", leader.get("expr").asText().replace(any, own));
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
