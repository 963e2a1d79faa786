package dev.matviews.playground;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The field status.history of some views as a table, oldest run first. */
final class RunHistory {

  private static final List<String> FIELDS =
      List.of("trigger", "startTime", "durationSeconds", "result", "reason");
  private static final List<String> TITLES =
      List.of("VIEW", "TRIGGER", "START", "SECONDS", "RESULT", "REASON");

  private RunHistory() {}

  static String tableOf(List<GenericKubernetesResource> views) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(TITLES);
    views.forEach(view -> rows.addAll(rowsOf(view)));
    return rows.stream().map(row -> line(row, widths(rows))).collect(Collectors.joining());
  }

  private static List<List<String>> rowsOf(GenericKubernetesResource view) {
    List<Map<String, Object>> history = view.get("status", "history");
    if (history == null) {
      return List.of();
    }
    List<List<String>> rows = new ArrayList<>();
    history.forEach(run -> rows.add(row(view.getMetadata().getName(), run)));
    Collections.reverse(rows);
    return rows;
  }

  private static List<String> row(String view, Map<String, Object> run) {
    List<String> row = new ArrayList<>(List.of(view));
    FIELDS.forEach(field -> row.add(run.get(field) == null ? "" : run.get(field).toString()));
    return row;
  }

  private static List<Integer> widths(List<List<String>> rows) {
    return IntStream.range(0, TITLES.size())
        .mapToObj(
            column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElseThrow())
        .toList();
  }

  private static String line(List<String> row, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < row.size(); column++) {
      String cell = row.get(column);
      line.append(cell).append(" ".repeat(widths.get(column) - cell.length() + 3));
    }
    return line.toString().stripTrailing() + System.lineSeparator();
  }
}
