package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server takes and refuses of a MaterializedViewRefresh, and what the user reads. */
class RefusedRunsTest {

  @AfterEach
  void delete() {
    TestApiServer.client().resource(Objects.run()).delete();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          materializedViewRef: null                | spec.materializedViewRef: Required value
          materializedViewRef: {name: null}        | spec.materializedViewRef.name: Required value
          materializedViewRef: {name: other/board} | name an object of the same namespace
          mode: CONCURRENT                         | Unsupported value: "CONCURRENT"
          cascade: Both                            | Unsupported value: "Both"
          ttlAfterFinished: 1d                     | a duration is written such as 500ms, 90s or 1h30m
          ttlAfterFinished: 745h                   | ttlAfterFinished is at most 744h
          sql: select 1                            | unknown field "spec.sql"
          """)
  void refused(String yaml, String message) {
    var object = Objects.run("spec: {" + yaml + "}");
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(object))).contains(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mode: Standard",
        "mode: Concurrent",
        "mode: Auto",
        "cascade: Downstream",
        "ttlAfterFinished: 0s"
      })
  void accepted(String yaml) {
    var object = Objects.run("spec: {" + yaml + "}");
    assertThat(Objects.refusalOf(() -> Objects.tryCreate(object))).isEmpty();
  }

  @Test
  @DisplayName("a run cannot be edited into another one")
  void immutable() {
    Objects.apply("kubectl", Objects.run());
    for (String edit :
        new String[] {"mode: Standard", "materializedViewRef: {name: b}", "ttlAfterFinished: 1h"}) {
      var edited = Objects.run("spec: {" + edit + "}");
      assertThat(Objects.refusalOf(() -> Objects.tryApply(edited)))
          .contains("is immutable: create another one");
    }
  }
}
