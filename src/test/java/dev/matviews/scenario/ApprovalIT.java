package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.PlannedChange;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Stage.Extension.class)
@DisplayName("A changed definition under changePolicy OnApproval")
class ApprovalIT {

  private static final String POLICY = "changePolicy: OnApproval\n";
  private static final String INDEX = "indexes: [{name: shown_a, columns: [a]}]\n";
  private static final String PENDING = "FALSE/ChangePendingApproval";
  private static final Duration SOON = Duration.ofSeconds(5);

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static Tenant tenant;

  @BeforeAll
  static void moveIn(Tenant moved) {
    tenant = moved;
  }

  @Test
  @DisplayName("is shown, and goes live with the annotation that names it and with no other")
  void waits() {
    tenant.view("shown", "SELECT 1 AS a", POLICY + INDEX);
    tenant.awaitReady("shown");
    tenant.sql("CREATE VIEW app.on_top AS SELECT a FROM app.shown");
    tenant.own("on_top");
    tenant.view("shown", "SELECT 2 AS a", POLICY + INDEX);
    MaterializedViewStatus status = tenant.awaitReason("shown", "FALSE/ChangePendingApproval");
    PlannedChange change = planned(status);
    assertThat(Tenant.condition(status.conditions(), "Stalled")).isNotNull();
    assertThat(Tenant.message(status))
        .contains(
            "annotate --overwrite matview shown matviews.dev/approved-change=" + change.hash());
    assertThat(String.join("\n", change.steps()))
        .containsSubsequence(
            "CREATE MATERIALIZED VIEW",
            "AS SELECT 2 AS a",
            "REFRESH MATERIALIZED VIEW",
            "CREATE INDEX \"shown_a\"",
            "ALTER MATERIALIZED VIEW \"app\".\"matviews_new\" RENAME TO \"shown\"",
            "view app.on_top",
            "DROP MATERIALIZED VIEW");
    assertThat(change.locks()).contains("ACCESS EXCLUSIVE on app.shown");
    assertThat(change.needsBytes()).isPositive();

    tenant.approve("shown", "not-this-one");
    assertThat(Tenant.ready(tenant.awaitPass("shown"))).isEqualTo("FALSE/ChangePendingApproval");
    assertThat(tenant.value("SELECT a FROM app.on_top")).as("served meanwhile").isEqualTo("1");
    tenant.approve("shown", change.hash());
    tenant.await("shown", SOON, s -> Tenant.ready(s).equals("TRUE/InSync"));
    assertThat(tenant.value("SELECT a FROM app.on_top")).isEqualTo("2");
    assertThat(tenant.status("shown").plannedChange()).isNull();
    tenant.awaitEvent("shown", "Rebuilt");
  }

  @Test
  @DisplayName("needs another approval when it was edited after it was shown")
  void stale() {
    tenant.view("edited", "SELECT 1 AS a", POLICY);
    tenant.awaitReady("edited");
    tenant.view("edited", "SELECT 2 AS a", POLICY);
    String first = planned(tenant.awaitReason("edited", PENDING)).hash();
    tenant.view("edited", "SELECT 3 AS a", POLICY);
    String second = planned(tenant.awaitReason("edited", PENDING)).hash();
    assertThat(second).isNotEqualTo(first);
    tenant.approve("edited", first);
    assertThat(Tenant.ready(tenant.awaitPass("edited"))).isEqualTo(PENDING);
    assertThat(tenant.value("SELECT a FROM app.edited")).isEqualTo("1");
    tenant.approve("edited", second);
    tenant.await("edited", SOON, s -> Tenant.ready(s).equals("TRUE/InSync"));
    assertThat(tenant.value("SELECT a FROM app.edited")).isEqualTo("3");
    tenant.view("edited", "SELECT 2 AS a", POLICY);
    tenant.awaitReason("edited", PENDING);
  }

  @ParameterizedTest(name = "mode {0}")
  @DisplayName("is the time zone too, in which refreshes go on as before")
  @ValueSource(strings = {"Standard", "Swap"})
  void timeZone(String mode) {
    String name = "zone_" + mode.toLowerCase(Locale.ROOT);
    String object = name.replace('_', '-');
    String sql = "SELECT current_setting('TimeZone') AS zone, clock_timestamp() AS at";
    String spec = POLICY + "refresh: {mode: %s}\n".formatted(mode);
    tenant.view(object, sql, spec);
    tenant.awaitReady(object);
    tenant.view(object, sql, spec + "sessionTimeZone: Asia/Tokyo\n");
    PlannedChange change = planned(tenant.awaitReason(object, PENDING));
    String before = tenant.value("SELECT at FROM app." + name);
    tenant.annotate(object, "now");
    tenant.awaitValue("SELECT at > '%s' FROM app.%s".formatted(before, name), SOON, "t");
    assertThat(tenant.value("SELECT zone FROM app." + name)).isEqualTo("UTC");

    tenant.approve(object, change.hash());
    tenant.awaitValue("SELECT zone FROM app." + name, SOON, "Asia/Tokyo");
    tenant.awaitReady(object);
  }

  @Test
  @DisplayName("keeps the view on a source that is replaced meanwhile, which is said")
  void sourceReplaced() {
    tenant.view("under", "SELECT 1 AS a", "");
    tenant.view("over", "SELECT a FROM under", POLICY);
    tenant.awaitReady("over");
    tenant.view("over", "SELECT a, a AS again FROM under", POLICY);
    tenant.awaitReason("over", PENDING);
    tenant.view("under", "SELECT 2 AS a", "");
    tenant.await("over", SOON, s -> String.join("\n", s.warnings()).contains("was replaced"));
    assertThat(tenant.value("SELECT a FROM app.over")).isEqualTo("1");

    tenant.view("over", "SELECT a FROM under", POLICY);
    tenant.awaitValue("SELECT a FROM app.over", SOON, "2");
    tenant.awaitReady("over");
    assertThat(String.join("\n", tenant.status("over").warnings())).doesNotContain("was replaced");
  }

  @Test
  @DisplayName("is no more than a spelling where PostgreSQL reads the same, and waits for nobody")
  void spelling() {
    tenant.view("spelled", "SELECT 1 AS a", POLICY);
    tenant.awaitReady("spelled");
    String before = tenant.relations();
    tenant.view("spelled", "select 1 as A", POLICY);
    tenant.awaitReady("spelled");
    assertThat(tenant.relations()).isEqualTo(before);
  }

  private static PlannedChange planned(MaterializedViewStatus status) {
    return Objects.requireNonNull(status.plannedChange());
  }
}
