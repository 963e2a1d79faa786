package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server refuses of a MaterializedView but its refresh, and what the user reads. */
class RefusedViewsTest {

  private static final String BYTES =
      "a name in PostgreSQL has at most 63 bytes and no NUL character";
  private static final String IANA = "a time zone is an IANA name such as Europe/Berlin or UTC";

  record Row(String what, String yaml, String message) {
    @Override
    public String toString() {
      return what;
    }
  }

  @ParameterizedTest
  @MethodSource({"objects", "names", "queries", "indexes"})
  void refused(Row row) {
    var object = Objects.view(row.yaml);
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(object))).contains(row.message);
  }

  static List<Row> objects() {
    return List.of(
        row("no spec", "spec: null", "spec: Required value"),
        row("no connection", "spec: {connectionRef: null}", "spec.connectionRef: Required value"),
        row(
            "connection without a name",
            "spec: {connectionRef: {name: null}}",
            "spec.connectionRef.name: Required value"),
        row(
            "empty name of a connection",
            "spec: {connectionRef: {name: ''}}",
            "spec.connectionRef.name: Invalid value"),
        row(
            "connection of another namespace",
            "spec: {connectionRef: {name: other/pg}}",
            "name an object of the same namespace by its metadata.name alone"),
        row(
            "namespace of a connection",
            "spec: {connectionRef: {namespace: other}}",
            "unknown field \"spec.connectionRef.namespace\""),
        row("a misspelt field", "spec: {quary: x}", "unknown field \"spec.quary\""),
        row("suspend as a word", "spec: {suspend: sure}", "spec.suspend: Invalid value"));
  }

  static List<Row> names() {
    return List.of(
        row("empty schema", "spec: {schema: ''}", "spec.schema: Invalid value"),
        row("schema of 64 letters", "spec: {schema: " + "s".repeat(64) + "}", "spec.schema: Too"),
        row("schema of 64 bytes", "spec: {schema: " + "é".repeat(32) + "}", BYTES),
        row("schema with NUL", "spec: {schema: \"a\\0b\"}", BYTES),
        row("empty viewName", "spec: {viewName: ''}", "spec.viewName: Invalid value"),
        row("viewName of 64 letters", "spec: {viewName: " + "v".repeat(64) + "}", "viewName: Too"),
        row("viewName of 64 bytes", "spec: {viewName: " + "é".repeat(32) + "}", BYTES),
        row("viewName with NUL", "spec: {viewName: \"a\\0b\"}", BYTES),
        row("viewName that YAML takes for true", "spec: {viewName: true}", "of type string"),
        row(
            "name of 64 letters without viewName",
            "metadata: {name: " + "n".repeat(64) + "}",
            "spec.viewName: Invalid value: metadata.name is longer than the 63 bytes that a name"
                + " in PostgreSQL has: set spec.viewName"));
  }

  static List<Row> queries() {
    return List.of(
        row("no sql", "spec: {sql: null}", "spec.sql: Required value"),
        row("empty sql", "spec: {sql: ''}", "spec.sql: Invalid value"),
        row("white space as sql", "spec: {sql: \" \\n\\t \"}", "not only white space"),
        row("sql with NUL", "spec: {sql: \"select '\\0'\"}", "without NUL characters"),
        row("sql of 65537 letters", "spec: {sql: " + "x".repeat(65537) + "}", "spec.sql: Too long"),
        row("empty searchPath", "spec: {searchPath: []}", "spec.searchPath: Invalid value"),
        row(
            "searchPath of 33",
            "spec: {searchPath: [" + numbered("s", 33) + "]}",
            "spec.searchPath: Too many"),
        row("empty name in searchPath", "spec: {searchPath: ['']}", "spec.searchPath[0]: Invalid"),
        row(
            "64 bytes in searchPath",
            "spec: {searchPath: [" + "é".repeat(32) + "]}",
            "spec.searchPath: Invalid value: " + BYTES),
        row("searchPath as one text", "spec: {searchPath: 'a, b'}", "spec.searchPath: Invalid"),
        row("sessionTimeZone by POSIX", "spec: {sessionTimeZone: '<+03>-03'}", IANA),
        row("sessionTimeZone as an offset", "spec: {sessionTimeZone: '+02:00'}", IANA),
        row(
            "sessionTimeZone of 65 letters",
            "spec: {sessionTimeZone: " + "z".repeat(65) + "}",
            "spec.sessionTimeZone: Too long"));
  }

  static List<Row> indexes() {
    return List.of(
        index("index without a name", "columns: [a]", "spec.indexes[0].name: Required value"),
        index("index without columns", "name: i", "spec.indexes[0].columns: Required value"),
        index("no column", "name: i, columns: []", "spec.indexes[0].columns: Invalid value"),
        index("33 columns", "name: i, columns: [" + numbered("c", 33) + "]", "columns: Too many"),
        index("an empty column", "name: i, columns: ['']", "spec.indexes[0].columns[0]: Invalid"),
        index("a column of 64 bytes", "name: i, columns: [" + "é".repeat(32) + "]", BYTES),
        index("a column with NUL", "name: i, columns: [\"\\0\"]", BYTES),
        index(
            "a column twice",
            "name: i, columns: [a, b, a]",
            "spec.indexes[0].columns: Invalid value: columns names a column twice: remove one"),
        index("an index of 64 bytes", "columns: [a], name: " + "é".repeat(32), BYTES),
        index("an index of 64 letters", "columns: [a], name: " + "i".repeat(64), "name: Too long"),
        row(
            "an index twice",
            "spec: {indexes: [{name: i, columns: [a]}, {name: i, columns: [b]}]}",
            "spec.indexes[1]: Duplicate value: {\"name\":\"i\"}"),
        row("33 indexes", "spec: {indexes: [" + indexes(33) + "]}", "spec.indexes: Too many"));
  }

  private static Row row(String what, String yaml, String message) {
    return new Row(what, yaml, message);
  }

  private static Row index(String what, String yaml, String message) {
    return row(what, "spec: {indexes: [{" + yaml + "}]}", message);
  }

  private static String numbered(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).collect(Collectors.joining(", "));
  }

  private static String indexes(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{name: i" + i + ", columns: [a]}")
        .collect(Collectors.joining(", "));
  }
}
