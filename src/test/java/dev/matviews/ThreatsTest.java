package dev.matviews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.commons.support.AnnotationSupport.isAnnotated;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.annotation.Testable;

/** No rule of docs/security/threats.yaml is without a test that holds it. */
class ThreatsTest {

  private static final Path TESTS = Path.of("src", "test", "java");

  record Threat(String id, String threat, String rule, List<String> tests) {

    @Override
    public String toString() {
      return id;
    }
  }

  static List<Threat> threats() throws IOException {
    return new ObjectMapper(new YAMLFactory())
        .readValue(
            Path.of("docs", "security", "threats.yaml").toFile(),
            new TypeReference<List<Threat>>() {});
  }

  @Test
  void noIdIsTwice() throws IOException {
    assertThat(threats()).extracting(Threat::id).isNotEmpty().doesNotHaveDuplicates();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("threats")
  void hasARuleAndItsTestsAreThere(Threat threat) throws Exception {
    assertThat(threat.threat()).isNotBlank();
    assertThat(threat.rule()).isNotBlank();
    assertThat(threat.tests()).isNotEmpty().doesNotHaveDuplicates();
    for (String test : threat.tests()) {
      String[] parts = test.split("\\.", 2);
      assertThat(testsOf(parts[0])).as(test).contains(parts[parts.length - 1]);
    }
  }

  /** The class itself, and what JUnit runs of it. */
  private static List<String> testsOf(String simpleName) throws Exception {
    Class<?> type = Class.forName(nameOf(simpleName), false, ThreatsTest.class.getClassLoader());
    List<String> members =
        Stream.<AnnotatedElement>concat(
                Stream.of(type.getDeclaredMethods()), Stream.of(type.getDeclaredFields()))
            .filter(member -> isAnnotated(member, Testable.class))
            .map(member -> ((Member) member).getName())
            .toList();
    assertThat(members).as("tests in " + simpleName).isNotEmpty();
    return Stream.concat(Stream.of(simpleName), members.stream()).toList();
  }

  private static String nameOf(String simpleName) throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      List<Path> found = files.filter(file -> file.endsWith(simpleName + ".java")).toList();
      assertThat(found).as("classes named " + simpleName).hasSize(1);
      String file = TESTS.relativize(found.get(0)).toString();
      return file.substring(0, file.length() - ".java".length()).replace('/', '.');
    }
  }
}
