package dev.matviews.api;

import dev.matviews.playground.ControlPlane;
import dev.matviews.playground.FileTrees;
import dev.matviews.playground.Kubectl;
import dev.matviews.playground.Progress;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One real API server that holds crds/, started once for all test classes of this JVM. */
public final class TestApiServer {

  private static final ControlPlane CONTROL_PLANE = start();

  private TestApiServer() {}

  /** As a member of system:masters. */
  public static KubernetesClient client() {
    return CONTROL_PLANE.client();
  }

  public static Kubectl kubectl() {
    return CONTROL_PLANE.kubectl();
  }

  private static ControlPlane start() {
    try {
      Path folder = Files.createTempDirectory(Path.of("target"), "api-server-");
      ControlPlane controlPlane = ControlPlane.start(folder, Progress.toStandardError());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(controlPlane, folder)));
      controlPlane.kubectl().establishCrds(Path.of("crds"));
      return controlPlane;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stop(ControlPlane controlPlane, Path folder) {
    controlPlane.close();
    try {
      // etcd's files take 65 MB a run.
      FileTrees.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
