package dev.matviews.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** dbt with its adapter for PostgreSQL, from PyPI, in a Python environment of its own. */
final class Dbt {

  private static final Path ENVIRONMENT = Path.of("target", "dbt").toAbsolutePath();
  private static final Path PROGRAM = ENVIRONMENT.resolve("bin").resolve("dbt");

  /** The newest that PyPI holds all of; later ones get parts of theirs from elsewhere. */
  private static final List<String> PACKAGES = List.of("dbt-core<1.11", "dbt-postgres<1.10");

  private static final Pattern ADAPTER = Pattern.compile("postgres: (\\S+)");

  private static final String MODEL =
      """
      {{ config(
        materialized='materialized_view',
        indexes=[{'columns': ['customer'], 'unique': True}],
        grants={'select': ['reporting']}
      ) }}
      %s
      """;

  private final Path project;

  private Dbt(Path project) {
    this.project = project;
  }

  /** Installs it where it is not yet; empty where that does not work. */
  static Optional<String> version() throws InterruptedException {
    try {
      if (!Files.isExecutable(PROGRAM)) {
        run(List.of("python3", "-m", "venv", ENVIRONMENT.toString()), Map.of());
        Path pip = ENVIRONMENT.resolve("bin").resolve("pip");
        List<String> install = new ArrayList<>(List.of(pip.toString(), "install", "-q"));
        install.addAll(PACKAGES);
        run(install, Map.of());
      }
      String said = run(List.of(PROGRAM.toString(), "--version"), Map.of());
      return ADAPTER.matcher(said).results().map(found -> found.group(1)).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static Dbt project(Path folder, Change change) throws IOException {
    Files.createDirectories(folder.resolve("models"));
    Files.writeString(
        folder.resolve("dbt_project.yml"),
        "{name: bench, version: '1.0.0', profile: bench, model-paths: [models]}\n");
    Files.writeString(folder.resolve("profiles.yml"), profile(change));
    return new Dbt(folder.toAbsolutePath());
  }

  private static String profile(Change change) {
    return """
    bench:
      target: bench
      outputs:
        bench: {type: postgres, host: %s, port: %d, dbname: %s, user: %3$s, password: %s,
          schema: app, threads: 1}
    """
        .formatted(
            change.stage().postgres().host(),
            change.stage().postgres().port(),
            change.database(),
            BenchStage.PASSWORD);
  }

  Dbt declare(String query) throws IOException {
    Files.writeString(project.resolve("models").resolve("volumes.sql"), MODEL.formatted(query));
    return this;
  }

  void run(String... more) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(PROGRAM.toString(), "--quiet", "--no-send-anonymous-usage-stats", "run"));
    command.addAll(List.of("--project-dir", project.toString()));
    command.addAll(List.of("--profiles-dir", project.toString()));
    command.addAll(List.of(more));
    run(command, Map.of("DO_NOT_TRACK", "1"));
  }

  private static String run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed:\n" + said);
    }
    return said;
  }
}
