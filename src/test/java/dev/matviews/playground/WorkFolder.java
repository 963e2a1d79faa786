package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An empty folder that one run has to itself. */
final class WorkFolder implements AutoCloseable {

  private final Path path;
  private final FileChannel lock;

  private WorkFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  static WorkFolder take(Path folder) {
    Path path = folder.toAbsolutePath();
    try {
      Files.createDirectories(path);
      FileChannel channel =
          FileChannel.open(
              path.resolveSibling(path.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new IllegalStateException(folder + " is in use by a run that goes on; stop it first");
      }
      FileTrees.delete(path);
      Files.createDirectories(path);
      return new WorkFolder(path, channel);
    } catch (IOException e) {
      throw new UncheckedIOException("The folder " + folder + " could not be emptied", e);
    }
  }

  Path path() {
    return path;
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
