package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder that kube-api-test uses too: {@code <root>/k8s/<version>-<os>-<arch>/} with exactly
 * etcd, kube-apiserver and kubectl.
 */
record BinaryFolder(Path root) {

  static final List<String> BINARIES = List.of("etcd", "kube-apiserver", "kubectl");

  static BinaryFolder ofEnvironment() {
    String chosen = System.getenv("KUBE_API_TEST_DIR");
    return new BinaryFolder(
        chosen == null
            ? Path.of(System.getProperty("user.home"), ".kubeapitest")
            : Path.of(chosen).toAbsolutePath());
  }

  Path versions() {
    return root.resolve("k8s");
  }

  Path of(KubernetesVersion version) {
    return versions().resolve(version + platform());
  }

  Optional<Path> present(KubernetesVersion version) {
    return Optional.of(of(version)).filter(BinaryFolder::isComplete);
  }

  Optional<Path> presentOfSameMinor(KubernetesVersion version) {
    if (!Files.isDirectory(versions())) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(versions())) {
      return folders
          .flatMap(folder -> versionOf(folder).stream())
          .filter(version::sameMinor)
          .sorted(Comparator.reverseOrder())
          .flatMap(found -> present(found).stream())
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Empty for one that holds no binaries for this machine. */
  static Optional<KubernetesVersion> versionOf(Path folder) {
    String name = folder.getFileName().toString();
    return name.endsWith(platform())
        ? KubernetesVersion.tryParse(name.substring(0, name.length() - platform().length()))
        : Optional.empty();
  }

  /** Puts a finished folder in place at once, so that nobody ever sees a part of it. */
  Path place(Path finished, KubernetesVersion version) throws IOException {
    if (!isComplete(finished)) {
      throw new IOException(finished + " does not hold all of " + BINARIES);
    }
    Path target = of(version);
    FileTrees.delete(target);
    return Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
  }

  static boolean isComplete(Path folder) {
    return BINARIES.stream()
        .map(folder::resolve)
        .allMatch(file -> Files.isExecutable(file) && Files.isRegularFile(file));
  }

  static String platform() {
    return "-" + os() + "-" + architecture();
  }

  private static String os() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.contains("mac") ? "darwin" : name.contains("win") ? "windows" : name;
  }

  private static String architecture() {
    String name = System.getProperty("os.arch");
    return name.equals("x86_64") ? "amd64" : name.equals("aarch64") ? "arm64" : name;
  }
}
