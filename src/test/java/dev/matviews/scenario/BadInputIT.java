package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("Bad input leaves what is served as it is:")
class BadInputIT {

  private static final String INDEX = "indexes: [{name: bad_a, unique: true, columns: [a]}]";
  private static final String STARTED =
      "SELECT string_agg(run_id || ' ' || started_at, ', ' ORDER BY run_id)"
          + " FROM matview_operator.runs WHERE run_id LIKE 'Definition/%'";
  private static final Duration SOON = Duration.ofSeconds(5);

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static Tenant tenant;

  @BeforeAll
  static void moveIn(Tenant moved) {
    tenant = moved;
  }

  @Test
  @DisplayName("a definition that fails on its data, until it is mended")
  void failsOnData() {
    tenant.sql("CREATE TABLE app.zero AS SELECT 0 AS z");
    tenant.own("zero");
    tenant.view("bad", "SELECT 1 AS a", INDEX);
    tenant.awaitReady("bad");
    String before = tenant.relations();
    tenant.view("bad", "SELECT 1 / z AS a FROM zero", INDEX);
    MaterializedViewStatus status =
        tenant.await("bad", SOON, s -> Tenant.ready(s).equals("FALSE/QueryFailed"));
    assertThat(Tenant.message(status)).contains("22012 division_by_zero");
    assertThat(Objects.requireNonNull(status.lastAttempt()).sqlState()).isEqualTo("22012");
    assertThat(Tenant.condition(status.conditions(), "Stalled")).isNotNull();
    String runs = tenant.value(STARTED);
    assertThat(tenant.value("SELECT a FROM app.bad")).isEqualTo("1");
    assertThat(tenant.relations()).as("no shadow is left").isEqualTo(before);
    tenant.awaitPass("bad");
    assertThat(tenant.value(STARTED)).as("not tried again at each pass").isEqualTo(runs);
    assertThat(Tenant.ready(tenant.status("bad"))).isEqualTo("FALSE/QueryFailed");
    tenant.view("bad", "SELECT 1 + z AS a, z FROM zero", INDEX);
    tenant.await("bad", SOON, s -> Tenant.ready(s).equals("TRUE/InSync"));
    assertThat(tenant.value("SELECT z FROM app.bad")).isEqualTo("0");
  }

  @Test
  @DisplayName("a parameter with a semicolon does not even become an object")
  void semicolonInParameters() {
    for (String hostile :
        List.of(
            "indexes: [{name: i, columns: [a], parameters: {fillfactor: \"70); DROP\"}}]",
            "indexes: [{name: i, columns: [a], parameters: {\"fillfactor=70); DROP\": \"1\"}}]",
            "storage: {parameters: {autovacuum_enabled: \"off); DROP\"}}",
            "storage: {parameters: {\"x); DROP\": \"1\"}}")) {
      assertThatThrownBy(() -> tenant.view("hostile", "SELECT 1 AS a", hostile))
          .hasMessageContaining("parameter");
    }
  }

  @Test
  @DisplayName("a semicolon in any other text of the spec does nothing")
  void semicolons() {
    tenant.sql("CREATE TABLE app.victim AS SELECT 1 AS a");
    tenant.own("victim");
    List<String> hostile =
        List.of(
            "indexes: [{name: i, columns: [a], where: 'true); DROP TABLE app.victim; --'}]",
            "indexes: [{name: i, keys: [{expression: '(a)); DROP TABLE app.victim; --'}]}]",
            "grants: [{role: 'x\"; DROP TABLE app.victim; --', privileges: [SELECT]}]",
            "owner: 'x\"; DROP TABLE app.victim; --'");
    for (int i = 0; i < hostile.size(); i++) {
      tenant.view("hostile-" + i, "SELECT 1 AS a", hostile.get(i));
    }
    tenant.view("comment", "SELECT 1 AS a", "comment: \"'; DROP TABLE app.victim; --\"");
    for (int i = 0; i < hostile.size(); i++) {
      MaterializedViewStatus status =
          tenant.await("hostile-" + i, SOON, s -> Tenant.ready(s).startsWith("FALSE/"));
      assertThat(Tenant.condition(status.conditions(), "Stalled")).as(hostile.get(i)).isNotNull();
    }
    tenant.awaitReady("comment");
    assertThat(tenant.value("SELECT obj_description('app.comment'::regclass)"))
        .isEqualTo("'; DROP TABLE app.victim; --");
    assertThat(tenant.value("SELECT count(*) FROM app.victim")).isEqualTo("1");
  }
}
