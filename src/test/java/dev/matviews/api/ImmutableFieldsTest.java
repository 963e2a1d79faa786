package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may not change once an object is there, and that all else may. */
class ImmutableFieldsTest {

  private static final String NAME = "metadata: {name: immutable-fields}";

  @AfterEach
  void delete() {
    TestApiServer.client().resource(Objects.view(NAME)).delete();
    TestApiServer.client().resource(Objects.connection(NAME)).delete();
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          connectionRef: {name: a}         | connectionRef: {name: b} | spec.connectionRef: Invalid value: connectionRef is immutable: make a new
          schema: a                        | schema: b                | schema is immutable: make a new MaterializedView
          schema: a                        | schema: null             | schema is immutable
          suspend: false                   | schema: a                | schema is immutable
          suspend: false                   | viewName: a              | viewName is immutable: it cannot be added, changed or removed
          viewName: a                      | viewName: b              | viewName is immutable: it cannot be added, changed or removed
          viewName: a                      | viewName: null           | viewName is immutable: it cannot be added, changed or removed
          """)
  void viewRefused(String created, String edited, String message) {
    assertThat(refusalOfEdit(view(created), view(created, edited))).contains(message);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          bookkeepingSchema: a   | bookkeepingSchema: b    | bookkeepingSchema is immutable, since it says which views are whose
          bookkeepingSchema: a   | bookkeepingSchema: null | bookkeepingSchema is immutable
          port: 1                | bookkeepingSchema: a    | bookkeepingSchema is immutable
          """)
  void connectionRefused(String created, String edited, String message) {
    assertThat(refusalOfEdit(connection(created), connection(created, edited))).contains(message);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          sql: select 1             | sql: select 2
          viewName: a               | sql: select 2
          schema: public            | schema: null
          searchPath: [a]           | searchPath: null
          sessionTimeZone: UTC      | sessionTimeZone: Asia/Tokyo
          refresh: {interval: 10s}  | refresh: {interval: null, schedule: '@daily', timeZone: UTC}
          suspend: true             | indexes: [{name: i, columns: [a]}]
          managementPolicy: Manage  | managementPolicy: RefreshOnly, sql: null
          deletionPolicy: Delete    | deletionPolicy: Retain
          owner: a                  | owner: b, grants: [{role: a, privileges: [SELECT]}]
          """)
  void viewAccepted(String created, String edited) {
    assertThat(refusalOfEdit(view(created), view(created, edited))).isEmpty();
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          host: a                | host: b
          port: 1                | secretRef: {name: rotated}
          database: a            | database: null
          tls: {mode: require}   | tls: {mode: verify-ca, caSecretRef: {name: ca}}
          """)
  void connectionAccepted(String created, String edited) {
    assertThat(refusalOfEdit(connection(created), connection(created, edited))).isEmpty();
  }

  private static String refusalOfEdit(
      GenericKubernetesResource created, GenericKubernetesResource edited) {
    Objects.apply("kubectl", created);
    return Objects.refusalOf(() -> Objects.tryApply(edited));
  }

  private static GenericKubernetesResource view(String... fields) {
    return Objects.view(linesOf(fields));
  }

  private static GenericKubernetesResource connection(String... fields) {
    return Objects.connection(linesOf(fields));
  }

  private static String[] linesOf(String... fields) {
    String[] lines = new String[fields.length + 1];
    lines[0] = NAME;
    for (int i = 0; i < fields.length; i++) {
      lines[i + 1] = "spec: {" + fields[i] + "}";
    }
    return lines;
  }
}
