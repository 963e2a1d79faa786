package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("Others' objects that stand on a view keep it from being replaced:")
class StandingIT {

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static Tenant tenant;

  @BeforeAll
  static void moveIn(Tenant moved) {
    tenant = moved;
  }

  @Test
  @DisplayName("a materialized view, until it is gone")
  void materializedView() {
    standing("below", "CREATE MATERIALIZED VIEW app.theirs AS SELECT a FROM app.below");
    refused("below", "SELECT 2 AS a, 3 AS b", "materialized view app.theirs");
    assertThat(Objects.requireNonNull(tenant.status("below").dependents()).names())
        .containsExactly("materialized view app.theirs");
    tenant.sql("DROP MATERIALIZED VIEW app.theirs");
    tenant.awaitPass("below");
    tenant.awaitReady("below");
    assertThat(tenant.value("SELECT a FROM app.below")).isEqualTo("2");
  }

  @Test
  @DisplayName("an SQL function")
  void function() {
    standing(
        "called", "CREATE FUNCTION app.f() RETURNS int BEGIN ATOMIC SELECT a FROM app.called; END");
    refused("called", "SELECT 2 AS a, 3 AS b", "function app.f()");
  }

  @Test
  @DisplayName(
      "a plain view that needs a column which the new definition lacks, or of another type")
  void plainView() {
    standing("needed", "CREATE VIEW app.needs AS SELECT a FROM app.needed");
    tenant.own("needs");
    refused("needed", "SELECT 2 AS c", "view app.needs needs a integer");
    refused("needed", "SELECT '2'::text AS a", "view app.needs needs a integer");
    tenant.view("needed", "SELECT 0 AS c, 2 AS a", "");
    tenant.awaitReady("needed");
    assertThat(tenant.value("SELECT a FROM app.needs")).isEqualTo("2");
  }

  @Test
  @DisplayName("what it reads itself is told too")
  void dependencies() {
    tenant.sql("CREATE TABLE app.source AS SELECT 1 AS a");
    tenant.own("source");
    tenant.view("reads", "SELECT a FROM source", "");
    assertThat(tenant.awaitReady("reads").dependencies()).containsExactly("app.source");
  }

  private static void standing(String view, String onTop) {
    tenant.view(view, "SELECT 1 AS a, 2 AS b", "");
    tenant.awaitReady(view);
    tenant.sql(onTop);
  }

  private static void refused(String view, String sql, String named) {
    String before = tenant.relations();
    String runs = tenant.value("SELECT count(*) FROM matview_operator.runs");
    tenant.view(view, sql, "");
    MaterializedViewStatus status = tenant.awaitReason(view, "FALSE/DependentsExist");
    assertThat(Tenant.message(status)).contains(named);
    assertThat(Tenant.condition(status.conditions(), "Stalled")).isNotNull();
    assertThat(tenant.relations()).as("nothing is built").isEqualTo(before);
    assertThat(tenant.value("SELECT count(*) FROM matview_operator.runs")).isEqualTo(runs);
    assertThat(tenant.value("SELECT a FROM app." + view)).as("served").isEqualTo("1");
  }
}
