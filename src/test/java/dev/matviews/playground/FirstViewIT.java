package dev.matviews.playground;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Does what the README tells a newcomer to do, word for word, in an empty folder. */
@EnabledIfSystemProperty(named = "first.view", matches = "true")
@DisplayName("Who has only the README and kubectl")
class FirstViewIT {

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(sh|yaml)\n(.*?)^```$");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Cloning and `make playground` come before them. */
  private static final int COMMANDS = 3;

  @Test
  @DisplayName("has a view of their own after five commands")
  void fiveCommands(@TempDir Path folder) throws IOException {
    checkOut(folder);
    try (ChildProcess playground = playground(folder)) {
      playground.awaitReady(
          LIMIT,
          () -> Files.exists(folder.resolve("target").resolve("playground").resolve("ready")));
      Files.writeString(folder.resolve("my-view.yaml"), blocks("yaml").get(0));
      List<String> commands = blocks("sh").stream().flatMap(String::lines).toList();
      String shown =
          Commands.run(
              List.of("bash", "-ec", "cd '%s'\n%s".formatted(folder, String.join("\n", commands))),
              Map.of());
      assertThat(shown).containsPattern("newcomers +True +InSync");
      assertThat(commands).filteredOn(command -> !command.contains(" get ")).hasSize(COMMANDS);
    }
  }

  private static ChildProcess playground(Path folder) throws IOException {
    String classes =
        Stream.of("target/test-classes", "target/classes")
            .map(path -> Path.of(path).toAbsolutePath() + ":")
            .reduce("", String::concat);
    String command =
        "cd '%s' && exec java -cp '%s%s' dev.matviews.playground.Playground up"
            .formatted(folder, classes, Files.readString(Path.of("target", "test.classpath")));
    return ChildProcess.start(
        "The playground", List.of("bash", "-c", command), Map.of(), folder.resolve("log"));
  }

  /** What a checkout has after a build, as far as the playground reads it. */
  private static void checkOut(Path folder) throws IOException {
    for (String part :
        List.of("crds", "examples", "deploy", "src/main/docker", "target/quarkus-app")) {
      try (Stream<Path> files = Files.walk(Path.of(part))) {
        for (Path file : files.toList()) {
          Path copy = folder.resolve(file);
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /** Of the part that tells of one's own view. */
  private static List<String> blocks(String language) throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    int start = readme.indexOf("\nA view of your own");
    return BLOCK
        .matcher(readme.substring(start, readme.indexOf("\n## ", start)))
        .results()
        .filter((MatchResult block) -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }
}
