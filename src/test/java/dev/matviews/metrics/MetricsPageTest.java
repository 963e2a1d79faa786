package dev.matviews.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/metrics.md")
class MetricsPageTest {

  @Test
  @DisplayName("lists exactly the metrics that there are, in words of theirs")
  void isTheList() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("docs", "metrics.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .toList();
    assertThat(rows)
        .containsExactlyElementsOf(Arrays.stream(Metric.values()).map(this::row).toList());
  }

  private String row(Metric metric) {
    String labels =
        metric.labels().stream().map("`%s`"::formatted).collect(Collectors.joining(", "));
    return "| `%s` | %s | %s| %s |"
        .formatted(
            metric.exported(),
            metric.kind().name().toLowerCase(Locale.ROOT),
            labels.isEmpty() ? "" : labels + " ",
            metric.help());
  }
}
