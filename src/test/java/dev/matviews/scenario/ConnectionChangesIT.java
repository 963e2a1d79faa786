package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Breaker;
import dev.matviews.api.v1alpha1.Capabilities;
import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.api.v1alpha1.PostgresConnectionStatus;
import dev.matviews.api.v1alpha1.UnmanagedViews;
import dev.matviews.playground.TestCertificates;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Stage.Extension.class)
@DisplayName("A connection whose surroundings change")
class ConnectionChangesIT {

  /** As the stage sets it; a minute for users. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  /** Until it is examined though nothing has failed. */
  private static final Duration UNASKED = Duration.ofSeconds(15);

  @Test
  @DisplayName("tells what is behind it")
  void health(Tenant tenant) {
    tenant.view("ours", "SELECT 1 AS a", "");
    tenant.awaitReady("ours");
    tenant.sql("CREATE MATERIALIZED VIEW app.theirs AS SELECT 1 AS a");
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(tenant.connection("db").getStatus().unmanagedViews())
                    .isEqualTo(new UnmanagedViews(1, List.of("app.theirs"))));
    PostgresConnectionStatus status = tenant.connection("db").getStatus();
    assertThat(tenant.value("SHOW server_version")).startsWith(status.serverVersion());
    assertThat(status.currentUser()).isEqualTo(tenant.role());
    assertThat(status.capabilities()).isEqualTo(new Capabilities(false, false, true));
    assertThat(status.managedViews()).isEqualTo(1);
    assertThat(status.breaker()).isEqualTo(Breaker.Closed);
    assertThat(status.warnings()).singleElement().asString().contains("tls.mode disable");
  }

  @Test
  @DisplayName("takes a rotated password up by itself, and asks neither side too often meanwhile")
  void rotatedPassword(Stage stage, Tenant tenant) {
    tenant.awaitConnection("db", "TRUE/InSync", "");
    long reads = stage.readsOfSecret(tenant, "db");
    Instant start = Instant.now();

    tenant.sql("ALTER ROLE \"%s\" PASSWORD 'the next one'".formatted(tenant.role()));
    tenant.awaitConnection("db", UNASKED, "FALSE/AuthenticationFailed", "28P01");
    assertThat(tenant.connection("db").getStatus().breaker()).isEqualTo(Breaker.Open);
    int failures = failures(stage, tenant);
    Instant broken = Instant.now();
    pass(BETWEEN_LOOKS.multipliedBy(3));
    assertThat(failures(stage, tenant) - failures)
        .as("logins that a server would count against the account")
        .isBetween(1, looks(broken));

    tenant.secret("db", "the next one");
    tenant.awaitConnection("db", "TRUE/InSync", "");
    tenant.sql("ALTER ROLE \"%s\" PASSWORD 'and another'".formatted(tenant.role()));
    tenant.secret("db", "and another");
    int refused = failures(stage, tenant);
    pass(BETWEEN_LOOKS.multipliedBy(3));
    tenant.awaitConnection("db", "TRUE/InSync", "");
    assertThat(failures(stage, tenant) - refused).as("its Secret is read in time").isLessThan(2);
    assertThat(stage.readsOfSecret(tenant, "db") - reads).isBetween(4L, (long) looks(start));
  }

  @Test
  @DisplayName("has what a refused password kept from beginning begin with the next one")
  void refusedRun(Tenant tenant) {
    tenant.view("v", "SELECT 1 AS a", "");
    tenant.awaitReady("v");
    tenant.awaitValue(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = '%s'".formatted(tenant.role()),
        Duration.ofSeconds(10),
        "1");
    tenant.sql("ALTER ROLE \"%s\" PASSWORD 'the next one'".formatted(tenant.role()));
    tenant.annotate("v", "1");
    tenant.awaitConnection("db", "FALSE/AuthenticationFailed", "28P01");

    tenant.secret("db", "the next one");
    tenant.await("v", UNASKED, s -> "1".equals(s.lastHandledRefreshRequest()));
  }

  private static int looks(Instant since) {
    return (int) Duration.between(since, Instant.now()).dividedBy(BETWEEN_LOOKS) + 1;
  }

  private static int failures(Stage stage, Tenant tenant) {
    return stage.postgresLog(tenant, "password authentication failed").size();
  }

  private static void pass(Duration time) {
    Instant end = Instant.now().plus(time);
    Awaitility.await().atMost(time.plusSeconds(5)).until(() -> Instant.now().isAfter(end));
  }

  @Test
  @DisplayName("takes a rotated authority up by itself")
  void rotatedAuthority(Stage stage, Tenant tenant, @TempDir Path folder) throws IOException {
    tenant.authority("ca", stage.certificates());
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: proved}
        spec: {secretRef: {name: db}, host: localhost, tls: {caSecretRef: {name: ca}}}
        """);
    tenant.awaitConnection("proved", "TRUE/InSync", "");
    TestCertificates next = TestCertificates.generate(folder);
    try {
      tenant.sql(
          "ALTER SYSTEM SET ssl_cert_file = '%s'".formatted(next.serverCertificate()),
          "ALTER SYSTEM SET ssl_key_file = '%s'".formatted(next.serverKey()),
          "SELECT pg_reload_conf()");
      tenant.awaitConnection(
          "proved", UNASKED, "FALSE/TLSFailed", "by an authority that is not trusted");
      tenant.authority("ca", next);
      tenant.awaitConnection("proved", "TRUE/InSync", "");
    } finally {
      tenant.sql(
          "ALTER SYSTEM SET ssl_cert_file = '%s'"
              .formatted(stage.certificates().serverCertificate().toAbsolutePath()),
          "ALTER SYSTEM SET ssl_key_file = '%s'"
              .formatted(stage.certificates().serverKey().toAbsolutePath()),
          "SELECT pg_reload_conf()");
    }
  }

  @Test
  @DisplayName("drops nothing in another database than before until somebody edits it")
  void anotherDatabase(Stage stage, Tenant tenant) {
    tenant.view("kept", "SELECT 1 AS a", "deletionPolicy: Delete");
    tenant.awaitReady("kept");
    String before = identity(tenant);

    restoreCopy(stage, tenant.role());
    Awaitility.await().atMost(UNASKED).until(() -> !identity(tenant).equals(before));
    Event event = tenant.awaitEvent("db", "DatabaseChanged");
    assertThat(event.getType()).isEqualTo("Warning");
    assertThat(event.getNote()).contains(before, identity(tenant));

    tenant.delete("kept");
    tenant.await(
        "kept", Duration.ofSeconds(5), s -> Tenant.ready(s).equals("FALSE/DatabaseChanged"));
    assertThat(Tenant.message(tenant.status("kept"))).contains("edit its spec", "Retain");
    assertThat(tenant.relations()).contains("kept");

    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: db}
        spec: {secretRef: {name: db}, connectTimeout: 11s, tls: {mode: disable}}
        """);
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> tenant.find("kept").isEmpty());
    assertThat(tenant.relations()).doesNotContain("kept");
    assertThat(tenant.connection("db").getStatus().databaseChangedAt()).isNull();
  }

  @Test
  @DisplayName("to another database drop nothing there, also when they go before the view")
  void anotherDatabaseAndGone(Stage stage, Tenant tenant) {
    tenant.view("kept", "SELECT 1 AS a", "deletionPolicy: Delete");
    tenant.awaitReady("kept");
    restoreCopy(stage, tenant.role());
    tenant
        .client()
        .resources(PostgresConnection.class)
        .inNamespace(tenant.namespace())
        .withName("db")
        .delete();
    tenant.delete("kept");
    tenant.await(
        "kept", Duration.ofSeconds(20), s -> Tenant.ready(s).equals("FALSE/DatabaseChanged"));
    assertThat(tenant.relations()).contains("kept");
  }

  /** As somebody does who tries a backup: the operator's own tables are in it. */
  private static void restoreCopy(Stage stage, String database) {
    stage
        .postgres()
        .execute(
            "postgres",
            "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS false".formatted(database),
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s'"
                .formatted(database),
            "ALTER DATABASE \"%1$s\" RENAME TO \"%1$s-old\"".formatted(database),
            "CREATE DATABASE \"%1$s\" TEMPLATE \"%1$s-old\"".formatted(database),
            "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS true".formatted(database));
  }

  private static String identity(Tenant tenant) {
    PostgresConnection connection = tenant.connection("db");
    return String.valueOf(connection.getStatus().databaseIdentity());
  }
}
