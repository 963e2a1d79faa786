package dev.matviews.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.matviews.playground.Progress;
import dev.matviews.playground.Promtool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("An alert")
class AlertsTest {

  private static final Path RULES = Path.of("helm", "matview-operator", "files", "rules.yaml");
  private static final Path PAGE = Path.of("docs", "alerts.md");

  record Alert(String name, JsonNode rule) {

    @Override
    public String toString() {
      return name;
    }

    String annotation(String key) {
      return rule.required("annotations").required(key).asText();
    }
  }

  static List<Alert> alerts() throws IOException {
    JsonNode rules =
        new ObjectMapper(new YAMLFactory())
            .readTree(RULES.toFile())
            .required("groups")
            .required(0)
            .required("rules");
    return StreamSupport.stream(rules.spliterator(), false)
        .map(rule -> new Alert(rule.required("alert").asText(), rule))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("alerts")
  @DisplayName("has a severity, says what to do, and links its part of the page")
  void isComplete(Alert alert) throws IOException {
    assertThat(alert.rule().required("labels").required("severity").asText())
        .isIn("critical", "warning");
    assertThat(alert.annotation("summary")).isNotBlank();
    assertThat(alert.annotation("description")).isNotBlank();
    assertThat(alert.annotation("runbook_url"))
        .isEqualTo("docs/alerts.md#" + alert.name().toLowerCase(Locale.ROOT));
    String part = Objects.requireNonNull(parts().get(alert.name()), "its part of the page");
    assertThat(part).contains("Cause: ", "Check: ", "Mend: ");
    assertThat(part.toLowerCase(Locale.ROOT))
        .contains(alert.rule().required("labels").required("severity").asText() + ".");
  }

  @Test
  @DisplayName("stands on the page for each part of it, and the other way round")
  void pageIsTheList() throws IOException {
    assertThat(parts().keySet())
        .containsExactlyInAnyOrderElementsOf(alerts().stream().map(Alert::name).toList());
  }

  private static Map<String, String> parts() throws IOException {
    return Pattern.compile("## (\\w+)\n(.*?)(?=\n## |\\z)", Pattern.DOTALL)
        .matcher(Files.readString(PAGE))
        .results()
        .collect(Collectors.toMap(part -> part.group(1), part -> part.group(2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("alerts")
  @DisplayName("asks for metrics and labels that there are, and for none of single views")
  void asksForWhatThereIs(Alert alert) {
    Map<String, Metric> known =
        Arrays.stream(Metric.values()).collect(Collectors.toMap(Metric::exported, m -> m));
    PromQl query = PromQl.of(alert.rule().required("expr").asText());
    assertThat(known).containsKeys(query.metrics().toArray(String[]::new));
    List<Metric> asked = query.metrics().stream().map(known::get).toList();
    assertThat(asked).isNotEmpty().noneMatch(Metric::isOfView);
    Set<String> labels =
        asked.stream().flatMap(metric -> metric.labels().stream()).collect(Collectors.toSet());
    labels.addAll(PromQl.OF_TARGETS);
    assertThat(labels).containsAll(query.labels());
    assertThat(labels).containsAll(shown(alert));
  }

  /** The labels that its texts name. */
  private static Set<String> shown(Alert alert) {
    Function<MatchResult, String> label = found -> found.group(1);
    return Pattern.compile("\\$labels\\.(\\w+)")
        .matcher(alert.annotation("summary") + alert.annotation("description"))
        .results()
        .map(label)
        .collect(Collectors.toSet());
  }

  @Test
  @EnabledIfSystemProperty(named = "promtool", matches = "true")
  @DisplayName("fires when it has to, and not before")
  void fires() throws IOException {
    Promtool promtool = Promtool.provide(new Progress(System.out));
    assertThat(promtool.run("check", "rules", RULES.toString()))
        .contains(alerts().size() + " rules found");
    Path tests = Path.of("src", "test", "promtool", "alerts.yaml");
    String text = Files.readString(tests);
    for (Alert alert : alerts()) {
      assertThat(text).contains("alertname: " + alert.name() + "\n");
    }
    assertThat(promtool.run("test", "rules", tests.toString())).contains("SUCCESS");
  }
}
