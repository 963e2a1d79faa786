package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("Views that stand on each other")
class DependencyIT {

  @Test
  @DisplayName("applied in reverse order are all Ready within 10 seconds")
  void reverseOrder(Tenant tenant) {
    Instant start = Instant.now();
    tenant.view("third", "SELECT a + 1 AS a FROM second", "");
    tenant.awaitReason("third", "FALSE/SourceMissing");
    tenant.view("second", "SELECT a + 1 AS a FROM first", "");
    tenant.view("first", "SELECT 1 AS a", "");
    for (String name : List.of("first", "second", "third")) {
      tenant.awaitReady(name);
    }
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
    assertThat(tenant.value("SELECT a FROM app.third")).isEqualTo("3");
  }

  @Test
  @DisplayName("a view waits for the data of the one that it reads")
  void waitsForData(Tenant tenant) {
    tenant.view("base", "SELECT 7 AS a", "refresh: {initialPopulation: Deferred}");
    tenant.awaitReason("base", "TRUE/NotPopulated");
    tenant.view("top", "SELECT a FROM base", "");
    tenant.awaitReason("top", "FALSE/UpstreamNotPopulated");
    tenant.annotate("base", "fill");
    tenant.awaitReady("top");
    assertThat(tenant.value("SELECT a FROM app.top")).isEqualTo("7");
  }
}
