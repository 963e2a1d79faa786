package dev.matviews.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The bill of materials that the build writes, against what the program runs on. */
class BomIT {

  private static final Path BOM = Path.of("target", "bom.json");
  private static final Path LIB = Path.of("target", "quarkus-app", "lib");
  private static final Path LICENSES = Path.of("docs", "licenses.md");

  /** What may go into a program under Apache-2.0 that is handed on. */
  private static final Set<String> PERMITTED =
      Set.of(
          "Apache-2.0",
          "Apache 2 License",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "CC0-1.0",
          "EPL-1.0",
          "EPL-2.0",
          "MIT",
          "MIT-0",
          "Bouncy Castle Licence");

  private record Component(String jar, Set<String> licenses) {}

  @Test
  @DisplayName("names every jar that the program runs on, and no other but one that is left out")
  void everyJar() throws IOException {
    assertThat(components())
        .extracting(Component::jar)
        .filteredOn(jar -> !jar.startsWith("io.quarkus.quarkus-ide-launcher-"))
        .containsExactlyInAnyOrderElementsOf(jars());
  }

  @Test
  @DisplayName("knows a licence of each, of which one permits what we do")
  void licences() throws IOException {
    assertThat(components())
        .allSatisfy(
            component ->
                assertThat(component.licenses())
                    .as(component.jar())
                    .containsAnyElementsOf(PERMITTED));
  }

  @Test
  @DisplayName("is what docs/licenses.md lists; if not, -Dlicenses.update=true writes it")
  void list() throws IOException {
    if (Boolean.getBoolean("licenses.update")) {
      Files.writeString(LICENSES, wanted());
    }
    assertThat(Files.readString(LICENSES)).isEqualTo(wanted());
  }

  @Test
  @DisplayName("is of releases only, and so is what it is of")
  void noSnapshot() throws IOException {
    JsonNode bom = bom();
    assertThat(bom.at("/metadata/component/version").asText()).matches("[0-9]+\\.[0-9]+\\.[0-9]+");
    assertThat(bom.findValuesAsText("version")).isNotEmpty().noneMatch(v -> v.contains("SNAPSHOT"));
    assertThat(jars()).isNotEmpty().noneMatch(jar -> jar.contains("SNAPSHOT"));
  }

  private static JsonNode bom() throws IOException {
    return new ObjectMapper().readTree(BOM.toFile());
  }

  private static List<Component> components() throws IOException {
    return bom().get("components").valueStream().map(BomIT::component).toList();
  }

  private static Component component(JsonNode component) {
    return new Component(
        "%s.%s-%s.jar"
            .formatted(
                component.path("group").asText(),
                component.path("name").asText(),
                component.path("version").asText()),
        component
            .path("licenses")
            .valueStream()
            .map(BomIT::licence)
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static String licence(JsonNode licence) {
    return Stream.of("/license/id", "/license/name", "/expression")
        .map(field -> licence.at(field).asText())
        .filter(name -> !name.isEmpty())
        .findFirst()
        .orElse("");
  }

  private static List<String> jars() throws IOException {
    try (Stream<Path> files = Files.walk(LIB)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".jar"))
          .toList();
    }
  }

  private static String wanted() throws IOException {
    Map<String, Set<String>> byLicence = new TreeMap<>();
    for (Component component : components()) {
      if (component.jar().contains(".native-")) {
        // Another one, or none, where another machine builds.
        continue;
      }
      byLicence
          .computeIfAbsent(String.join(", ", component.licenses()), key -> new TreeSet<>())
          .add(component.jar().replaceAll("-[0-9][^-]*(-[a-z0-9]+)?\\.jar$", ""));
    }
    StringBuilder text =
        new StringBuilder(
            """
            # Licences

            What the operator is made of, by licence. `target/bom.json`, a CycloneDX bill of materials that every build writes, has the versions and digests.
            """);
    byLicence.forEach(
        (licence, names) -> {
          text.append("\n## ").append(licence).append("\n\n");
          names.forEach(name -> text.append("- ").append(name).append('\n'));
        });
    return text.toString();
  }
}
