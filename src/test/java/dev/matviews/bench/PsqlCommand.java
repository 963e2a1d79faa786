package dev.matviews.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The psql of this machine, one process for each statement, as a CronJob has it. */
final class PsqlCommand {

  private PsqlCommand() {}

  static boolean isInstalled() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "psql")));
  }

  static void run(BenchServer server, String statement) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(server.environment());
    if (builder.start().waitFor() != 0) {
      throw new IOException("psql failed: " + statement);
    }
  }
}
