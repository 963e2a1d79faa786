package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("templates")
  @DisplayName("what is another object each time is created")
  void creates(Path template) {
    String created =
        TestApiServer.kubectl()
            .run("create", "--dry-run=server", "-o", "name", "-f", template.toString());
    assertThat(created).startsWith("materializedviewrefresh");
  }

  static List<Path> examples() throws IOException {
    return files().filter(file -> !isTemplate(file)).toList();
  }

  static List<Path> templates() throws IOException {
    return files().filter(ExamplesTest::isTemplate).toList();
  }

  private static Stream<Path> files() throws IOException {
    try (var files = Files.walk(Path.of("examples"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !isForOthers(file))
          .sorted()
          .toList()
          .stream();
    }
  }

  /** What Flux, Argo CD and Kustomize read; GitOpsExamplesTest does. */
  private static boolean isForOthers(Path file) {
    return read(file).contains("toolkit.fluxcd.io/")
        || read(file).contains("argoproj.io/v1alpha1")
        || read(file).contains("kustomize.config.k8s.io/");
  }

  private static boolean isTemplate(Path file) {
    return read(file).contains("generateName:");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
