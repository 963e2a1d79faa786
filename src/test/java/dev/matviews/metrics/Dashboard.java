package dev.matviews.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The dashboard that the chart ships. */
public final class Dashboard {

  private static final Path FILE = Path.of("helm", "matview-operator", "files", "dashboard.json");
  private static final Pattern VARIABLE_QUERY = Pattern.compile("label_values\\((.*), *(\\w+)\\)");

  private Dashboard() {}

  static JsonNode read() throws IOException {
    return new ObjectMapper().readTree(FILE.toFile());
  }

  /** What its panels ask Prometheus. */
  public static List<String> queries() throws IOException {
    return read().findValuesAsText("expr");
  }

  /** What its variables ask Prometheus, each as a query that groups by the label. */
  public static List<String> variableQueries() throws IOException {
    JsonNode variables = read().required("templating").required("list");
    return StreamSupport.stream(variables.spliterator(), false)
        .filter(variable -> variable.path("type").asText().equals("query"))
        .flatMap(variable -> Stream.of(variable.required("definition").asText()))
        .map(text -> VARIABLE_QUERY.matcher(text).replaceFirst("count by ($2) ($1)"))
        .toList();
  }

  /** With everything chosen, as Grafana sends it. */
  public static String sent(String query) {
    return query
        .replace("$__rate_interval", "5m")
        .replace("$namespace", ".*")
        .replace("$connection", ".*");
  }
}
