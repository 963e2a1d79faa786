package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("What another hand changed and the operator is to leave")
class DriftReportIT {

  private static final String REPORT = "driftPolicy: Report\n";
  private static final String INDEX = "indexes: [{name: indexed_a, columns: [a]}]\n";
  private static final Duration SOON = Duration.ofSeconds(5);

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static Tenant tenant;

  @BeforeAll
  static void moveIn(Tenant moved) {
    tenant = moved;
  }

  @Test
  @DisplayName("another definition stays, is told once, and goes when the change is approved")
  void definition() {
    tenant.view("defined", "SELECT 1 AS a", REPORT);
    tenant.awaitReady("defined");
    tenant.sql(
        "DROP MATERIALIZED VIEW app.defined",
        "CREATE MATERIALIZED VIEW app.defined AS SELECT 9 AS a");
    tenant.own("defined");
    MaterializedViewStatus status = tenant.awaitPass("defined");
    assertDrifted(status, "DefinitionChanged");
    tenant.awaitPass("defined");
    assertThat(tenant.value("SELECT a FROM app.defined")).isEqualTo("9");
    tenant.awaitEvent("defined", "DefinitionChanged");
    tenant.approve("defined", Objects.requireNonNull(status.plannedChange()).hash());
    awaitPutRight("defined");
    assertThat(tenant.value("SELECT a FROM app.defined")).isEqualTo("1");
  }

  @Test
  @DisplayName("a dropped index stays away until the policy or the index is edited")
  void index() {
    tenant.view("indexed", "SELECT 1 AS a", REPORT + INDEX);
    tenant.awaitReady("indexed");
    tenant.sql("DROP INDEX app.indexed_a");
    assertDrifted(tenant.awaitPass("indexed"), "IndexesChanged");
    tenant.awaitPass("indexed");
    assertThat(tenant.value("SELECT to_regclass('app.indexed_a')")).isNull();
    tenant.awaitEvent("indexed", "IndexesChanged");
    tenant.view("indexed", "SELECT 1 AS a", INDEX);
    tenant.await("indexed", SOON, s -> Tenant.drifted(s).isEmpty());
    tenant.awaitValue("SELECT to_regclass('app.indexed_a') IS NOT NULL", SOON, "t");
  }

  @Test
  @DisplayName("a dropped view stays away, and comes back with an edit of its definition")
  void dropped() {
    tenant.view("dropped", "SELECT 1 AS a", REPORT);
    tenant.awaitReady("dropped");
    tenant.sql("DROP MATERIALIZED VIEW app.dropped");
    tenant.annotate("dropped", "look");
    assertThat(Tenant.message(tenant.awaitReason("dropped", "FALSE/ObjectMissing")))
        .contains("driftPolicy is Report");
    assertThat(tenant.value("SELECT to_regclass('app.dropped')")).isNull();
    tenant.awaitEvent("dropped", "ObjectMissing");
    tenant.view("dropped", "SELECT 2 AS a", REPORT);
    tenant.awaitReady("dropped");
    assertThat(tenant.value("SELECT a FROM app.dropped")).isEqualTo("2");
  }

  @Test
  @DisplayName("a column that a star has gained is told, and is in the view once it is approved")
  void sourceColumnsApproved() {
    source("gained");
    tenant.view("gained", "SELECT * FROM gained_source", "");
    tenant.awaitReady("gained");
    tenant.sql("ALTER TABLE app.gained_source ADD b int DEFAULT 2");
    MaterializedViewStatus status = tenant.awaitPass("gained");
    assertDrifted(status, "SourceColumnsChanged");
    tenant.awaitPass("gained");
    assertThat(columns("gained")).isEqualTo("a");
    tenant.awaitEvent("gained", "SourceColumnsChanged");
    tenant.approve("gained", Objects.requireNonNull(status.plannedChange()).hash());
    awaitPutRight("gained");
    assertThat(columns("gained")).isEqualTo("a,b");
  }

  @Test
  @DisplayName("a column that a star has gained comes with the next edit of the definition")
  void sourceColumnsEdited() {
    source("edited");
    tenant.view("edited", "SELECT * FROM edited_source", "");
    tenant.awaitReady("edited");
    tenant.sql("ALTER TABLE app.edited_source ADD b int DEFAULT 2");
    assertDrifted(tenant.awaitPass("edited"), "SourceColumnsChanged");
    tenant.view("edited", "SELECT * FROM edited_source -- with b", "");
    tenant.await(
        "edited", SOON, s -> Tenant.drifted(s).isEmpty() && columns("edited").equals("a,b"));
  }

  private static void awaitPutRight(String view) {
    tenant.await(
        view, SOON, s -> Tenant.drifted(s).isEmpty() && Tenant.ready(s).equals("TRUE/InSync"));
  }

  private static void assertDrifted(MaterializedViewStatus status, String reason) {
    assertThat(Tenant.drifted(status)).isEqualTo("TRUE/" + reason);
    assertThat(Tenant.ready(status)).isEqualTo("TRUE/InSync");
  }

  private static void source(String view) {
    tenant.sql("CREATE TABLE app.%s_source AS SELECT 1 AS a".formatted(view));
    tenant.own(view + "_source");
  }

  /** Of none at the moment of a swap, when the name leads to what the look does not see yet. */
  private static String columns(String view) {
    return String.valueOf(
        tenant.value(
            "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute"
                + " WHERE attnum > 0 AND attrelid = 'app.%s'::regclass".formatted(view)));
  }
}
