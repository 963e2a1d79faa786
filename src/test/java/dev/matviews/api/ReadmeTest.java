package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people copy from the README is taken as it stands. */
class ReadmeTest {

  private static final Pattern YAML = Pattern.compile("(?ms)^ *```yaml\n(.*?)^ *```$");

  @Test
  @DisplayName("every YAML block of the README is accepted by the API server")
  void applies(@TempDir Path folder) throws IOException {
    List<String> blocks =
        YAML.matcher(Files.readString(Path.of("README.md")))
            .results()
            .map((MatchResult block) -> block.group(1).stripIndent())
            .toList();
    assertThat(blocks).hasSizeGreaterThan(1);
    for (String block : blocks) {
      Path file = Files.writeString(folder.resolve("block.yaml"), block);
      TestApiServer.kubectl()
          .run(
              "apply",
              "--server-side",
              "--force-conflicts",
              "--dry-run=server",
              "-f",
              file.toString());
    }
  }
}
