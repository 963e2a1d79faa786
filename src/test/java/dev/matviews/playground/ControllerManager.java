package dev.matviews.playground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Those controllers of Kubernetes that empty a namespace which is deleted, that delete what
 * belonged to objects which are gone, and that make a Deployment's Pods.
 */
public record ControllerManager(ChildProcess process) implements AutoCloseable {

  private static final String NAME = "kube-controller-manager";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * Beside the other binaries. It is in no release of envtest, so where nobody has put it there, Go
   * builds it, once, in a minute or a few.
   */
  static Path binary(Path binaries, Progress progress) {
    Path binary = binaries.resolve(NAME);
    return OneAtATime.executable(binaries, NAME, progress, () -> build(binaries, binary, progress));
  }

  private static Path build(Path binaries, Path binary, Progress progress)
      throws IOException, InterruptedException {
    Path staging = Files.createTempDirectory(binaries, ".staging-");
    try {
      new GoBuild(progress)
          .controllerManager(staging, BinaryFolder.versionOf(binaries).orElseThrow());
      return Files.move(staging.resolve(NAME), binary, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      FileTrees.delete(staging);
    }
  }

  static ControllerManager start(Path binary, Path folder, Path kubeconfig) {
    return LoopbackPort.retrying(() -> startOnFreePort(binary, folder, kubeconfig));
  }

  private static ControllerManager startOnFreePort(Path binary, Path folder, Path kubeconfig) {
    int port = LoopbackPort.free();
    ChildProcess process =
        ChildProcess.start(
            NAME,
            command(binary, folder, kubeconfig, port),
            Map.of(),
            folder.resolve(NAME + ".log"));
    return new ControllerManager(
        process.awaitReady(LIMIT, () -> !ListeningSockets.addressesOf(port).isEmpty()));
  }

  private static List<String> command(Path binary, Path folder, Path kubeconfig, int port) {
    return List.of(
        binary.toString(),
        "--kubeconfig=" + kubeconfig,
        "--bind-address=" + LoopbackPort.HOST,
        "--secure-port=" + port,
        "--cert-dir=" + folder.resolve(NAME),
        "--controllers=namespace,garbagecollector,deployment,replicaset",
        "--leader-elect=false");
  }

  /** At once: nothing here is to be kept. */
  @Override
  public void close() {
    process.kill();
  }
}
