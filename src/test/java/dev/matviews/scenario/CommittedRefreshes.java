package dev.matviews.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The refreshes that the server has committed, read from its own log, in which every statement of
 * the tenant's database stands: the operator's word is not taken for it.
 */
record CommittedRefreshes(Map<String, Long> byViewAndRun) {

  private static final Pattern LINE =
      Pattern.compile("^\\S+ \\S+ \\S+ \\[(\\d+)] \\S+ matview-operator (LOG|ERROR|FATAL):(.*)$");
  private static final Pattern REFRESH =
      Pattern.compile("REFRESH MATERIALIZED VIEW .*\"app\"\\.\"([a-z0-9_]+)\"");
  private static final Pattern RUN = Pattern.compile("'((?:Schedule|Initial|Request)/[^']+)'");

  /** What one server process is about to commit. */
  private static final class Transaction {
    private String view = "";
    private String run = "";
  }

  static CommittedRefreshes of(Stage stage, Tenant tenant) {
    Map<String, Transaction> open = new HashMap<>();
    try (var lines = Files.lines(stage.postgres().log())) {
      return new CommittedRefreshes(
          statements(lines.toList(), tenant)
              .map(line -> committed(open, line))
              .flatMap(List::stream)
              .collect(Collectors.groupingBy(key -> key, Collectors.counting())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lines that belong to the one before are put behind it: the row of a run has many. */
  private static Stream<String> statements(List<String> lines, Tenant tenant) {
    List<StringBuilder> whole = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("\t") && !whole.isEmpty()) {
        whole.get(whole.size() - 1).append(' ').append(line.strip());
      } else {
        whole.add(new StringBuilder(line));
      }
    }
    return whole.stream()
        .map(StringBuilder::toString)
        .filter(line -> line.contains("@" + tenant.role() + " "));
  }

  private static List<String> committed(Map<String, Transaction> open, String line) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      return List.of();
    }
    String text = parts.group(3);
    if (!parts.group(2).equals("LOG") || text.endsWith(": BEGIN")) {
      open.put(parts.group(1), new Transaction());
      return List.of();
    }
    Transaction transaction = open.computeIfAbsent(parts.group(1), pid -> new Transaction());
    Matcher refresh = REFRESH.matcher(text);
    Matcher run = RUN.matcher(text);
    if (refresh.find()) {
      transaction.view = refresh.group(1);
    } else if (text.contains(".runs AS known") && run.find()) {
      transaction.run = run.group(1);
    } else if (text.endsWith(": COMMIT")) {
      open.remove(parts.group(1));
      return transaction.view.isEmpty()
          ? List.of()
          : List.of(transaction.view + " " + transaction.run);
    }
    return List.of();
  }
}
