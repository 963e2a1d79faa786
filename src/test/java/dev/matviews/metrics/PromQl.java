package dev.matviews.metrics;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names that a query asks for. Not a parser: whether it is a query at all is for promtool.
 *
 * @param metrics as they stand in a scrape
 * @param labels that it selects or groups by, but those of buckets
 */
public record PromQl(Set<String> metrics, Set<String> labels) {

  /** Labels that Prometheus adds to all that it scrapes. */
  public static final Set<String> OF_TARGETS = Set.of("namespace", "job", "instance");

  private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*\\]");
  private static final Pattern SELECTOR = Pattern.compile("\\{([^}]*)\\}");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
  private static final Pattern NAME = Pattern.compile("\\b[a-zA-Z_:][a-zA-Z0-9_:]*\\b(?!\\s*\\()");
  private static final Set<String> WORDS = Set.of("or", "and", "unless", "bool", "offset");

  public static PromQl of(String query) {
    String bare = RANGE.matcher(TEXT.matcher(query).replaceAll("")).replaceAll("");
    Set<String> labels = names(inside(SELECTOR, bare) + " " + inside(GROUPING, bare));
    labels.remove("le");
    Set<String> metrics = names(without(GROUPING, without(SELECTOR, bare)));
    metrics.removeAll(WORDS);
    return new PromQl(metrics, labels);
  }

  private static String inside(Pattern pattern, String query) {
    return pattern.matcher(query).results().map(m -> m.group(1)).collect(Collectors.joining(" "));
  }

  private static String without(Pattern pattern, String query) {
    return pattern.matcher(query).replaceAll(" ");
  }

  private static Set<String> names(String text) {
    Matcher names = NAME.matcher(text);
    return names.results().map(m -> m.group()).collect(Collectors.toSet());
  }
}
