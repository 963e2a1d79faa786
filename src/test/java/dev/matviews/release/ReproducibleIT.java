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
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Whoever builds the same sources gets the same program, byte for byte. */
class ReproducibleIT {

  private static final Path TARGET = Path.of("target");

  /** All that a build reads. */
  private static final List<String> SOURCES =
      List.of("pom.xml", "mvnw", ".mvn", "src/main", "crds");

  @Test
  @EnabledIfSystemProperty(named = "reproducible", matches = "true")
  @DisplayName("a second build, elsewhere and in another time zone, differs in no file")
  void twice(@TempDir Path elsewhere) throws IOException {
    for (String source : SOURCES) {
      copy(Path.of(source), elsewhere.resolve(source));
    }
    Commands.run(
        List.of(
            "sh",
            "-c",
            "cd '%s' && exec ./mvnw -q --batch-mode package -Dmaven.test.skip=true"
                .formatted(elsewhere)),
        Map.of("TZ", "Pacific/Kiritimati", "LC_ALL", "C"));

    Map<String, String> again = digests(elsewhere.resolve(TARGET));
    assertThat(again).hasSizeGreaterThan(100).isEqualTo(digests(TARGET));
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

  private static Map<String, String> digests(Path target) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(target.resolve("quarkus-app"))) {
      files
          .filter(Files::isRegularFile)
          .forEach(file -> digests.put(target.relativize(file).toString(), digest(file)));
    }
    digests.put("bom.json", digest(target.resolve("bom.json")));
    return digests;
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
