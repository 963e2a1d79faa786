package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("Owner, grants, comment and storage parameters")
class AttributesIT {

  private static final Duration SOON = Duration.ofSeconds(5);

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static Tenant tenant;

  @BeforeAll
  static void moveIn(Tenant moved) {
    tenant = moved;
    for (String name : List.of("owner", "reader", "guest")) {
      tenant.sql("CREATE ROLE \"%s\"".formatted(role(name)));
    }
    tenant.sql(
        "GRANT \"%s\" TO \"%s\"".formatted(role("owner"), tenant.role()),
        "GRANT CREATE, USAGE ON SCHEMA app TO \"%s\"".formatted(role("owner")));
  }

  @Test
  @DisplayName("are as declared, follow an edit, and go with their declaration")
  void declared() {
    tenant.view(
        "declared",
        "SELECT current_user::text AS who",
        """
        owner: "%1$s"
        grants: [{role: "%2$s", privileges: [SELECT, REFERENCES], withGrantOption: true}]
        comment: It's; "so"
        storage: {parameters: {autovacuum_enabled: "false"}}
        """
            .formatted(role("owner"), role("reader")));
    tenant.awaitReady("declared");
    assertThat(attributes("declared"))
        .isEqualTo("owner reader=r*x* autovacuum_enabled=false It's; \"so\"");
    assertThat(tenant.value("SELECT who FROM app.declared")).isEqualTo(role("owner"));
    String oid = tenant.value("SELECT 'app.declared'::regclass::oid");
    tenant.view(
        "declared",
        "SELECT current_user::text AS who",
        """
        owner: "%1$s"
        grants: [{role: "%2$s", privileges: [SELECT]}]
        comment: another
        storage: {parameters: {fillfactor: "80"}}
        """
            .formatted(role("owner"), role("reader")));
    tenant.awaitReady("declared");
    assertThat(attributes("declared")).isEqualTo("owner reader=r fillfactor=80 another");
    tenant.view("declared", "SELECT current_user::text AS who", "");
    tenant.awaitReady("declared");
    assertThat(attributes("declared")).as("the owner stays").isEqualTo("owner");
    assertThat(tenant.value("SELECT 'app.declared'::regclass::oid")).isEqualTo(oid);
  }

  @Test
  @DisplayName("are put right after another hand changed them, and what others granted stays")
  void corrected() {
    tenant.view("corrected", "SELECT 1 AS a", all());
    tenant.awaitReady("corrected");
    String before = attributes("corrected");
    tenant.sql("GRANT SELECT ON app.corrected TO \"%s\"".formatted(role("guest")));
    changeByHand("corrected");
    tenant.awaitPass("corrected");
    assertThat(attributes("corrected")).isEqualTo(before.replace("reader=r", "reader=r,guest=r"));
  }

  @Test
  @DisplayName("that were taken back before their change could begin never come")
  void takenBack() {
    tenant.view("held", "SELECT 1 AS a", "");
    tenant.awaitReady("held");
    for (String slow : List.of("slow-1", "slow-2")) {
      tenant.view(slow, "SELECT pg_sleep(600)::text AS a", "");
    }
    String sleeping = "datname = current_database() AND wait_event = 'PgSleep'";
    tenant.awaitValue("SELECT count(*) FROM pg_stat_activity WHERE " + sleeping, SOON, "2");
    tenant.view(
        "held",
        "SELECT 1 AS a",
        "owner: \"%s\"\nindexes: [{name: held_a, columns: [a]}]".formatted(role("owner")));
    tenant.awaitReason("held", "FALSE/ChangingDefinition");
    tenant.view("held", "SELECT 1 AS a", "");
    tenant.awaitReady("held");
    tenant.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE " + sleeping);

    tenant.view("held", "SELECT 1 AS a", "indexes: [{name: held_b, columns: [a]}]");
    tenant.awaitValue("SELECT to_regclass('app.held_b') IS NOT NULL", SOON, "t");
    tenant.awaitReady("held");
    assertThat(tenant.value("SELECT matviewowner FROM pg_matviews WHERE matviewname = 'held'"))
        .isEqualTo(tenant.role());
    tenant.delete("slow-1");
    tenant.delete("slow-2");
  }

  @Test
  @DisplayName("keep a grant that its role has passed on, and say how to end it")
  void passedOn() {
    String grants =
        "grants: [{role: \"%s\", privileges: [SELECT], withGrantOption: true}]"
            .formatted(role("reader"));
    tenant.view("passed", "SELECT 1 AS a", grants);
    tenant.awaitReady("passed");
    tenant.sql(
        "GRANT USAGE ON SCHEMA app TO \"%s\"".formatted(role("reader")),
        "SET ROLE \"%s\"".formatted(role("reader")),
        "GRANT SELECT ON app.passed TO \"%s\"".formatted(role("guest")),
        "RESET ROLE");
    tenant.view("passed", "SELECT 1 AS a", "");
    MaterializedViewStatus status = tenant.awaitReason("passed", "FALSE/PermissionDenied");
    assertThat(Tenant.message(status)).contains("grants of app.passed", "passed it on");
    tenant.sql(
        "SET ROLE \"%s\"".formatted(role("reader")),
        "REVOKE SELECT ON app.passed FROM \"%s\"".formatted(role("guest")),
        "RESET ROLE");
    tenant.awaitReady("passed");
  }

