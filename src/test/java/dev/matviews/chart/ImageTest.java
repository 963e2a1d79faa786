package dev.matviews.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.OperatorProcess;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the Dockerfile relies on; there is no container engine where the tests run. */
class ImageTest {

  private static final Pattern COPY = Pattern.compile("(?m)^COPY (.*)$");
  private static final Pattern HEAP = Pattern.compile("size_t MaxHeapSize += (\\d+)");
  private static final long BESIDE_THE_HEAP = 256L << 20;

  @Test
  @DisplayName("each path that it copies is there, and let through by .dockerignore")
  void sources() throws IOException {
    List<String> let = Files.readAllLines(Path.of(".dockerignore"));
    assertThat(copied("")).isNotEmpty();
    for (String source : copied("")) {
      assertThat(Path.of(source)).exists();
      assertThat(let)
          .anyMatch(line -> line.startsWith("!") && source.startsWith(line.substring(1)));
    }
  }

  @Test
  @DisplayName("it copies all that Quarkus says an application is made of")
  void application() {
    assertThat(copied("--from=build "))
        .containsExactlyInAnyOrder(
            "/build/target/quarkus-app/app",
            "/build/target/quarkus-app/lib",
            "/build/target/quarkus-app/quarkus",
            "/build/target/quarkus-app/quarkus-run.jar");
  }

  @Test
  @DisplayName("its user is the chart's, by number")
  void user() throws IOException {
    var chart = Chart.file("values.yaml").get("podSecurityContext");
    assertThat(dockerfile())
        .contains("\nUSER %s:%s\n".formatted(chart.get("runAsUser"), chart.get("runAsGroup")));
  }

  @Test
  @DisplayName("it starts Java as the tests do, with flags that leave room in the chart's limit")
  void flags() throws Exception {
    OperatorProcess.VARIABLES.forEach(
        (name, value) -> assertThat(dockerfile()).contains("\nENV %s=%s\n".formatted(name, value)));
    assertThat(dockerfile())
        .contains("COPY " + OperatorProcess.JVM_OPTIONS + " jvm.options\n")
        .endsWith("ENTRYPOINT [\"java\", \"@jvm.options\", \"-jar\", \"quarkus-run.jar\"]\n");
    long limit = limit();
    assertThat(OperatorProcess.MEMORY).isEqualTo("-XX:MaxRAM=" + (limit >> 20) + "m");
    assertThat(heap()).isLessThanOrEqualTo(limit - BESIDE_THE_HEAP).isGreaterThan(100L << 20);
  }

  private static long limit() throws IOException {
    String memory = Chart.file("values.yaml").at("/resources/limits/memory").asText();
    BigDecimal bytes = Quantity.getAmountInBytes(new Quantity(memory));
    return bytes.longValueExact();
  }

  /** As Java itself reckons it from the flags. */
  private static long heap() throws IOException, InterruptedException {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                OperatorProcess.MEMORY,
                "@" + OperatorProcess.JVM_OPTIONS,
                "-XX:+PrintFlagsFinal",
                "-version")
            .redirectErrorStream(true)
            .start();
    String flags = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(flags).isZero();
    Matcher heap = HEAP.matcher(flags);
    assertThat(heap.find()).as(flags).isTrue();
    return Long.parseLong(heap.group(1));
  }

  /** The sources of all COPY instructions that begin like that. */
  private static List<String> copied(String option) {
    return COPY.matcher(dockerfile())
        .results()
        .map(instruction -> instruction.group(1))
        .filter(text -> option.isEmpty() ? !text.startsWith("--") : text.startsWith(option))
        .flatMap(text -> sources(text.substring(option.length()).split(" ", -1)))
        .toList();
  }

  /** All but the last, which says where to. */
  private static Stream<String> sources(String[] words) {
    return Stream.of(words).limit(words.length - 1L);
  }

  private static String dockerfile() {
    try {
      return Files.readString(Path.of("Dockerfile"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
