package dev.matviews.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.TestApiServer;
import dev.matviews.playground.Kubectl;
import dev.matviews.playground.MonitoringCrds;
import dev.matviews.playground.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

@EnabledIfSystemProperty(named = "real.engines", matches = "true")
class MonitoringTest {

  @Test
  @DisplayName("Prometheus Operator's own CRDs take the monitor and the rules, and know each field")
  void accepted(@TempDir Path folder) throws IOException {
    Kubectl kubectl = TestApiServer.kubectl();
    kubectl.establishCrds(MonitoringCrds.provide(Progress.toStandardError()));
    Path objects = folder.resolve("monitoring.yaml");
    Files.writeString(
        objects,
        Chart.render(
            "views",
            "default",
            "--values",
            RenderingTest.Values.EVERYTHING.file().toString(),
            "--show-only",
            "templates/monitoring.yaml"));

    String answer =
        kubectl.run(
            "apply",
            "--server-side",
            "--dry-run=server",
            "--validate=strict",
            "--filename",
            objects.toString());

    assertThat(answer)
        .contains("servicemonitor.monitoring.coreos.com/", "prometheusrule.monitoring.coreos.com/");
  }
}
