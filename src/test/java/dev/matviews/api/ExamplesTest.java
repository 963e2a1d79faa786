package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file that people copy from is taken as it stands, and nothing differs afterwards. */
class ExamplesTest {

  @Test
  @DisplayName("there are examples")
  void someExamples() throws IOException {
    assertThat(examples()).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
  void appliesAndDoesNotDiffer(Path example) {
    var kubectl = TestApiServer.kubectl();
    String file = example.toString();
    kubectl.run("apply", "--server-side", "-f", file);
    kubectl.run("diff", "--server-side", "-f", file);
    kubectl.run("apply", "-f", file);
    kubectl.run("diff", "-f", file);
  }

  static List<Path> examples() throws IOException {
    try (var files = Files.walk(Path.of("examples"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }
}
