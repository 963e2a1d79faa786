package dev.matviews.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Where and when the figures were taken. */
final class Surroundings {

  private static final Path CPUS = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");

  private Surroundings() {}

  static String lines(String command, Map<String, String> versions) {
    return """
    | | |
    |---|---|
    | command | `%s` |
    | date | %s |
    | machine | %d cores (%s), %s of memory, shared by PostgreSQL, the API server, the operator and \
    whoever measures |
    | system | %s %s, Java %s |
    | operator | one process, started as the image starts it, with the chart's memory |
    | PostgreSQL | %s on loopback; fsync is off, but on where a refresh or a change is timed |
    | Kubernetes | %s: etcd and kube-apiserver, nothing else |
    """
        .formatted(
            command,
            LocalDate.now(ZoneOffset.UTC),
            Runtime.getRuntime().availableProcessors(),
            first(CPUS, "model name", "unknown"),
            memory(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("java.version"),
            versions.getOrDefault("PostgreSQL", "unknown"),
            versions.getOrDefault("Kubernetes", "unknown"));
  }

  private static String memory() {
    String kilobytes = first(MEMORY, "MemTotal", "").replaceAll("\\D", "");
    return kilobytes.isEmpty()
        ? "unknown"
        : String.format(Locale.ROOT, "%.0f GiB", Long.parseLong(kilobytes) / 1048576.0);
  }

  private static String first(Path file, String key, String otherwise) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }
}
