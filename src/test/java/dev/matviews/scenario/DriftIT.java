package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.RefreshTrigger;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("What changes in the database by another hand")
class DriftIT {

  private static final String SQL =
      "SELECT g AS id, g * g AS square FROM generate_series(1, 100) g";
  private static final String INDEXES =
      """
      indexes:
      - {name: squares_key, unique: true, columns: [id]}
      - {name: squares_square, columns: [square]}
      """;

  /** The resync interval of the stage and some air. */
  private static final Duration ONE_PASS = Duration.ofSeconds(8);

  private Tenant tenant;

  @BeforeEach
  void view(Tenant moved) {
    tenant = moved;
    tenant.view("squares", SQL, INDEXES);
    tenant.awaitReady("squares");
  }

  @Test
  @DisplayName("a dropped view comes back filled, with its indexes, at the next pass")
  void droppedViewComesBack() {
    tenant.sql("DROP MATERIALIZED VIEW app.squares");
    awaitWholeAgain(ONE_PASS);
  }

  @Test
  @DisplayName("a dropped view comes back at once when the spec is edited or a refresh requested")
  void droppedViewComesBackAtOnce() {
    tenant.sql("DROP MATERIALIZED VIEW app.squares");
    tenant.annotate("squares", "1");
    awaitWholeAgain(Duration.ofSeconds(2));
    tenant.sql("DROP MATERIALIZED VIEW app.squares");
    tenant.view("squares", SQL, INDEXES + "refresh: {timeout: 59m}");
    awaitWholeAgain(Duration.ofSeconds(2));
  }

  @Test
  @DisplayName("a view emptied by hand is filled again")
  void emptiedViewIsFilledAgain() {
    tenant.sql("REFRESH MATERIALIZED VIEW app.squares WITH NO DATA");
    awaitWholeAgain(ONE_PASS);
  }

  @Test
  @DisplayName("while suspended nothing is changed, and what differs from the spec is no secret")
  void suspended() {
    tenant.view("squares", SQL, INDEXES + "suspend: true");
    tenant.awaitReady("squares");
    tenant.sql("DROP INDEX app.squares_square");
    assertThat(Tenant.ready(tenant.awaitPass("squares"))).isEqualTo("FALSE/Suspended");
    awaitIndexes(Duration.ofSeconds(1), "squares_key");
    tenant.view("squares", SQL, INDEXES);
    awaitWholeAgain(Duration.ofSeconds(5));
  }

  @Test
  @DisplayName("a dropped index comes back, one that left the spec goes, others' are left alone")
  void indexes() {
    tenant.sql(
        "DROP INDEX app.squares_square", "CREATE INDEX by_hand ON app.squares (square DESC)");
    awaitIndexes(ONE_PASS, "by_hand,squares_key,squares_square");
    tenant.view(
        "squares",
        SQL,
        """
        indexes:
        - {name: squares_key, unique: true, columns: [id]}
        - {name: squares_both, columns: [square, id]}
        """);
    awaitIndexes(Duration.ofSeconds(5), "by_hand,squares_both,squares_key");
    tenant.awaitReady("squares");
    tenant.awaitEvent("squares", "IndexCreated", "squares_both");
  }

