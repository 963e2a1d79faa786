package dev.matviews.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** What a process uses, by the kernel. */
final class ProcessUse {

  private ProcessUse() {}

  /** In MiB, now. */
  static double resident(long pid) {
    return mebibytes(pid, "VmRSS");
  }

  /** In MiB, at its highest. */
  static double peak(long pid) {
    return mebibytes(pid, "VmHWM");
  }

  static Duration cpu(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow(() -> new IllegalStateException("no process " + pid));
  }

  private static double mebibytes(long pid, String field) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", String.valueOf(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith(field + ":"))
          .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
