package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.playground.TestCertificates;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(Stage.Extension.class)
@DisplayName("A mistake ends in its reason within 5 seconds, readable, and harms nobody else:")
class RefusalIT {

  private Tenant tenant;

  @BeforeEach
  void goodNeighbour(Tenant moved) {
    tenant = moved;
    tenant.sql("CREATE TABLE app.victim (a int)", "INSERT INTO app.victim VALUES (1)");
    tenant.sql("ALTER TABLE app.victim OWNER TO \"%s\"".formatted(tenant.role()));
    tenant.view("good", "SELECT a FROM victim", "");
    tenant.awaitReady("good");
  }

  @AfterEach
  void neighbourIsUnharmed() {
    tenant.annotate("good", "afterwards");
    tenant.await(
        "good", Duration.ofSeconds(5), s -> "afterwards".equals(s.lastHandledRefreshRequest()));
    assertThat(tenant.value("SELECT count(*) FROM app.victim")).isEqualTo("1");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bad SQL            | SELEC 1                                        | InvalidSQL     | line 1, column 1: syntax error
          unknown column     | SELECT b FROM victim                           | InvalidSQL     | column "b" does not exist
          missing table      | SELECT * FROM nowhere                          | SourceMissing  | relation "nowhere" does not exist
          semicolon attack   | SELECT 1 AS a; DROP TABLE app.victim           | UnsupportedSQL | exactly one
          writing WITH       | WITH d AS (DELETE FROM victim RETURNING *) SELECT * FROM d | UnsupportedSQL | data-modifying
          division by zero   | SELECT 1 / (a - a) AS x FROM victim            | QueryFailed    | 22012 division_by_zero
          """)
  void sql(String name, String sql, String reason, String message) {
    tenant.view("bad", sql, "");
    MaterializedViewStatus status = tenant.awaitReason("bad", "FALSE/" + reason);
    Tenant.assertReadable(ready(status), message);
  }

  @Test
  @DisplayName("a cron expression and a time zone that are none")
  void schedule() {
    tenant.view("bad-cron", "SELECT 1 AS a", "refresh: {schedule: '61 * * * *'}");
    tenant.view("never", "SELECT 1 AS a", "refresh: {schedule: '0 0 31 2 *'}");
    tenant.view("bad-zone", "SELECT 1 AS a", "sessionTimeZone: Mars/Olympus");
    Tenant.assertReadable(ready(tenant.awaitReason("bad-cron", "FALSE/InvalidSchedule")), "61");
    Tenant.assertReadable(ready(tenant.awaitReason("never", "FALSE/InvalidSchedule")), "31 2");
    Tenant.assertReadable(ready(tenant.awaitReason("bad-zone", "FALSE/InvalidTimeZone")), "Mars");
  }

  @Test
  @DisplayName("a name of 64 bytes is refused when it is applied")
  void longName() {
    String name = "n".repeat(64);
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> tenant.view(name, "SELECT 1 AS a", ""))
        .hasMessageContaining("63 bytes");
  }

  @Test
  @DisplayName("a view over what its role may not read keeps no data and says so")
  void permission() {
    tenant.sql("CREATE TABLE app.secret AS SELECT 1 AS a");
    tenant.view("bad", "SELECT a FROM secret", "");
    Tenant.assertReadable(ready(tenant.awaitReason("bad", "FALSE/PermissionDenied")), "42501");
  }

  @Test
  @DisplayName("mode Concurrent without a unique index")
  void concurrentWithoutUniqueIndex() {
    tenant.view("bad", "SELECT 1 AS a", "refresh: {mode: Concurrent}");
    Tenant.assertReadable(
        ready(tenant.awaitReason("bad", "FALSE/UniqueIndexRequired")), "unique index");
  }

  @Test
  @DisplayName("a connection that does not exist, and one without its Secret")
  void missingConnectionAndSecret() {
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: bad}
        spec: {connectionRef: {name: nobody}, sql: SELECT 1 AS a}
        """);
    tenant.awaitReason("bad", "FALSE/ConnectionNotFound");
    tenant.apply(connection("nobody", "no-secret", "disable"));
    tenant.awaitConnection("nobody", "FALSE/SecretNotFound", "no-secret");
    Tenant.assertReadable(
        ready(tenant.awaitReason("bad", "UNKNOWN/ConnectionNotReady")), "SecretNotFound");
    tenant.secret("no-secret", Tenant.PASSWORD);
    tenant.awaitConnection("nobody", "TRUE/InSync", "");
  }

  @Test
  @DisplayName("a connection or a Secret that only another namespace has")
  void ofAnotherNamespace(Stage stage) {
    Tenant other = Tenant.moveIn(stage);
    other.secret("theirs", Tenant.PASSWORD);
    other.apply(connection("theirs", "theirs", "disable"));
    other.awaitConnection("theirs", "TRUE/InSync", "");

    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: bad}
        spec: {connectionRef: {name: theirs}, schema: app, sql: SELECT 1 AS a}
        """);
    Tenant.assertReadable(ready(tenant.awaitReason("bad", "FALSE/ConnectionNotFound")), "theirs");
    tenant.apply(connection("mine", "theirs", "disable"));
    tenant.awaitConnection("mine", "FALSE/SecretNotFound", "theirs");

    assertThat(other.relations()).isEmpty();
    other.close();
  }

  @Test
  @DisplayName("a view is deleted at once, whatever is wrong with its Secret or database")
  void deletionNeverHangs() {
    tenant.secret("wrong", "not-this-one");
    tenant.apply(connection("wrong", "wrong", "disable"));
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: doomed}
        spec: {connectionRef: {name: wrong}, sql: SELECT 1 AS a}
        """);
    tenant.awaitReason("doomed", "UNKNOWN/ConnectionNotReady");
    assertThat(tenant.object("doomed").getFinalizers()).isEmpty();
    tenant.client().secrets().inNamespace(tenant.namespace()).withName("wrong").delete();
    tenant.delete("doomed");
    Awaitility.await()
        .atMost(Duration.ofSeconds(2))
        .until(
            () ->
                tenant
                        .client()
                        .resources(MaterializedView.class)
                        .inNamespace(tenant.namespace())
                        .withName("doomed")
                        .get()
                    == null);
  }

  @Test
  @DisplayName("a wrong password, until it is put right")
  void wrongPassword() {
    tenant.secret("wrong", "not-this-one");
    tenant.apply(connection("wrong", "wrong", "disable"));
    tenant.awaitConnection("wrong", "FALSE/AuthenticationFailed", "28P01");
    tenant.secret("wrong", Tenant.PASSWORD);
    tenant.awaitConnection("wrong", "TRUE/InSync", "");
  }

  @Test
  @DisplayName("a certificate of another authority or for another host; the right one works")
  void certificates(Stage stage) throws IOException {
    TestCertificates others = TestCertificates.generate(Stage.FOLDER.resolve("others"));
    tenant.authority("right-ca", stage.certificates());
    tenant.authority("wrong-ca", others);
    tenant.apply(tls("right", "right-ca", "verify-full", "localhost"));
    tenant.apply(tls("wrong", "wrong-ca", "verify-full", "localhost"));
    tenant.apply(tls("other-host", "right-ca", "verify-full", "127.0.0.1"));
    tenant.apply(tls("any-host", "right-ca", "verify-ca", "127.0.0.1"));
    tenant.awaitConnection("right", "TRUE/InSync", "");
    tenant.awaitConnection("wrong", "FALSE/TLSFailed", "caSecretRef");
    tenant.awaitConnection("other-host", "FALSE/TLSFailed", "made out to another host");
    tenant.awaitConnection("any-host", "TRUE/InSync", "");
  }

  @Test
  @DisplayName("a schema or an owner that the connection does not take")
  void notAllowed() {
    String narrow = "  allowedSchemas: [web, app]\n  allowedOwners: [somebody]\n";
    tenant.apply(connection("narrow", "db", "disable") + narrow);
    tenant.awaitConnection("narrow", "TRUE/InSync", "");
    String view =
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: %1$s}
        spec: {connectionRef: {name: narrow}, schema: %1$s, sql: SELECT 1 AS a}
        """;
    tenant.apply(view.formatted("app"));
    tenant.apply(view.formatted("public"));
    Tenant.assertReadable(
        ready(tenant.awaitReason("public", "FALSE/SchemaNotAllowed")), "web, app");
    Tenant.assertReadable(ready(tenant.awaitReason("app", "FALSE/OwnerNotAllowed")), tenant.role());

    tenant.sql("CREATE MATERIALIZED VIEW app.theirs AS SELECT 1 AS a");
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: theirs}
        spec: {connectionRef: {name: narrow}, schema: app, managementPolicy: RefreshOnly}
        """);
    Tenant.assertReadable(
        ready(tenant.awaitReason("theirs", "FALSE/OwnerNotAllowed")), "owner postgres");
  }

  @Test
  @DisplayName("an address where machines tell secrets to each other")
  void refusedAddress() {
    tenant.apply(connection("metadata", "db", "disable") + "  host: 169.254.169.254\n");
    tenant.awaitConnection("metadata", "FALSE/HostNotAllowed", "169.254.169.254");
  }

  @Test
  @DisplayName("a superuser's login")
  void superuser() {
    tenant.sql("CREATE ROLE \"%s-admin\" SUPERUSER LOGIN PASSWORD 'x'".formatted(tenant.role()));
    tenant
        .client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("admin")
                .withNamespace(tenant.namespace())
                .endMetadata()
                .addToStringData("username", tenant.role() + "-admin")
                .addToStringData("password", "x")
                .build())
        .create();
    tenant.apply(
        connection("admin", "admin", "disable")
            .replace(
                "spec:",
                "spec:\n  host: 127.0.0.1\n  port: %s\n  database: %s"
                    .formatted(tenant.value("SHOW port"), tenant.role())));
    tenant.awaitConnection("admin", "FALSE/PrivilegedRole", "superuser");
  }

  private static String connection(String name, String secret, String tls) {
    return """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: %s}
        spec:
          secretRef: {name: %s}
          tls: {mode: %s}
        """
        .formatted(name, secret, tls);
  }

  private static String tls(String name, String ca, String mode, String host) {
    return """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: %s}
        spec:
          secretRef: {name: db}
          host: %s
          tls: {mode: %s, caSecretRef: {name: %s}}
        """
        .formatted(name, host, mode, ca);
  }

  private static Condition ready(MaterializedViewStatus status) {
    return Objects.requireNonNull(Tenant.condition(status.conditions(), "Ready"));
  }
}
