package dev.matviews.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The page about the architecture")
class NamesTest {

  private static final Path PAGE = Path.of("docs", "architecture.md");
  private static final Pattern TYPE = Pattern.compile("[A-Z][A-Za-z]*[a-z][A-Za-z]*");

  @Test
  @DisplayName("names classes that there are")
  void classesAreThere() throws IOException {
    Set<String> types;
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      types =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(file -> file.endsWith(".java"))
              .map(file -> file.replace(".java", ""))
              .collect(Collectors.toSet());
    }
    assertThat(Page.read(PAGE).spans())
        .filteredOn(span -> TYPE.matcher(span).matches())
        .isNotEmpty()
        .isSubsetOf(types);
  }

  @Test
  @DisplayName("is no longer than somebody reads")
  void isShort() throws IOException {
    assertThat(Files.readAllLines(PAGE)).hasSizeLessThanOrEqualTo(150);
  }
}
