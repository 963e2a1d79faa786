package dev.matviews.gitops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Argo CD")
class ArgoCdTest {

  private static final Path VIEW = Fixtures.GROUP.resolve("MaterializedView");
  private static final String REQUEST = "/metadata/annotations/matviews.dev~1refresh-requested-at";
  private static final String APPROVED = "/metadata/annotations/matviews.dev~1approved-change";

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("healthTests")
  @DisplayName("shows the health that health_test.yaml says")
  void health(String kind, String phase, JsonNode expected) {
    Path script = Fixtures.GROUP.resolve(kind).resolve("health.lua");
    assertThat(ArgoLua.run(script, Fixtures.phase(kind, phase))).isEqualTo(expected);
  }

  @Test
  @DisplayName("has an answer to every phase but deletion, of which it asks no script")
  void complete() {
    for (String kind : Fixtures.KINDS) {
      assertThat(healthTestsOf(kind).map(test -> (String) test.get()[1]))
          .containsExactlyInAnyOrderElementsOf(
              Fixtures.phasesOf(kind).stream()
                  .filter(phase -> !phase.equals("deletion-held-up"))
                  .toList());
    }
  }

  static Stream<Arguments> healthTests() {
    return Fixtures.KINDS.stream().flatMap(ArgoCdTest::healthTestsOf);
  }

  private static Stream<Arguments> healthTestsOf(String kind) {
    return Fixtures.read(Fixtures.GROUP.resolve(kind).resolve("health_test.yaml"))
        .get("tests")
        .valueStream()
        .map(test -> Arguments.of(kind, phase(test), test.get("healthStatus")));
  }

  private static String phase(JsonNode test) {
    return test.get("inputPath").asText().replaceAll("^testdata/(.*)\\.yaml$", "$1");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "in-sync, refresh suspend",
    "stale, refresh suspend",
    "suspended, refresh resume",
    "change-pending-approval, refresh suspend approve"
  })
  @DisplayName("offers what makes sense")
  void discovery(String phase, String offered) {
    JsonNode actions =
        ArgoLua.run(
            VIEW.resolve("actions/discovery.lua"), Fixtures.phase("MaterializedView", phase));
    List<String> enabled =
        actions.properties().stream()
            .filter(action -> !action.getValue().path("disabled").asBoolean())
            .map(Map.Entry::getKey)
            .toList();
    assertThat(actions).hasSize(4);
    assertThat(enabled).containsExactlyInAnyOrder(offered.split(" ", -1));
  }

  @Test
  @DisplayName("asks for a refresh by an annotation that is another each time")
  void refresh() {
    Map<String, String> change = change("refresh", "in-sync");
    assertThat(change).containsOnlyKeys(REQUEST);
    assertThat(Instant.parse(Objects.requireNonNull(change.get(REQUEST))))
        .isBetween(Instant.now().minus(Duration.ofSeconds(5)), Instant.now());
  }

  @Test
  @DisplayName("keeps the other annotations")
  void otherAnnotations() {
    ObjectNode object = Fixtures.phase("MaterializedView", "in-sync").deepCopy();
    ObjectNode annotations = ((ObjectNode) object.get("metadata")).putObject("annotations");
    annotations.put("a", "b");
    JsonNode after = ArgoLua.run(VIEW.resolve("actions/refresh/action.lua"), object);
    assertThat(after.at("/metadata/annotations/a").asText()).isEqualTo("b");
    assertThat(after.at(REQUEST).isMissingNode()).isFalse();
  }

  @Test
  @DisplayName("suspends, resumes and approves by one field")
  void oneField() {
    assertThat(change("suspend", "in-sync")).isEqualTo(Map.of("/spec/suspend", "true"));
    assertThat(change("resume", "suspended")).isEqualTo(Map.of("/spec/suspend", "false"));
    assertThat(change("approve", "change-pending-approval")).isEqualTo(Map.of(APPROVED, "0a1b2c"));
  }

  @Test
  @DisplayName("gives scripts no library that could reach out of them, nor strings and numbers")
  void sandbox() {
    for (String library : List.of("io", "os", "string", "math", "debug", "luajava")) {
      assertThat(ArgoLua.has(library)).as(library).isFalse();
    }
    assertThatThrownBy(() -> ArgoLua.date("%H:%M", Instant.now())).hasMessageContaining("depends");
    assertThat(ArgoLua.date("!%Y-%m-%dT%H:%M:%SZ", Instant.parse("2026-03-01T02:04:05.6Z")))
        .isEqualTo("2026-03-01T02:04:05Z");
  }

  /** Which values another object has after the action, and what they are. */
  private static Map<String, String> change(String action, String phase) {
    JsonNode before = Fixtures.phase("MaterializedView", phase);
    Path script = VIEW.resolve("actions").resolve(action).resolve("action.lua");
    Map<String, String> values = values(ArgoLua.run(script, before));
    Map<String, String> old = values(before);
    assertThat(values).containsKeys(old.keySet().toArray(String[]::new));
    values.entrySet().removeIf(value -> value.getValue().equals(old.get(value.getKey())));
    return values;
  }

  private static Map<String, String> values(JsonNode object) {
    Map<String, String> values = new TreeMap<>();
    collect(object, "", values);
    return values;
  }

  private static void collect(JsonNode node, String path, Map<String, String> values) {
    if (node.isValueNode()) {
      values.put(path, node.asText());
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        collect(node.get(i), path + "/" + i, values);
      }
    } else {
      node.properties()
          .forEach(
              field ->
                  collect(
                      field.getValue(), path + "/" + field.getKey().replace("/", "~1"), values));
    }
  }
}
