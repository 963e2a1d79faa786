package dev.matviews.playground;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The end of a log. */
final class LogTail {

  private LogTail() {}

  static String of(Path log, int lines) {
    try {
      // Not readAllLines: a server may write bytes that are no UTF-8.
      List<String> all =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (IOException e) {
      return "(" + log + " cannot be read)";
    }
  }

  /** What was written after so many bytes. */
  static String since(Path log, long bytes) {
    try (InputStream in = Files.newInputStream(log)) {
      in.skipNBytes(bytes);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
