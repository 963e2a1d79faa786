package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder in memory for what nobody needs after this process, where the system has enough of it;
 * else on disk. Thousands of databases that tests make and drop are files above all.
 */
final class MemoryFolder {

  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long ENOUGH = 4L << 30;

  /** With the process that it belongs to. */
  private static final Pattern NAME = Pattern.compile("matviews-(\\d+)-.*");

  private MemoryFolder() {}

  static Path create() {
    String prefix = "matviews-" + ProcessHandle.current().pid() + "-";
    try {
      if (!Files.isWritable(MEMORY)) {
        return Files.createTempDirectory(prefix);
      }
      deleteThoseOfTheDead();
      boolean enough = Files.getFileStore(MEMORY).getUsableSpace() >= ENOUGH;
      return enough ? Files.createTempDirectory(MEMORY, prefix) : Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whoever was killed could not tidy up, and memory is dearer than disk. */
  private static void deleteThoseOfTheDead() throws IOException {
    List<Path> dead;
    try (Stream<Path> all = Files.list(MEMORY)) {
      dead = all.filter(MemoryFolder::isOfTheDead).toList();
    }
    for (Path folder : dead) {
      try {
        FileTrees.delete(folder);
      } catch (IOException | UncheckedIOException e) {
        // Another process is at it as well, or its server has not ended yet: the next one tries.
      }
    }
  }

  private static boolean isOfTheDead(Path folder) {
    Matcher name = NAME.matcher(folder.getFileName().toString());
    return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
  }
}
