package dev.matviews.playground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Prometheus' own judge of rules and queries. Where this version of it is not here yet, Go builds
 * it, once, in two minutes or three.
 */
public record Promtool(Path binary) {

  /** As in promtool/go.mod. */
  private static final String VERSION = "0.313.5";

  private static final String NAME = "promtool";

  /** It looks for no targets here, and much of its code is for that. */
  private static final String TAGS = "remove_all_sd";

  public static Promtool provide(Progress progress) {
    Path folder =
        BinaryFolder.ofEnvironment()
            .root()
            .resolve(NAME)
            .resolve(VERSION + BinaryFolder.platform());
    Path built = folder.resolve(NAME);
    return new Promtool(
        OneAtATime.executable(folder, NAME, progress, () -> build(built, progress)));
  }

  private static Path build(Path target, Progress progress)
      throws IOException, InterruptedException {
    Path staging = target.resolveSibling("." + NAME);
    try (GoModule module = GoModule.create(NAME, progress)) {
      module.write(GoModule.resource(NAME, "go.mod"), GoModule.resource(NAME, "go.sum"));
      module.build(
          "Building promtool " + VERSION + ", once",
          "github.com/prometheus/prometheus/cmd/promtool",
          "",
          TAGS,
          staging);
    }
    return Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** What it says; an exception with that when it is not content. */
  public String run(String... arguments) {
    return Commands.run(
        Stream.concat(Stream.of(binary.toString()), Stream.of(arguments)).toList(), Map.of());
  }
}
