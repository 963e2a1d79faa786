package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the API server refuses of a MaterializedView but its refresh and indexes, and what people
 * read.
 */
class RefusedViewsTest {

  private static final String BYTES =
      "a name in PostgreSQL has at most 63 bytes and no NUL character";
  private static final String IANA = "a time zone is an IANA name such as Europe/Berlin or UTC";

  private static final String NOT_OURS =
      "managementPolicy RefreshOnly changes nothing but the view's data: remove sql, owner,"
          + " grants, comment, storage and indexes";

  @ParameterizedTest
  @MethodSource({"objects", "names", "queries", "policies", "grants", "properties"})
  void refused(Refused row) {
    var object = Objects.view(row.yaml());
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(object))).contains(row.message());
  }

  static List<Refused> objects() {
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
            "dependency of another namespace",
            "spec: {dependsOn: [{name: other/a}]}",
            "name an object of the same namespace by its metadata.name alone"),
        row(
            "a dependency twice",
            "spec: {dependsOn: [{name: a}, {name: a}]}",
            "spec.dependsOn[1]: Duplicate value"),
        row(
            "connection of another namespace",
            "spec: {connectionRef: {name: other/pg}}",
            "name an object of the same namespace by its metadata.name alone"),
        row(
            "namespace of a connection",
            "spec: {connectionRef: {namespace: other}}",
            "unknown field \"spec.connectionRef.namespace\""),
        row("a misspelt field", "spec: {quary: x}", "unknown field \"spec.quary\""),
        row("maxStaleness of 0", "spec: {maxStaleness: 0s}", "maxStaleness is at least 1s"),
        row("maxStaleness in days", "spec: {maxStaleness: 1d}", "a duration is written such as"),
        row("historyLimit of 0", "spec: {historyLimit: 0}", "greater than or equal to 1"),
        row("historyLimit of 201", "spec: {historyLimit: 201}", "less than or equal to 200"),
        row("suspend as a word", "spec: {suspend: sure}", "spec.suspend: Invalid value"));
  }

  static List<Refused> names() {
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
        row("deletionPolicy Orphan", "spec: {deletionPolicy: Orphan}", "\"Delete\", \"Retain\""),
        row(
            "name of 64 letters without viewName",
            "metadata: {name: " + "n".repeat(64) + "}",
            "spec.viewName: Invalid value: metadata.name is longer than the 63 bytes that a name"
                + " in PostgreSQL has: set spec.viewName"));
  }

  static List<Refused> queries() {
    return List.of(
        row(
            "no sql",
            "spec: {sql: null}",
            "spec.sql: Required value: managementPolicy Manage needs sql: add the view's query"),
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

  static List<Refused> policies() {
    return List.of(
        row("RefreshOnly with sql", "spec: {managementPolicy: RefreshOnly}", NOT_OURS),
        refreshOnly("owner", "owner: a", NOT_OURS),
        refreshOnly("grants", "grants: [{role: a, privileges: [SELECT]}]", NOT_OURS),
        refreshOnly("comment", "comment: a", NOT_OURS),
        refreshOnly("storage", "storage: {tablespace: a}", NOT_OURS),
        refreshOnly("indexes", "indexes: [{name: a, columns: [a]}]", NOT_OURS),
        refreshOnly(
            "deletion",
            "deletionPolicy: Delete",
            "spec.deletionPolicy: Invalid value: managementPolicy RefreshOnly never drops the"
                + " view: set deletionPolicy to Retain"),
        refreshOnly(
            "a swap",
            "refresh: {mode: Swap}",
            "spec.refresh.mode: Invalid value: managementPolicy RefreshOnly never replaces the view:"
                + " set refresh.mode to Auto, Standard or Concurrent"),
        row("managementPolicy", "spec: {managementPolicy: None}", "\"Manage\", \"RefreshOnly\""),
        row("changePolicy", "spec: {changePolicy: Never}", "\"Automatic\", \"OnApproval\""),
        row("adoptionPolicy", "spec: {adoptionPolicy: Never}", "\"Always\", \"IfIdentical\""),
        row("driftPolicy", "spec: {driftPolicy: Ignore}", "\"Correct\", \"Report\""),
        row("deletionPolicy", "spec: {deletionPolicy: Keep}", "\"Delete\", \"Retain\""));
  }

  static List<Refused> grants() {
    return List.of(
        grant("grant to nobody", "privileges: [SELECT]", "spec.grants[0].role: Required value"),
        grant("grant to an empty role", "role: '', privileges: [SELECT]", "role: Invalid value"),
        grant("role of 64 bytes", "privileges: [SELECT], role: " + "é".repeat(32), BYTES),
        grant(
            "PUBLIC in small letters",
            "role: public, privileges: [SELECT]",
            "spec.grants[0].role: Invalid value: \"public\": every role is written PUBLIC, in capitals"),
        grant("grant of nothing", "role: a", "spec.grants[0].privileges: Required value"),
        grant("grant of none", "role: a, privileges: []", "privileges: Invalid value"),
        grant("grant of INSERT", "role: a, privileges: [INSERT]", "Unsupported value: \"INSERT\""),
        grant("grant in small letters", "role: a, privileges: [select]", "\"select\""),
        grant(
            "a privilege twice",
            "role: a, privileges: [SELECT, SELECT]",
            "spec.grants[0].privileges[1]: Duplicate value: \"SELECT\""),
        grant(
            "PUBLIC with the grant option",
            "role: PUBLIC, privileges: [SELECT], withGrantOption: true",
            "spec.grants[0].withGrantOption: Invalid value: PUBLIC cannot pass privileges on"),
        row(
            "a role twice",
            "spec: {grants: [{role: a, privileges: [SELECT]}, {role: a, privileges: [TRIGGER]}]}",
            "spec.grants[1]: Duplicate value: {\"role\":\"a\"}"),
        row("65 grants", "spec: {grants: [" + grants(65) + "]}", "spec.grants: Too many"));
  }

  static List<Refused> properties() {
    return List.of(
        row("empty owner", "spec: {owner: ''}", "spec.owner: Invalid value"),
        row("owner of 64 bytes", "spec: {owner: " + "é".repeat(32) + "}", BYTES),
        row("empty comment", "spec: {comment: ''}", "spec.comment: Invalid value"),
        row("comment of 1025", "spec: {comment: " + "x".repeat(1025) + "}", "comment: Too long"),
        row("comment with NUL", "spec: {comment: \"a\\0b\"}", "a comment in PostgreSQL has no NUL"),
        row("empty tablespace", "spec: {storage: {tablespace: ''}}", "tablespace: Invalid value"),
        row("tablespace of 64", "spec: {storage: {tablespace: " + "é".repeat(32) + "}}", BYTES),
        row(
            "a parameter with quotes",
            "spec: {storage: {parameters: {'\"fillfactor\"': '70'}}}",
            "spec.storage.parameters: Invalid value: a parameter's name has small letters"),
        row(
            "a parameter with a semicolon",
            "spec: {storage: {parameters: {fillfactor: '70;'}}}",
            "spec.storage.parameters: Invalid value: a parameter's value has letters, digits"));
  }

  private static Refused row(String what, String yaml, String message) {
    return new Refused(what, yaml, message);
  }

  private static Refused refreshOnly(String what, String yaml, String message) {
    return row(
        "RefreshOnly with " + what,
        "spec: {sql: null, managementPolicy: RefreshOnly, " + yaml + "}",
        message);
  }

  private static Refused grant(String what, String yaml, String message) {
    return row(what, "spec: {grants: [{" + yaml + "}]}", message);
  }

  private static String numbered(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).collect(Collectors.joining(", "));
  }

  private static String grants(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{role: r" + i + ", privileges: [SELECT]}")
        .collect(Collectors.joining(", "));
  }
}
