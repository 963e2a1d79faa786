package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a running playground leaves for its user in its folder. */
record PlaygroundFiles(WorkFolder folder) {

  void write(Cluster cluster) {
    try {
      Pem.writeSecret(
          folder.resolve("kubeconfig"), Files.readString(cluster.controlPlane().adminKubeconfig()));
      Pem.writeSecret(folder.resolve("postgres.env"), cluster.database().environmentOfAdmin());
      Path bin = Files.createDirectories(folder.resolve("bin"));
      for (String binary : BinaryFolder.BINARIES) {
        Files.createSymbolicLink(
            bin.resolve(binary), cluster.controlPlane().binaries().resolve(binary));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The files in " + folder.path() + " were not written", e);
    }
  }

  /** Stands as long as everything is up. */
  AutoCloseable markReady() {
    Path ready = folder.resolve("ready");
    try {
      Files.createFile(ready);
    } catch (IOException e) {
      throw new UncheckedIOException("The file " + ready + " could not be made", e);
    }
    return () -> Files.deleteIfExists(ready);
  }
}
