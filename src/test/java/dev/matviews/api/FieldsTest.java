package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds docs/fields.md equal to the records; with {@code -Dcrds.update=true} writes it first. */
class FieldsTest {

  private static final Path PAGE = Path.of("docs", "fields.md");

  @BeforeAll
  static void update() throws IOException {
    if (Boolean.getBoolean("crds.update")) {
      Files.writeString(PAGE, FieldsPage.text());
    }
  }

  @Test
  @DisplayName("docs/fields.md says what the code says; if not, run make crds")
  void pageEqualsCode() throws IOException {
    assertThat(Files.readString(PAGE)).isEqualTo(FieldsPage.text());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.matviews.api.CrdsTest#crds")
  @DisplayName("each description is made of sentences")
  void descriptionsAreSentences(String kind, ObjectNode crd) {
    descriptions(crd)
        .forEach(
            (path, field) ->
                assertThat(field.path("description").asText())
                    .as(kind + path)
                    .matches("(?s)[A-Za-z].*\\.")
                    .doesNotContain("\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.matviews.api.CrdsTest#crds")
  @DisplayName("whoever leaves a field out reads in its description what holds then")
  void defaultsAreTold(String kind, ObjectNode crd) {
    Map<String, JsonNode> fields = descriptions(crd);
    fields.keySet().removeIf(path -> !path.startsWith("spec."));
    fields.values().removeIf(field -> field.path("isRequired").asBoolean());
    fields.forEach(
        (path, field) ->
            assertThat(field.path("description").asText())
                .as(kind + "." + path)
                .containsPattern("Default: |Either th|Required with "));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.matviews.api.CrdsTest#crds")
  @DisplayName("the default that a description tells is the one that the API server sets")
  void defaultsAreTrue(String kind, ObjectNode crd) {
    descriptions(crd)
        .forEach(
            (path, field) -> {
              JsonNode preset = field.path("default");
              if (preset.isValueNode()) {
                assertThat(field.path("description").asText())
                    .as(kind + "." + path)
                    .contains("Default: " + preset.asText());
              }
            });
  }

  /** Each field by its path, marked where it is required. */
  private static Map<String, JsonNode> descriptions(ObjectNode crd) {
    Map<String, JsonNode> found = new TreeMap<>();
    JsonNode root = crd.at("/spec/versions/0/schema/openAPIV3Schema/properties");
    collect(root.path("spec"), "spec", found);
    collect(root.path("status"), "status", found);
    return found;
  }

  private static void collect(JsonNode schema, String prefix, Map<String, JsonNode> found) {
    Set<String> required = new HashSet<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    for (var field : schema.path("properties").properties()) {
      String path = prefix + "." + field.getKey();
      ObjectNode copy = field.getValue().deepCopy();
      found.put(path, copy.put("isRequired", required.contains(field.getKey())));
      collect(field.getValue(), path, found);
      collect(field.getValue().path("items"), path + "[]", found);
    }
  }
}
