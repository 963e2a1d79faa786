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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What no other scenario brings about: {@code make verify} wants to have seen each reason. */
@ExtendWith(Stage.Extension.class)
@DisplayName("A user is told why:")
class ReasonsIT {

  private static final Duration LIMIT = Duration.ofSeconds(15);

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
  @DisplayName("other transactions are in the way again and again, until none is")
  void deadlock() {
    // A real one is over at the next try, which the same run makes, and nobody hears of it.
    tenant.sql(
        """
        CREATE FUNCTION app.a() RETURNS int LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END $$
        """);
    tenant.view("v", "SELECT a() AS a", "refresh: {timeout: 2s}");
    tenant.await("v", LIMIT, s -> Tenant.ready(s).equals("FALSE/Deadlock"));
    tenant.sql("CREATE OR REPLACE FUNCTION app.a() RETURNS int LANGUAGE sql RETURN 1");
    tenant.awaitReady("v");
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
