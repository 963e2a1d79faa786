package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.matviews.api.v1alpha1.EffectiveMode;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.RefreshTrigger;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("A view that is only refreshed")
class RefreshOnlyIT {

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static Tenant tenant;

  @BeforeAll
  static void moveIn(Tenant moved) {
    tenant = moved;
  }

  @Test
  @DisplayName("is refreshed by schedule and request as its own indexes allow, without DDL")
  void scheduleAndRequest(Stage stage) {
    tenant.sql("CREATE TABLE app.source AS SELECT 1 AS a");
    tenant.own("source");
    byHand("plain", "SELECT a FROM app.source");
    byHand("keyed", "SELECT a FROM app.source");
    tenant.sql("CREATE UNIQUE INDEX keyed_key ON app.keyed (a)");
    List<String> ddl = stage.ddl(tenant);
    tenant.registered("plain", "refresh: {interval: 10s}");
    tenant.registered("keyed", "refresh: {interval: 10s}");
    tenant.awaitReady("plain");
    tenant.awaitReady("keyed");
    tenant.sql("INSERT INTO app.source VALUES (2)");
    assertThat(awaitScheduled("plain").effectiveMode()).isEqualTo(EffectiveMode.Standard);
    assertThat(awaitScheduled("keyed").effectiveMode()).isEqualTo(EffectiveMode.Concurrent);
    assertThat(rows("plain") + rows("keyed")).isEqualTo("22");
    tenant.sql("INSERT INTO app.source VALUES (3)");
    tenant.awaitPass("plain");
    tenant.awaitPass("keyed");
    assertThat(rows("plain") + rows("keyed")).isEqualTo("33");
    assertThat(stage.ddl(tenant)).as("DDL").isEqualTo(ddl);
    tenant.awaitEvent("keyed", "Adopted");
  }

  @Test
  @DisplayName("needs no more than MAINTAIN, and says what it needs when it has no right at all")
  void maintain(Stage stage) {
    String role = "\"" + tenant.role() + "\"";
    tenant.sql("CREATE MATERIALIZED VIEW app.theirs AS SELECT 1 AS a");
    tenant.registered("theirs", "");
    MaterializedViewStatus refused = tenant.awaitReason("theirs", "FALSE/PermissionDenied");
    assertThat(Tenant.message(refused)).contains("GRANT MAINTAIN");
    assumeThat(Integer.parseInt(Objects.requireNonNull(tenant.value("SHOW server_version_num"))))
        .as("MAINTAIN came with PostgreSQL 17")
        .isGreaterThanOrEqualTo(170000);
    List<String> ddl = stage.ddl(tenant);
    tenant.sql("GRANT MAINTAIN ON app.theirs TO " + role);
    MaterializedViewStatus refreshed = tenant.awaitPass("theirs");
    assertThat(Objects.requireNonNull(refreshed.lastAttempt()).result()).hasToString("Succeeded");
    assertThat(refreshed.owner()).isEqualTo("postgres");
    assertThat(stage.ddl(tenant)).as("DDL").isEqualTo(ddl);
  }

  @Test
  @DisplayName("has to exist, and to be one")
  void missing() {
    tenant.sql("CREATE TABLE app.a_table (a int)");
    tenant.registered("later", "");
    tenant.registered("a-table", "");
    MaterializedViewStatus missing = tenant.awaitReason("later", "FALSE/ViewMissing");
    assertThat(Tenant.message(missing)).contains("RefreshOnly never makes one");
    tenant.awaitReason("a-table", "FALSE/NotAMaterializedView");
    byHand("later", "SELECT 1 AS a");
    tenant.awaitPass("later");
    tenant.awaitReady("later");
  }

  @Test
  @DisplayName("is refreshed on request while it is suspended, from its first day on")
  void suspended() {
    byHand("paused", "SELECT 1 AS a");
    tenant.registered("paused", "suspend: true");
    tenant.awaitReady("paused");
    assertThat(Objects.requireNonNull(tenant.awaitPass("paused").lastAttempt()).result())
        .hasToString("Succeeded");
  }

  @Test
  @DisplayName("may have been managed before and may be again, without a rebuild")
  void switching(Stage stage) {
    tenant.view("switched", "SELECT 1 AS a", "indexes: [{name: switched_a, columns: [a]}]");
    tenant.awaitReady("switched");
    String before = tenant.relations();
    tenant.registered("switched", "");
    tenant.awaitReady("switched");
    assertThat(tenant.relations()).isEqualTo(before);
    tenant.sql("DROP INDEX app.switched_a", "COMMENT ON MATERIALIZED VIEW app.switched IS 'mine'");
    String changed = tenant.relations();
    tenant.awaitPass("switched");
    assertThat(tenant.relations()).as("nothing is put right").isNotEqualTo(before);
    assertThat(names(tenant.relations())).isEqualTo(names(changed));
    String oid = tenant.value("SELECT 'app.switched'::regclass::oid");
    tenant.view("switched", "SELECT 1 AS a", "indexes: [{name: switched_a, columns: [a]}]");
    tenant.awaitReady("switched");
    assertThat(tenant.value("SELECT 'app.switched'::regclass::oid")).isEqualTo(oid);
    tenant.awaitValue(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('app.switched_a')",
        Duration.ofSeconds(5),
        "t");
  }

  private static String names(String relations) {
    return relations.replaceAll(" \\d+", "");
  }

  private static MaterializedViewStatus awaitScheduled(String view) {
    return tenant.await(
        view,
        Duration.ofSeconds(15),
        s ->
            s.lastAttempt() != null
                && s.lastAttempt().trigger() == RefreshTrigger.Schedule
                && rows(view).equals("2"));
  }

  private static String rows(String view) {
    return Objects.requireNonNull(tenant.value("SELECT count(*) FROM app." + view));
  }

  private static void byHand(String view, String sql) {
    tenant.sql("CREATE MATERIALIZED VIEW app.%s AS %s".formatted(view, sql));
    tenant.sql("ALTER MATERIALIZED VIEW app.%s OWNER TO \"%s\"".formatted(view, tenant.role()));
  }
}
