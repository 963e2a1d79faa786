package dev.matviews.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The dashboard")
class DashboardTest {

  @Test
  @DisplayName("shows every metric of ours")
  void showsAll() throws IOException {
    Set<String> shown =
        Dashboard.queries().stream()
            .flatMap(query -> PromQl.of(query).metrics().stream())
            .map(name -> name.replaceFirst("_bucket$", ""))
            .collect(Collectors.toSet());
    assertThat(shown).containsAll(Arrays.stream(Metric.values()).map(Metric::exported).toList());
  }

  @Test
  @DisplayName("has no panel on top of another, and none without a query")
  void panels() throws IOException {
    Set<List<Integer>> taken = new HashSet<>();
    for (JsonNode panel : Dashboard.read().required("panels")) {
      JsonNode place = panel.required("gridPos");
      for (int x = 0; x < place.required("w").asInt(); x++) {
        for (int y = 0; y < place.required("h").asInt(); y++) {
          List<Integer> cell = List.of(place.get("x").asInt() + x, place.get("y").asInt() + y);
          assertThat(taken.add(cell)).as(panel.required("title").asText()).isTrue();
          assertThat(cell.get(0)).isBetween(0, 23);
        }
      }
      assertThat(panel.path("type").asText().equals("row") || panel.required("targets").size() > 0)
          .isTrue();
    }
  }
}
