package dev.matviews.scenario;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the operator has logged since a moment that nobody wants to read there: a warning, an error,
 * or a stack trace at any level.
 *
 * @param from where the log ended at that moment
 */
record LogCheck(Path log, long from) {

  private static final Pattern HEAD =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} ([A-Z]+) +.*");
  private static final Pattern TENANT = Pattern.compile("\\btenant-\\d+\\b");
  private static final Set<String> BAD = Set.of("WARN", "ERROR", "FATAL");

  static LogCheck fromNow(Path log) {
    try {
      return new LogCheck(log, Files.exists(log) ? Files.size(log) : 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The bad entries.
   *
   * @param tenants those that live now; what is said of others only is left over from other tests
   * @param expected parts of the entries that are all right
   */
  List<String> unexpected(Set<String> tenants, List<String> expected) {
    Predicate<String> isOurs = entry -> concerns(entry, tenants);
    return entries().stream()
        .filter(LogCheck::isBad)
        .filter(isOurs)
        .filter(entry -> expected.stream().noneMatch(entry::contains))
        .toList();
  }

  private static boolean isBad(String entry) {
    var head = HEAD.matcher(entry.lines().findFirst().orElse(""));
    return (head.matches() && BAD.contains(head.group(1))) || entry.contains("\n\tat ");
  }

  private static boolean concerns(String entry, Set<String> tenants) {
    Set<String> named =
        TENANT.matcher(entry).results().map(MatchResult::group).collect(Collectors.toSet());
    return named.isEmpty() || named.stream().anyMatch(tenants::contains);
  }

  /** A line, and what follows it without a time of its own. */
  List<String> entries() {
    List<String> entries = new ArrayList<>();
    for (String line : text().lines().toList()) {
      if (entries.isEmpty() || HEAD.matcher(line).matches()) {
        entries.add(line);
      } else {
        entries.set(entries.size() - 1, entries.get(entries.size() - 1) + "\n" + line);
      }
    }
    return entries;
  }

  private String text() {
    if (!Files.exists(log)) {
      return "";
    }
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] bytes = new byte[Math.toIntExact(file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
