package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@ExtendWith(Stage.Extension.class)
@DisplayName("When the operator is killed")
class ChangeCrashIT {

  static final List<String> CREATION = List.of("steps-done", "steps-committed");
  static final List<String> CHANGE =
      List.of(
          "shadow-created",
          "shadow-filled",
          "index-built",
          "shadow-vacuumed",
          "before-swap",
          "after-swap");
  static final List<String> INDEX_CHANGE = List.of("successor-built", "successor-exchanged");
  static final List<String> DELETION = List.of("view-dropped", "drop-committed");

  private static final String ALONE = "crash.alone";

  /** Long enough for two starts of an operator on a machine that has other work too. */
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private static final int KILLED = 137;

  private static final String OLD = "SELECT id, label, n FROM source";
  private static final String NEW = "SELECT id, label, -n AS n FROM source";
  private static final String OLD_INDEX = "{name: v_key, unique: true, columns: [id]}";
  private static final String NEW_INDEX = "{name: v_key, unique: true, columns: [id, n]}";

  private static final String SHADOWS =
      "SELECT count(*) FROM pg_class WHERE relname ~ '^matviews_|__old'";

  private Stage stage;
  private Tenant tenant;

  @BeforeEach
  void source(Stage shared, Tenant moved) {
    stage = shared;
    tenant = moved;
    tenant.sql(
        "CREATE TABLE app.source AS SELECT g AS id, 'label ' || g AS label, g % 7 AS n"
            + " FROM generate_series(1, 1000) g",
        "GRANT SELECT ON app.source TO \"%s\"".formatted(tenant.role()));
  }

  @Test
  @DisplayName("in a change, around its swap and in a deletion, nothing is lost or left")
  void changedAndDeletedUnderKills() {
    view();
    List<String> before = tenant.catalogue();
    try (Readers readers = readers()) {
      killAtEach(
          List.of("shadow-filled", "before-swap", "after-swap"), () -> define(NEW, OLD_INDEX));
      assertChanged(before);
      assertThat(readers.stop()).as("reads that failed or were empty").isEmpty();
    }
    tenant.sql("DROP VIEW app.on_both, app.on_top");
    killAtEach(List.of("drop-committed"), () -> tenant.delete("v"));
    assertDeleted();
  }

  @ParameterizedTest
  @FieldSource("CREATION")
  @EnabledIfSystemProperty(named = ALONE, matches = "true")
  @DisplayName("in a creation, the next one makes the view")
  void creation(String failpoint) {
    killAtEach(List.of(failpoint), () -> define(OLD, OLD_INDEX));
    assertCreated();
  }

  @ParameterizedTest
  @FieldSource("CHANGE")
  @EnabledIfSystemProperty(named = ALONE, matches = "true")
  @DisplayName("in a change of the definition, the next one brings it to life")
  void change(String failpoint) {
    view();
    List<String> before = tenant.catalogue();
    try (Readers readers = readers()) {
      killAtEach(List.of(failpoint), () -> define(NEW, OLD_INDEX));
      assertChanged(before);
      assertThat(readers.stop()).as("reads that failed or were empty").isEmpty();
    }
  }

  @ParameterizedTest
  @FieldSource("INDEX_CHANGE")
  @EnabledIfSystemProperty(named = ALONE, matches = "true")
  @DisplayName("in a change of an index, the next one ends it")
  void indexChange(String failpoint) {
    view();
    List<String> before = tenant.catalogue();
    killAtEach(List.of(failpoint), () -> define(OLD, NEW_INDEX));
    assertIndexChanged(before);
  }

  @ParameterizedTest
  @FieldSource("DELETION")
  @EnabledIfSystemProperty(named = ALONE, matches = "true")
  @DisplayName("in a deletion, the next one lets the object go")
  void deletion(String failpoint) {
    define(OLD, OLD_INDEX);
    tenant.awaitReady("v");
    killAtEach(List.of(failpoint), () -> tenant.delete("v"));
    assertDeleted();
  }

  private void view() {
    define(OLD, OLD_INDEX);
    tenant.awaitReady("v");
    Belongings.give(tenant);
  }

  private void define(String sql, String index) {
    tenant.view("v", sql, "deletionPolicy: Delete\nindexes: [" + index + "]");
  }

  private Readers readers() {
    return Readers.of(tenant, "SELECT count(*) FROM app.on_both", "1000");
  }

  /** Each operator goes on with what the one before it left, and a whole one ends it. */
  private void killAtEach(List<String> failpoints, Runnable edit) {
    try {
      stage.startOperatorThatDiesAt(failpoints.get(0));
      edit.run();
      assertKilled(failpoints.get(0));
      for (String failpoint : failpoints.subList(1, failpoints.size())) {
        stage.startOperatorThatDiesAt(failpoint);
        assertKilled(failpoint);
      }
    } finally {
      stage.startOperatorAgain();
    }
  }

  private void assertKilled(String failpoint) {
    assertThat(stage.operator().exitStatus(LIMIT)).as(failpoint).hasValue(KILLED);
  }

  private void assertCreated() {
    tenant.await("v", LIMIT, s -> Tenant.ready(s).equals("TRUE/InSync"));
    assertThat(tenant.value("SELECT count(*) FROM app.v")).isEqualTo("1000");
    assertThat(runs("Initial")).isEqualTo("Succeeded");
    assertNothingLeft();
  }

  private void assertChanged(List<String> before) {
    tenant.await("v", LIMIT, s -> Tenant.ready(s).equals("TRUE/InSync"));
    assertThat(tenant.value("SELECT min(n) FROM app.v")).isEqualTo("-6");
    assertThat(runs("Definition")).isEqualTo("Succeeded");
    assertThat(tenant.catalogue()).isEqualTo(before);
    assertNothingLeft();
  }

  private void assertIndexChanged(List<String> before) {
    tenant.await("v", LIMIT, s -> Tenant.ready(s).equals("TRUE/InSync"));
    assertThat(tenant.value("SELECT pg_get_indexdef('app.v_key'::regclass)")).endsWith("(id, n)");
    List<String> after = tenant.catalogue();
    assertThat(after).filteredOn(line -> !line.contains("v_key")).isEqualTo(without(before));
    assertThat(after).anyMatch(line -> line.startsWith("v_key|i|") && line.contains("|ours|"));
    assertNothingLeft();
  }

  private static List<String> without(List<String> before) {
    return before.stream().filter(line -> !line.contains("v_key")).toList();
  }

  private void assertDeleted() {
    Awaitility.await().atMost(LIMIT).until(() -> tenant.find("v").isEmpty());
    assertThat(
            tenant.value(
                "SELECT to_regclass('app.v') IS NULL AND NOT EXISTS"
                    + " (SELECT FROM matview_operator.views) AND NOT EXISTS"
                    + " (SELECT FROM matview_operator.runs)"))
        .isEqualTo("t");
    assertThat(tenant.value(SHADOWS)).isEqualTo("0");
  }

  private void assertNothingLeft() {
    tenant.awaitValue(SHADOWS, LIMIT, "0");
    tenant.awaitValue("SELECT scratch FROM matview_operator.views", LIMIT, "{}");
  }

  private String runs(String trigger) {
    return String.valueOf(
        tenant.value(
            "SELECT string_agg(result, ',') FROM matview_operator.runs WHERE trigger = '"
                + trigger
                + "'"));
  }
}
