package dev.matviews.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever builds the same sources gets the same program, byte for byte but for one file: Quarkus
 * numbers what the steps of its own start hand each other, in the order in which its threads come
 * by.
 */
class ReproducibleIT {

  private static final Path GENERATED = Path.of("quarkus-app", "quarkus", "generated-bytecode.jar");

  /** All that a build reads. */
  private static final List<String> SOURCES =
      List.of("pom.xml", "mvnw", ".mvn", "src/main", "crds");

  @Test
  @EnabledIfSystemProperty(named = "reproducible", matches = "true")
  @DisplayName("two builds, in other folders and time zones, differ in one file, of equal classes")
  void twice(@TempDir Path here, @TempDir Path elsewhere) throws IOException {
    build(here, Map.of());
    build(elsewhere, Map.of("TZ", "Pacific/Kiritimati", "LC_ALL", "C"));

    assertThat(digests(elsewhere)).hasSizeGreaterThan(100).isEqualTo(digests(here));
  }

  /** Of the sources alone: what an earlier build has left behind would be built in. */
  private static void build(Path folder, Map<String, String> environment) throws IOException {
    for (String source : SOURCES) {
      copy(Path.of(source), folder.resolve(source));
    }
    Commands.run(
        List.of(
            "sh",
            "-c",
            "cd '%s' && exec ./mvnw -q --batch-mode package -Dmaven.test.skip=true"
                .formatted(folder)),
        environment);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(Files.isDirectory(file) ? copy : copy.resolve("..").normalize());
        if (!Files.isDirectory(file)) {
          Files.copy(file, copy);
          assertThat(copy.toFile().setExecutable(Files.isExecutable(file))).isTrue();
        }
      }
    }
  }

  private static Map<String, String> digests(Path folder) throws IOException {
    Path target = folder.resolve("target");
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(target.resolve("quarkus-app"))) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> digests.put(target.relativize(file).toString(), digest(file)));
    }
    digests.put("bom.json", digest(target.resolve("bom.json")));
    digests.put(GENERATED.toString(), names(target.resolve(GENERATED)));
    return digests;
  }

  /** Of all classes in a jar. */
  private static String names(Path jar) throws IOException {
    try (JarFile classes = new JarFile(jar.toFile())) {
      return classes.stream().map(JarEntry::getName).sorted().collect(Collectors.joining("\n"));
    }
  }

  private static String digest(Path file) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
