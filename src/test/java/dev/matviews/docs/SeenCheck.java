package dev.matviews.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.matviews.plan.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The documentation against what was seen in all scenarios of one run: by {@code make verify} at
 * its end, since before there is nothing to compare with.
 */
@DisplayName("What the scenarios have seen and what the docs name is the same:")
class SeenCheck {

  private static final Path FOLDER = Path.of("target", "scenarios");

  /** Reasons that no scenario brings about, each with why. */
  private static final Path UNSEEN = Path.of("src", "test", "resources", "unseen.yaml");

  private static final Pattern METRIC =
      Pattern.compile("(matview|reconciliations|custom_resources|events_received)(_[a-z]+)*");

  private static final Set<String> REASONS =
      Arrays.stream(Reason.values()).map(Reason::name).collect(Collectors.toSet());

  private static List<List<String>> seen;

  @BeforeAll
  static void readAll() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> written =
          files.filter(file -> file.getFileName().toString().matches("seen-\\d+\\.txt")).toList();
      assertThat(written).as("what the scenarios have written").isNotEmpty();
      seen = written.stream().flatMap(SeenCheck::lines).distinct().toList();
    }
  }

  private static Stream<List<String>> lines(Path file) {
    try {
      return Files.readAllLines(file).stream().map(line -> List.of(line.split("\t", -1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("conditions")
  void conditions() {
    assertThat(words("condition", line -> line.get(1) + " " + line.get(2)))
        .isEqualTo(ReasonsPage.conditions());
  }

  @Test
  @DisplayName("reasons of conditions, runs and Events")
  void reasons() throws IOException {
    Set<String> unseen =
        new ObjectMapper(new YAMLFactory())
            .readValue(UNSEEN.toFile(), new TypeReference<Map<String, String>>() {})
            .keySet();
    Set<String> expected = new TreeSet<>(REASONS);
    expected.removeAll(unseen);
    Set<String> found = words("condition", line -> line.get(4));
    found.addAll(words("run", line -> line.get(2)));
    words("event", line -> line.get(3)).stream().filter(REASONS::contains).forEach(found::add);
    assertThat(found).isEqualTo(expected);
  }

  @Test
  @DisplayName("Events of their own")
  void events() {
    Set<String> found = words("event", line -> line.get(3) + " " + line.get(2));
    found.removeIf(event -> REASONS.contains(event.substring(0, event.indexOf(' '))));
    assertThat(found).isEqualTo(ReasonsPage.events());
  }

  @Test
  @DisplayName("metrics, but for those of the JVM and of the libraries")
  void metrics() {
    Set<String> found = words("metric", line -> line.get(1));
    found.removeIf(metric -> !METRIC.matcher(metric).matches());
    // The longest of a while is a gauge of its own beside each histogram.
    found.removeAll(found.stream().map(metric -> metric + "_max").toList());
    Set<String> named = new TreeSet<>(Page.read(Path.of("docs", "metrics.md")).spans());
    named.removeIf(span -> !METRIC.matcher(span).matches());
    assertThat(found).isEqualTo(named);
  }

  private static Set<String> words(String about, Function<List<String>, String> word) {
    return seen.stream()
        .filter(line -> line.get(0).equals(about))
        .map(word)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
