package dev.matviews.playground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Provides etcd, kube-apiserver and kubectl: those that are here, else the download of
 * kube-api-test, else a build by Go. The first run may take minutes, every later one nothing.
 */
public final class ControlPlaneBinaries {

  private final BinaryFolder folder;
  private final WantedVersion wanted;
  private final List<BinarySource> sources;
  private final Progress progress;

  ControlPlaneBinaries(
      BinaryFolder folder, WantedVersion wanted, List<BinarySource> sources, Progress progress) {
    this.folder = folder;
    this.wanted = wanted;
    this.sources = List.copyOf(sources);
    this.progress = progress;
  }

  public static ControlPlaneBinaries ofEnvironment(Progress progress) {
    return new ControlPlaneBinaries(
        BinaryFolder.ofEnvironment(),
        WantedVersion.ofEnvironment(),
        List.of(new EnvtestDownload(progress), new GoBuild(progress)),
        progress);
  }

  /** The folder that holds the three binaries. */
  public Path provide() {
    Optional<Path> here = present();
    if (here.isPresent()) {
      return here.get();
    }
    return OneAtATime.in(
        folder.versions(),
        "the control plane",
        progress,
        () -> {
          Optional<Path> madeMeanwhile = present();
          return madeMeanwhile.isPresent() ? madeMeanwhile.get() : fetch();
        });
  }

  private Optional<Path> present() {
    Optional<Path> exact = folder.present(wanted.version());
    return exact.isPresent() || wanted.exact()
        ? exact
        : folder.presentOfSameMinor(wanted.version());
  }

  private Path fetch() throws IOException, InterruptedException {
    progress.step(
        "Kubernetes %s is not in %s yet; getting it, once", wanted.version(), folder.versions());
    List<String> refusals = new ArrayList<>();
    for (BinarySource source : sources) {
      Path staging = Files.createTempDirectory(folder.versions(), ".staging-");
      try {
        Path placed = folder.place(staging, source.fill(staging, wanted));
        progress.step("The control plane is in %s", placed);
        return placed;
      } catch (IOException e) {
        String refusal = String.valueOf(e.getMessage());
        progress.step("%s", refusal);
        refusals.add(refusal);
      } finally {
        FileTrees.delete(staging);
      }
    }
    throw new IllegalStateException(noWayWorked(refusals));
  }

  private String noWayWorked(List<String> refusals) {
    return """
        No etcd, kube-apiserver and kubectl of Kubernetes %s. One of these ways must work:
          1. put the three binaries into %s
          2. let them be downloaded from GitHub (the envtest release of controller-tools)
          3. have Go 1.24 or newer on the PATH and a Go module proxy within reach (GOPROXY)
        What was tried:
          %s"""
        .formatted(wanted.version(), folder.of(wanted.version()), String.join("\n  ", refusals));
  }
}
