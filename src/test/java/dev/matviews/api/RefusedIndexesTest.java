package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server refuses of a MaterializedView's indexes, and what the user reads then. */
class RefusedIndexesTest {

  private static final String BYTES =
      "a name in PostgreSQL has at most 63 bytes and no NUL character";
  private static final String EITHER =
      "spec.indexes[0]: Invalid value: an index has either columns or keys: give exactly one";
  private static final String EXPRESSION =
      "give one SQL expression: not only white space, and without NUL characters";
  private static final String QUALIFIED = "give a name, or schema.name, each of at most 63 bytes";
  private static final String PARAMETER = "a parameter's name has small letters, digits";
  private static final String VALUE = "a parameter's value has letters, digits, underscores, dots";

  @ParameterizedTest
  @MethodSource({"lists", "columns", "keys", "methods", "expressions", "parameters"})
  void refused(Refused row) {
    var object = Objects.view("spec: {indexes: [" + row.yaml() + "]}");
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(object))).contains(row.message());
  }

  static List<Refused> lists() {
    return List.of(
        row(
            "an index twice",
            "{name: i, columns: [a]}, {name: i, columns: [b]}",
            "spec.indexes[1]: Duplicate value: {\"name\":\"i\"}"),
        row(
            "33 indexes",
            numbered(33, i -> "{name: i" + i + ", columns: [a]}"),
            "spec.indexes: Too many"),
        row("no name", "{columns: [a]}", "spec.indexes[0].name: Required value"),
        index("a name of 64 bytes", "columns: [a], name: " + "é".repeat(32), BYTES),
        index("a name of 64 letters", "columns: [a], name: " + "i".repeat(64), "name: Too long"));
  }

  static List<Refused> columns() {
    return List.of(
        index("neither columns nor keys", "name: i", EITHER),
        index("columns and keys", "columns: [a], keys: [{column: b}]", EITHER),
        index("no column", "columns: []", "spec.indexes[0].columns: Invalid value"),
        index("33 columns", "columns: [" + numbered(33, i -> "c" + i) + "]", "columns: Too many"),
        index("an empty column", "columns: ['']", "spec.indexes[0].columns[0]: Invalid"),
        index("a column of 64 bytes", "columns: [" + "é".repeat(32) + "]", BYTES),
        index("a column with NUL", "columns: [\"\\0\"]", BYTES),
        index(
            "a column twice",
            "columns: [a, b, a]",
            "spec.indexes[0].columns: Invalid value: a column is named twice: remove one"),
        index("include of none", "columns: [a], include: []", "include: Invalid value"),
        index(
            "include of 33",
            "columns: [a], include: [" + numbered(33, i -> "c" + i) + "]",
            "include: Too many"),
        index("include of 64 bytes", "columns: [a], include: [" + "é".repeat(32) + "]", BYTES),
        index(
            "include of one twice",
            "columns: [a], include: [b, b]",
            "spec.indexes[0].include: Invalid value: a column is named twice: remove one"));
  }

  static List<Refused> keys() {
    return List.of(
        index("no key", "keys: []", "spec.indexes[0].keys: Invalid value"),
        index(
            "33 keys",
            "keys: [" + numbered(33, i -> "{column: c" + i + "}") + "]",
            "keys: Too many"),
        key("an empty key", "", "spec.indexes[0].keys[0]: Invalid value: a key is either a column"),
        key("a column and an expression", "column: a, expression: b", "give exactly one of them"),
        key("a column of 64 bytes", "column: " + "é".repeat(32), BYTES),
        key("an empty expression", "expression: ''", "keys[0].expression: Invalid value"),
        key("white space as expression", "expression: \" \\t\\n\"", EXPRESSION),
        key("an expression with NUL", "expression: \"a || '\\0'\"", EXPRESSION),
        key(
            "an expression of 1025",
            "expression: " + "x".repeat(1025),
            "keys[0].expression: Too long"),
        key(
            "an order in capitals",
            "column: a, order: DESC",
            "supported values: \"asc\", \"desc\""),
        key("nulls nowhere", "column: a, nulls: never", "supported values: \"first\", \"last\""),
        key("no operator class", "column: a, operatorClass: ''", "operatorClass: Invalid value"),
        key("a dot before a name", "column: a, operatorClass: .x", QUALIFIED),
        key("a dot after a schema", "column: a, collation: x.", QUALIFIED),
        key("a collation with NUL", "column: a, collation: \"a\\0b\"", QUALIFIED),
        key("a collation of 128 bytes", "column: a, collation: " + "é".repeat(64), QUALIFIED),
        key("a collation of 128", "column: a, collation: " + "c".repeat(128), "Too long"));
  }

  static List<Refused> methods() {
    return List.of(
        index("an unknown method", "columns: [a], method: bloom", "Unsupported value: \"bloom\""),
        index("a method in capitals", "columns: [a], method: GIN", "Unsupported value: \"GIN\""),
        index(
            "unique by hash",
            "columns: [a], unique: true, method: hash",
            "spec.indexes[0].unique: Invalid value: only an index of method btree can be unique"),
        index(
            "nullsNotDistinct alone",
            "columns: [a], nullsNotDistinct: true",
            "spec.indexes[0].nullsNotDistinct: Invalid value: nullsNotDistinct needs a unique"),
        index(
            "include by gin",
            "columns: [a], include: [b], method: gin",
            "spec.indexes[0].include: Invalid value: only methods btree, gist and spgist can"),
        index(
            "a sorted key by gist",
            "keys: [{column: a}, {column: b, order: desc}], method: gist",
            "spec.indexes[0].keys: Invalid value: only method btree sorts: remove order and nulls"),
        index(
            "nulls first by brin",
            "keys: [{column: a, nulls: first}], method: brin",
            "spec.indexes[0].keys: Invalid value: only method btree sorts"));
  }

  static List<Refused> expressions() {
    return List.of(
        index("an empty where", "columns: [a], where: ''", "indexes[0].where: Invalid value"),
        index("white space as where", "columns: [a], where: ' '", EXPRESSION),
        index("where with NUL", "columns: [a], where: \"a = '\\0'\"", EXPRESSION),
        index("where of 2049", "columns: [a], where: " + "x".repeat(2049), "where: Too long"));
  }

  static List<Refused> parameters() {
    return List.of(
        parameters("a parameter in capitals", "FillFactor: '70'", PARAMETER),
        parameters("a parameter with a blank", "'fill factor': '70'", PARAMETER),
        parameters("a parameter of 64", "p".repeat(64) + ": '70'", PARAMETER),
        parameters("a value with more", "fillfactor: '70) tablespace x'", VALUE),
        parameters("a value in quotes", "fillfactor: \"'70'\"", VALUE),
        parameters("an empty value", "fillfactor: ''", VALUE),
        parameters("a value of 129", "fillfactor: '" + "7".repeat(129) + "'", "Too long"),
        parameters("a number as value", "fillfactor: 70", "must be of type string"),
        parameters("17 parameters", numbered(17, i -> "p" + i + ": '1'"), "parameters: Too many"));
  }

  private static Refused row(String what, String yaml, String message) {
    return new Refused(what, yaml, message);
  }

  /** With a name, unless it has one. */
  private static Refused index(String what, String yaml, String message) {
    return row(what, "{" + (yaml.contains("name: ") ? "" : "name: i, ") + yaml + "}", message);
  }

  private static Refused key(String what, String yaml, String message) {
    return index(what, "keys: [{" + yaml + "}]", message);
  }

  private static Refused parameters(String what, String yaml, String message) {
    return index(what, "columns: [a], parameters: {" + yaml + "}", message);
  }

  private static String numbered(int count, IntFunction<String> entry) {
    return IntStream.range(0, count).mapToObj(entry).collect(Collectors.joining(", "));
  }
}
