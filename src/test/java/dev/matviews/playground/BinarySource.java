package dev.matviews.playground;

import java.io.IOException;
import java.nio.file.Path;

/** One way to come by the three binaries of a control plane. */
interface BinarySource {

  /**
   * Fills the folder, which is there and empty, and says which version that is.
   *
   * @throws IOException why this way does not work here, in words for the user
   */
  KubernetesVersion fill(Path folder, WantedVersion wanted)
      throws IOException, InterruptedException;
}
