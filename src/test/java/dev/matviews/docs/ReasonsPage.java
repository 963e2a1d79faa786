package dev.matviews.docs;

import dev.matviews.plan.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What docs/reasons.md says, by its headings, tables and lists. */
public final class ReasonsPage {

  static final Path PATH = Path.of("docs", "reasons.md");

  private static final Map<String, Reason.Retry> SECTIONS =
      Map.of(
          "Nothing is wrong", Reason.Retry.None,
          "Tried again soon", Reason.Retry.Backoff,
          "Tried again in minutes", Reason.Retry.Slow,
          "Waits for something else", Reason.Retry.OnEvent,
          "You act", Reason.Retry.Never);

  private static final Pattern CONDITION = Pattern.compile("(?m)^\\| (\\w+) \\| `(\\w+)` \\|");
  private static final Pattern EVENT = Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\w+) \\|");
  private static final Pattern LINE = Pattern.compile("(?m)^- \\*\\*([^*]+)\\*\\*: (.+)$");

  /**
   * One of the reasons.
   *
   * @param lines what is told of it, by cause, operator, user and check
   */
  record Entry(String reason, Reason.Retry retry, Map<String, String> lines) {

    @Override
    public String toString() {
      return reason;
    }
  }

  private ReasonsPage() {}

  static List<Entry> entries() {
    return sections("## ", text())
        .flatMap(
            section ->
                Optional.ofNullable(SECTIONS.get(title(section))).stream()
                    .flatMap(retry -> sections("### ", section).map(text -> entry(retry, text))))
        .toList();
  }

  /** What shows more: SQL, and commands of kubectl. */
  public static List<String> checks() {
    return entries().stream()
        .map(entry -> entry.lines().getOrDefault("Check", ""))
        .map(check -> check.substring(1, check.length() - 1))
        .distinct()
        .toList();
  }

  /** Kind and type. */
  static Set<String> conditions() {
    return table("## Conditions", CONDITION);
  }

  /** Those that are no reasons, with their type. */
  static Set<String> events() {
    return table("## Events", EVENT);
  }

  private static Set<String> table(String heading, Pattern row) {
    String section =
        sections("## ", text()).filter(s -> s.startsWith(heading)).findFirst().orElseThrow();
    Set<String> rows = new TreeSet<>();
    row.matcher(section)
        .results()
        .filter((MatchResult r) -> !r.group(2).isEmpty())
        .forEach(r -> rows.add(r.group(1) + " " + r.group(2)));
    return rows;
  }

  private static Entry entry(Reason.Retry retry, String section) {
    Map<String, String> lines = new LinkedHashMap<>();
    LINE.matcher(section).results().forEach(line -> lines.put(line.group(1), line.group(2)));
    return new Entry(title(section), retry, lines);
  }

  /** Each with its heading; what stands before the first is none. */
  private static Stream<String> sections(String marks, String text) {
    return Arrays.stream(text.split("(?m)^(?=" + marks + ")", -1)).filter(s -> s.startsWith(marks));
  }

  private static String title(String section) {
    return section.lines().findFirst().orElseThrow().replaceFirst("^#+ ", "");
  }

  private static String text() {
    try {
      return Files.readString(PATH);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
