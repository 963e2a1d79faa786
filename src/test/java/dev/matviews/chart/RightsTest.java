package dev.matviews.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the operator may do where it is told its namespaces; what it may elsewhere has a test. */
class RightsTest {

  private static final String NO_USER_ROLES = "userRoles.create=false";
  private static final String SOME = "watch.namespaces={shop,stock}";

  @Test
  @DisplayName("in each of its namespaces, what it may in all otherwise")
  void somewhere() throws IOException {
    List<JsonNode> everywhere =
        rules(Chart.objects("views", "tools", "--set", NO_USER_ROLES), "ClusterRole", "");
    List<JsonNode> objects = Chart.objects("views", "tools", "--set", SOME, "--set", NO_USER_ROLES);
    for (String namespace : List.of("shop", "stock")) {
      assertThat(rules(objects, "Role", namespace)).hasSizeGreaterThan(1).isEqualTo(everywhere);
    }
  }

  @Test
  @DisplayName("in its own, nothing but its lease; and nothing of the cluster")
  void atHome() throws IOException {
    List<JsonNode> objects = Chart.objects("views", "tools", "--set", SOME, "--set", NO_USER_ROLES);
    assertThat(objects)
        .extracting(object -> object.get("kind").asText())
        .contains("Role")
        .noneMatch(kind -> kind.startsWith("Cluster"));
    assertThat(rules(objects, "Role", "tools"))
        .isNotEmpty()
        .allMatch(rule -> rule.at("/resources/0").asText().equals("leases"));
  }

  private static List<JsonNode> rules(List<JsonNode> objects, String kind, String namespace) {
    return objects.stream()
        .filter(object -> object.get("kind").asText().equals(kind))
        .filter(object -> object.at("/metadata/namespace").asText().equals(namespace))
        .flatMap(role -> StreamSupport.stream(role.get("rules").spliterator(), false))
        .toList();
  }
}
