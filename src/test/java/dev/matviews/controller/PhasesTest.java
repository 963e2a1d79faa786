package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the objects that integrations are tested with equal to what the code makes; with {@code
 * -Dargocd.update=true} writes them first.
 */
class PhasesTest {

  private static final Path FOLDER = Path.of("integrations", "argocd", "matviews.dev");

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .build();

  @BeforeAll
  static void update() throws IOException {
    if (Boolean.getBoolean("argocd.update")) {
      for (Phase phase : phases()) {
        Files.createDirectories(fileOf(phase).getParent());
        Files.writeString(fileOf(phase), YAML.writeValueAsString(phase.object()));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("phases")
  @DisplayName("the file says what the code makes; if not, run make argocd")
  void fileEqualsCode(Phase phase) throws IOException {
    assertThat(Files.readString(fileOf(phase))).isEqualTo(YAML.writeValueAsString(phase.object()));
  }

  @Test
  @DisplayName("there is no other file, and no name is used twice")
  void noOthers() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      assertThat(files.filter(file -> file.toString().contains("/testdata/")))
          .containsExactlyInAnyOrderElementsOf(phases().stream().map(PhasesTest::fileOf).toList());
    }
  }

  static List<Phase> phases() {
    return Stream.of(ViewPhases.all(), ConnectionPhases.all(), RunPhases.all())
        .flatMap(List::stream)
        .toList();
  }

  private static Path fileOf(Phase phase) {
    return FOLDER.resolve(phase.kind()).resolve("testdata").resolve(phase.name() + ".yaml");
  }
}