  @Test
  @DisplayName("an index that is not valid any more is built again, under the same name")
  void invalidIndex() {
    tenant.sql(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.squares_square'::regclass");
    String invalid = tenant.value("SELECT 'app.squares_square'::regclass::oid");
    awaitIndexes(ONE_PASS, "squares_key,squares_square");
    assertThat(tenant.value("SELECT 'app.squares_square'::regclass::oid")).isNotEqualTo(invalid);
    tenant.awaitReady("squares");
  }

  @Test
  @DisplayName("another spelling of the query builds nothing, another query is brought to life")
  void changedDefinition() {
    String oid = tenant.value("SELECT 'app.squares'::regclass::oid");
    tenant.view(
        "squares", "select  g as ID, G*g AS square from GENERATE_SERIES(1, 100) as g", INDEXES);
    tenant.awaitReady("squares");
    assertThat(tenant.value("SELECT 'app.squares'::regclass::oid")).isEqualTo(oid);
    tenant.view("squares", "SELECT 1 AS id, 2 AS square", INDEXES);
    tenant.awaitReady("squares");
    assertThat(tenant.value("SELECT square FROM app.squares")).isEqualTo("2");
    assertThat(Objects.requireNonNull(tenant.status("squares").lastAttempt()).trigger())
        .isEqualTo(RefreshTrigger.Definition);
  }

  @Test
  @DisplayName("an object deleted and applied again takes its view over without a rebuild")
  void deleteAndApplyAgain() {
    String oid = tenant.value("SELECT 'app.squares'::regclass::oid");
    String runs = tenant.value("SELECT count(*) FROM matview_operator.runs");
    tenant.delete("squares");
    assertThat(tenant.value("SELECT count(*) FROM app.squares")).isEqualTo("100");
    tenant.view("squares", SQL, INDEXES);
    tenant.awaitReady("squares");
    assertThat(tenant.value("SELECT 'app.squares'::regclass::oid")).isEqualTo(oid);
    assertThat(tenant.value("SELECT count(*) FROM matview_operator.runs")).isEqualTo(runs);
  }

  /** The framework may forget the second event when it comes while the object is looked at. */
  @Test
  @DisplayName("an object deleted and applied again at any moment is looked at within seconds")
  void deleteAndApplyAgainAtOnce() {
    for (int i = 0; i < 20; i++) {
      tenant.annotate("squares", "look-" + i);
      tenant.delete("squares");
      tenant.view("squares", SQL, INDEXES);
      tenant.await("squares", Duration.ofSeconds(20), s -> Tenant.ready(s).equals("TRUE/InSync"));
    }
  }

  @Test
  @DisplayName("a view or table that is not ours is refused and left alone")
  void notOurs() {
    tenant.sql(
        "CREATE TABLE app.taken (a int)",
        "CREATE MATERIALIZED VIEW app.foreign_view AS SELECT 2 AS one",
        "ALTER MATERIALIZED VIEW app.foreign_view OWNER TO \"%s\"".formatted(tenant.role()));
    tenant.view("taken", "SELECT 1 AS a", "");
    tenant.view("foreign-view", "SELECT 1 AS one", "");
    tenant.view("squares-too", SQL, "viewName: squares");
    tenant.awaitReason("taken", "FALSE/NotAMaterializedView");
    tenant.awaitReason("foreign-view", "FALSE/AlreadyExists");
    tenant.awaitReason("squares-too", "FALSE/TargetConflict");
    tenant.delete("squares-too");
    tenant.awaitReady("squares");
  }

  @Test
  @DisplayName("a status deleted by hand is filled again from the database, without a refresh")
  void statusIsACopy() {
    MaterializedViewStatus before = tenant.await("squares", ONE_PASS, DriftIT::counted);
    tenant.deleteStatus("squares");
    MaterializedViewStatus after = tenant.await("squares", ONE_PASS, DriftIT::counted);
    assertThat(after.lastAttempt()).isEqualTo(before.lastAttempt());
    assertThat(after.dataAsOf()).isEqualTo(before.dataAsOf());
  }

  /** The rows are counted when the run has ended already. */
  private static boolean counted(MaterializedViewStatus status) {
    return status.lastAttempt() != null && status.lastAttempt().rowsAfter() != null;
  }

  private void awaitWholeAgain(Duration limit) {
    tenant.awaitValue(
        "SELECT coalesce((SELECT relispopulated::text FROM pg_class"
            + " WHERE oid = to_regclass('app.squares')), 'gone')",
        limit,
        "true");
    assertThat(tenant.value("SELECT count(*) FROM app.squares")).isEqualTo("100");
    awaitIndexes(Duration.ofSeconds(1), "squares_key,squares_square");
    tenant.awaitReady("squares");
  }

  private void awaitIndexes(Duration limit, String names) {
    tenant.awaitValue(
        "SELECT string_agg(indexrelid::regclass::text, ',' ORDER BY indexrelid::regclass::text)"
            + " FROM pg_index WHERE indrelid = to_regclass('app.squares') AND indisvalid",
        limit,
        names.replaceAll("(\\w+)", "app.$1"));
  }
}
