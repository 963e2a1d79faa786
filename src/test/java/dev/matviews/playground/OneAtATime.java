package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What takes minutes and leaves files behind is made by one process, and the others wait. */
final class OneAtATime {

  /** File locks hold between processes only; within one a second lock is an exception. */
  private static final Object WITHIN_THIS_PROCESS = new Object();

  private OneAtATime() {}

  /** Puts a file into a folder and says where it is. */
  interface Making {
    Path make() throws IOException, InterruptedException;
  }

  /** One that is left alone where it is there already, also if it is only since the wait. */
  static Path executable(Path folder, String name, Progress progress, Making making) {
    Path wanted = folder.resolve(name);
    return Files.isExecutable(wanted)
        ? wanted
        : in(folder, name, progress, () -> Files.isExecutable(wanted) ? wanted : making.make());
  }

  static Path in(Path folder, String what, Progress progress, Making making) {
    try {
      Files.createDirectories(folder);
      synchronized (WITHIN_THIS_PROCESS) {
        return locked(folder.resolve(".lock"), what, progress, making);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("No way to %s here: %s".formatted(what, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while providing " + what, e);
    }
  }

  /** Closing the channel gives the lock back. */
  private static Path locked(Path lock, String what, Progress progress, Making making)
      throws IOException, InterruptedException {
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (channel.tryLock() == null) {
        progress.step("Another process is providing %s; waiting for it", what);
        channel.lock();
      }
      return making.make();
    }
  }
}