  @Test
  @DisplayName("stay as another hand made them under driftPolicy Report, which says so once")
  void reported() {
    tenant.view("reported", "SELECT 1 AS a", all() + "driftPolicy: Report\n");
    tenant.awaitReady("reported");
    changeByHand("reported");
    String changed = attributes("reported");
    MaterializedViewStatus status = tenant.awaitPass("reported");
    assertThat(Tenant.drifted(status)).isEqualTo("TRUE/AttributesChanged");
    assertThat(Tenant.ready(status)).isEqualTo("TRUE/InSync");
    tenant.awaitPass("reported");
    assertThat(attributes("reported")).isEqualTo(changed);
    tenant.awaitEvent("reported", "AttributesChanged");
    tenant.view("reported", "SELECT 1 AS a", all());
    tenant.await("reported", SOON, s -> Tenant.drifted(s).isEmpty());
    assertThat(attributes("reported")).isEqualTo("owner reader=r fillfactor=70 mine");
  }

  @Test
  @DisplayName("name another owner under driftPolicy Report: it stays and is reported as such")
  void anotherOwner() {
    tenant.view("owned", "SELECT 1 AS a", all() + "driftPolicy: Report\n");
    tenant.awaitReady("owned");
    tenant.sql("ALTER MATERIALIZED VIEW app.owned OWNER TO \"%s\"".formatted(tenant.role()));
    MaterializedViewStatus status = tenant.awaitPass("owned");
    assertThat(Tenant.drifted(status)).isEqualTo("TRUE/OwnershipChanged");
    assertThat(Tenant.ready(status)).isEqualTo("TRUE/InSync");
    assertThat(status.owner()).isEqualTo(tenant.role());
  }

  @Test
  @DisplayName("that cannot be are refused in words that say what to do")
  void refused() {
    String stranger = role("stranger");
    tenant.sql("CREATE ROLE \"%s\"".formatted(stranger));
    tenant.view("no-owner", "SELECT 1 AS a", "owner: \"%s\"".formatted(stranger));
    tenant.view("no-role", "SELECT 1 AS a", "grants: [{role: nobody, privileges: [SELECT]}]");
    tenant.view("no-parameter", "SELECT 1 AS a", "storage: {parameters: {no_such: \"1\"}}");
    assertThat(Tenant.message(tenant.awaitReason("no-owner", "FALSE/OwnerNotAllowed")))
        .contains(stranger, "GRANT it to the connecting role");
    assertThat(Tenant.message(tenant.awaitReason("no-role", "FALSE/InvalidSQL")))
        .contains("grants of app.no_role", "role \"nobody\" does not exist");
    assertThat(Tenant.message(tenant.awaitReason("no-parameter", "FALSE/InvalidSQL")))
        .contains("storage.parameters of app.no_parameter", "no_such");
    tenant.view("was-ours", "SELECT 1 AS a", "");
    tenant.awaitReady("was-ours");
    tenant.view("was-ours", "SELECT 1 AS a", "owner: \"%s\"".formatted(stranger));
    assertThat(Tenant.message(tenant.awaitReason("was-ours", "FALSE/OwnerNotAllowed")))
        .contains(stranger);
  }

  private static String all() {
    return """
        owner: "%s"
        grants: [{role: "%s", privileges: [SELECT]}]
        comment: mine
        storage: {parameters: {fillfactor: "70"}}
        """
        .formatted(role("owner"), role("reader"));
  }

  /** All in one transaction: the operator puts right what it sees between two. */
  private static void changeByHand(String view) {
    tenant.sql(
        """
        ALTER MATERIALIZED VIEW app.%1$s RESET (fillfactor);
        REVOKE ALL ON app.%1$s FROM "%2$s";
        COMMENT ON MATERIALIZED VIEW app.%1$s IS 'theirs'
        """
            .formatted(view, role("reader")));
  }

  private static String role(String name) {
    return tenant.role() + "-" + name;
  }

  /** Owner, grants, parameters and comment, the roles without the tenant's name. */
  private static String attributes(String view) {
    return Objects.requireNonNull(
            tenant.value(
                """
                SELECT concat_ws(' ', pg_get_userbyid(relowner), (
                    SELECT string_agg(grants, ',' ORDER BY grants DESC) FROM (
                      SELECT pg_get_userbyid(grantee) || '=' || string_agg(
                        CASE privilege_type WHEN 'SELECT' THEN 'r' ELSE 'x' END
                          || CASE WHEN is_grantable THEN '*' ELSE '' END, ''
                        ORDER BY privilege_type DESC) AS grants
                      FROM aclexplode(relacl) WHERE grantee <> relowner GROUP BY grantee) g),
                  array_to_string(reloptions, ','), obj_description(oid))
                FROM pg_class WHERE oid = 'app.%s'::regclass
                """
                    .formatted(view)))
        .replace(tenant.role() + "-", "");
  }
}
