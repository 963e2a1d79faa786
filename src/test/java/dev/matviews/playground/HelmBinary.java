package dev.matviews.playground;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Helm: the one on the PATH where it is a Helm 4, else one that Go builds, once. */
final class HelmBinary {

  private static final String VERSION = "4.3.1";
  private static final String MAJOR = "v4.";
  private static final String NAME = "helm";

  private HelmBinary() {}

  static Path provide(Progress progress) {
    Path folder =
        BinaryFolder.ofEnvironment()
            .root()
            .resolve(NAME)
            .resolve(VERSION + BinaryFolder.platform());
    Path built = folder.resolve(NAME);
    if (Files.isExecutable(built)) {
      return built;
    }
    return onPath()
        .orElseGet(
            () -> OneAtATime.executable(folder, NAME, progress, () -> build(built, progress)));
  }

  private static Path build(Path target, Progress progress)
      throws IOException, InterruptedException {
    Path staging = target.resolveSibling("." + NAME);
    try (GoModule module = GoModule.create(NAME, progress)) {
      module.write(GoModule.resource(NAME, "go.mod"), GoModule.resource(NAME, "go.sum"));
      module.build(
          "Building Helm " + VERSION + ", once",
          "helm.sh/helm/v4/cmd/helm",
          " -X helm.sh/helm/v4/internal/version.version=v" + VERSION,
          staging);
    }
    return Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Optional<Path> onPath() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, NAME))
        .filter(Files::isExecutable)
        .filter(HelmBinary::fits)
        .findFirst();
  }

  private static boolean fits(Path helm) {
    try {
      List<String> command = List.of(helm.toString(), "version", "--template={{.Version}}");
      return Commands.run(command, Map.of()).startsWith(MAJOR);
    } catch (RuntimeException e) {
      return false;
    }
  }
}
