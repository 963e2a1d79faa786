package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The real kubectl, as the user whom a kubeconfig names. */
public record Kubectl(Path binary, Path kubeconfig) {

  private static final Duration ESTABLISHED_LIMIT = Duration.ofSeconds(30);

  /** What kubectl printed; an exception with that text when it fails. */
  public String run(String... arguments) {
    return run(List.of(arguments));
  }

  public String run(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(binary.toString());
    command.addAll(arguments);
    // The discovery cache lies in the home folder otherwise, under a port that others use later.
    Path cache = kubeconfig.resolveSibling("kubectl-cache");
    return Commands.run(
        command, Map.of("KUBECONFIG", kubeconfig.toString(), "KUBECACHEDIR", cache.toString()));
  }

  /** Server-side apply of files and folders. */
  public String apply(Path... files) {
    List<String> arguments = new ArrayList<>(List.of("apply", "--server-side"));
    for (Path file : files) {
      arguments.addAll(List.of("-f", file.toString()));
    }
    return run(arguments);
  }

  /** Applies a folder of CRDs and waits until the API server serves them. */
  public String establishCrds(Path folder) {
    if (!holdsYaml(folder)) {
      throw new IllegalStateException("There is no CRD in " + folder + "; `make crds` writes them");
    }
    // Where Helm has made some, they are its own.
    String applied = run("apply", "--server-side", "--force-conflicts", "-f", folder.toString());
    run(
        "wait",
        "--for=condition=Established",
        "--timeout=" + ESTABLISHED_LIMIT.toSeconds() + "s",
        "-f",
        folder.toString());
    return applied;
  }

  private static boolean holdsYaml(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(".yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
