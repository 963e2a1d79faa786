package dev.matviews.scenario;

import dev.matviews.playground.OperatorProcess;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an operator tells Prometheus at one moment.
 *
 * @param series their values, by name and labels as {@link #id} writes them
 * @param help by the name of the metric
 * @param types by the name of the metric
 */
record Scrape(Map<String, Double> series, Map<String, String> help, Map<String, String> types) {

  private static final Pattern META = Pattern.compile("# (HELP|TYPE) (\\S+) (.*)");
  private static final Pattern SAMPLE = Pattern.compile("([^#\\s{]+)(?:\\{(.*)\\})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern PART = Pattern.compile("_(bucket|count|sum|max)$");

  static Scrape of(OperatorProcess operator) {
    return parse(operator.metrics());
  }

  private static Scrape parse(String text) {
    Scrape scrape = new Scrape(new LinkedHashMap<>(), new TreeMap<>(), new TreeMap<>());
    for (String line : text.lines().toList()) {
      Matcher meta = META.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (meta.matches()) {
        Map<String, String> into = meta.group(1).equals("HELP") ? scrape.help : scrape.types;
        into.put(meta.group(2), meta.group(3));
      } else if (sample.matches()) {
        String labels = sample.group(2) == null ? "" : sample.group(2);
        scrape.series.put(
            id(sample.group(1), labelsOf(labels)), Double.parseDouble(number(sample.group(3))));
      }
    }
    return scrape;
  }

  private static String number(String text) {
    return text.replace("+Inf", "Infinity").replace("-Inf", "-Infinity");
  }

  private static Map<String, String> labelsOf(String text) {
    Function<MatchResult, String> value = found -> found.group(2);
    return LABEL
        .matcher(text)
        .results()
        .collect(Collectors.toMap(found -> found.group(1), value, (a, b) -> b, TreeMap::new));
  }

  private static String id(String name, Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(label -> "%s=\"%s\"".formatted(label.getKey(), label.getValue()))
        .collect(Collectors.joining(", ", name + "{", "}"));
  }

  /** The value of one series; {@code labels} are names and values in turn, all that it has. */
  OptionalDouble value(String name, String... labels) {
    Map<String, String> wanted = new TreeMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      wanted.put(labels[i], labels[i + 1]);
    }
    Double found = series.get(id(name, wanted));
    return found == null ? OptionalDouble.empty() : OptionalDouble.of(found);
  }

  /** Of all series that begin so and have these values of labels. */
  double sum(String beginning, String... values) {
    return series.entrySet().stream()
        .filter(one -> one.getKey().startsWith(beginning))
        .filter(one -> Arrays.stream(values).allMatch(v -> one.getKey().contains("=\"" + v + "\"")))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** The names of all samples. */
  Set<String> samples() {
    return series.keySet().stream()
        .map(id -> id.substring(0, id.indexOf('{')))
        .collect(Collectors.toSet());
  }

  /** Of the metrics, so that a histogram is one. */
  Set<String> metrics(String prefix) {
    return samples().stream()
        .filter(name -> name.startsWith(prefix))
        .map(this::whole)
        .collect(Collectors.toSet());
  }

  private String whole(String sample) {
    String base = PART.matcher(sample).replaceFirst("");
    return Set.of("histogram", "summary").contains(types.getOrDefault(base, "")) ? base : sample;
  }

  /** The names of the labels of all samples of a name. */
  Set<String> labels(String sample) {
    return series.keySet().stream()
        .filter(id -> id.startsWith(sample + "{"))
        .flatMap(id -> labelsOf(id).keySet().stream())
        .collect(Collectors.toSet());
  }

  /** As input of promtool: each series with the value that it has, for some time. */
  String asInput(String... prefixes) {
    return series.entrySet().stream()
        .filter(one -> Arrays.stream(prefixes).anyMatch(one.getKey()::startsWith))
        .filter(one -> !one.getValue().isNaN())
        .map(
            one ->
                "      - {series: '%s', values: '%s+0x20'}\n"
                    .formatted(one.getKey(), number(one.getValue())))
        .collect(Collectors.joining());
  }

  private static String number(double value) {
    return Double.isInfinite(value) ? "+Inf" : Double.toString(value);
  }
}
