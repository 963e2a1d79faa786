package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.RefreshAttempt;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What no other scenario brings about: {@code make verify} wants to have seen each reason. */
@ExtendWith(Stage.Extension.class)
@DisplayName("A user is told why:")
class ReasonsIT {

  private static final Duration LIMIT = Duration.ofSeconds(15);

  private static final String HOLDS_FIRST =
      """
      SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """;

  /** Comes back when somebody waits for the first lock. */
  private static final String IS_WAITED_FOR =
      """
      CREATE FUNCTION app.waited_for() RETURNS bool LANGUAGE plpgsql AS $$
      BEGIN
        WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 1
            AND NOT granted AND database =
              (SELECT oid FROM pg_database WHERE datname = current_database()))
        LOOP PERFORM pg_sleep(0.02); END LOOP;
        RETURN true;
      END $$
      """;

  private Tenant tenant;

  @BeforeEach
  void moveIn(Tenant moved) {
    tenant = moved;
  }

  @Test
  @DisplayName("the schema is not there yet")
  void schemaMissing() {
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: early}
        spec: {connectionRef: {name: db}, schema: later, sql: SELECT 1 AS a}
        """);
    tenant.awaitReason("early", "FALSE/SchemaMissing");
    tenant.sql("CREATE SCHEMA later AUTHORIZATION \"%s\"".formatted(tenant.role()));
    tenant.awaitReady("early");
  }

  @Test
  @DisplayName("somebody holds the lock of the view")
  void lockTimeout() throws SQLException {
    tenant.view(
        "v",
        "SELECT 1 AS a",
        "refresh: {mode: Standard, timeout: 2s, lockTimeout: 50ms, retries: 0}");
    tenant.awaitReady("v");
    try (Connection reader = tenant.connect();
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT FROM app.v");
      assertThat(failedRun("v").reason()).isEqualTo("LockTimeout");
      reader.rollback();
    }
  }

  @Test
  @DisplayName("the run takes longer than it may")
  void refreshTimeout() {
    tenant.sql("CREATE TABLE app.pace AS SELECT 0 AS seconds");
    tenant.own("pace");
    tenant.view(
        "v",
        "SELECT 1 AS a, pg_sleep(seconds)::text AS s FROM pace",
        "refresh: {timeout: 1s, retries: 0}");
    tenant.awaitReady("v");
    tenant.sql("UPDATE app.pace SET seconds = 30");
    assertThat(failedRun("v").reason()).isEqualTo("RefreshTimeout");
  }

  @Test
  @DisplayName("it is in a deadlock, out of which it comes by itself")
  void deadlock() throws SQLException {
    tenant.sql(IS_WAITED_FOR);
    try (Connection other = tenant.connect();
        Statement statement = other.createStatement()) {
      // It waits first and looks for deadlocks last, so that the refresh finds itself in one.
      statement.execute("SET deadlock_timeout = '1min'");
      statement.execute("SELECT pg_advisory_lock(2)");
      tenant.view(
          "v",
          """
          SELECT pg_advisory_xact_lock(1)::text AS a, waited_for() AS b,
            pg_advisory_xact_lock(2)::text AS c
          """,
          "refresh: {lockTimeout: 10s}");
      tenant.awaitValue(HOLDS_FIRST, LIMIT, "1");
      CompletableFuture<Void> waits = CompletableFuture.runAsync(() -> lockFirst(statement));
      tenant.await("v", LIMIT, s -> Tenant.ready(s).equals("FALSE/Deadlock"));
      waits.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
      tenant.sql(
          "CREATE OR REPLACE FUNCTION app.waited_for() RETURNS bool LANGUAGE sql RETURN true");
      statement.execute("SELECT pg_advisory_unlock_all()");
      tenant.awaitReady("v");
    }
  }

  private static void lockFirst(Statement statement) {
    try {
      statement.execute("SELECT pg_advisory_lock(1)");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("the server does not take a setting")
  void invalidSetting() {
    tenant.view("v", "SELECT 1 AS a", "refresh: {sessionSettings: {work_mem: 1kB}}");
    MaterializedViewStatus status =
        tenant.await("v", LIMIT, s -> Tenant.ready(s).equals("FALSE/InvalidSetting"));
    assertThat(Tenant.message(status)).contains("refresh.sessionSettings.work_mem");
  }

  @Test
  @DisplayName("the Secret lacks a key, or is none for databases")
  void secrets() {
    tenant.apply(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: half}
        stringData: {host: localhost, username: somebody}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: release}
        type: helm.sh/release.v1
        stringData: {host: localhost, dbname: d, username: somebody, password: unknown}
        """);
    connection("half", "secretRef: {name: half}");
    connection("release", "secretRef: {name: release}");
    tenant.awaitConnection("half", "FALSE/SecretIncomplete", "has no key");
    tenant.awaitConnection("release", "FALSE/SecretNotAllowed", "helm.sh/release.v1");
  }

  @Test
  @DisplayName("the bookkeeping cannot be kept")
  void bookkeeping() {
    tenant.sql("CREATE SCHEMA others");
    connection("refused", "secretRef: {name: db}\n  bookkeepingSchema: others");
    tenant.awaitConnection("refused", "FALSE/BookkeepingUnavailable", "GRANT CREATE, USAGE");
  }

  @Test
  @DisplayName("a pooler answers, by the words in which PgBouncer refuses a setting of the login")
  void pooler() throws IOException {
    try (ServerSocket pooler = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread answering = new Thread(() -> refuseAll(pooler), "pooler");
      answering.start();
      connection("pooled", "secretRef: {name: db}\n  port: " + pooler.getLocalPort());
      tenant.awaitConnection("pooled", "FALSE/PoolerUnsupported", "name the PostgreSQL server");
    }
  }

  private void connection(String name, String spec) {
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: %s}
        spec:
          tls: {mode: disable}
          %s
        """
            .formatted(name, spec));
  }

  /** The run of a request, which is no slot's. */
  private RefreshAttempt failedRun(String view) {
    tenant.annotate(view, "now");
    MaterializedViewStatus status =
        tenant.await(view, LIMIT, s -> "now".equals(s.lastHandledRefreshRequest()));
    assertThat(Tenant.ready(status)).isEqualTo("TRUE/InSync");
    return Objects.requireNonNull(status.lastAttempt());
  }

  private static void refuseAll(ServerSocket pooler) {
    byte[] fields =
        "SFATAL\0C08P01\0Munsupported startup parameter: extra_float_digits\0\0"
            .getBytes(StandardCharsets.US_ASCII);
    byte[] refusal =
        ByteBuffer.allocate(5 + fields.length)
            .put((byte) 'E')
            .putInt(4 + fields.length)
            .put(fields)
            .array();
    try {
      while (true) {
        try (Socket client = pooler.accept();
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream()) {
          in.skipNBytes(in.readInt() - 4L);
          out.write(refusal);
        }
      }
    } catch (SocketException e) {
      // The test has closed it.
      return;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
