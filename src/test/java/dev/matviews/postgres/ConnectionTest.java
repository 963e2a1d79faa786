package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Reason;
import dev.matviews.playground.PostgresServer;
import dev.matviews.playground.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTest {

  private static final String NAME_ON_CERTIFICATE = "localhost";
  private static final String OTHER_NAME = "127.0.0.1";

  @RegisterExtension final TestDatabase database = new TestDatabase();

  @Test
  void aWrongPasswordIsRefusedAndNeverShown() {
    Failure failure = failure(with(database.address(), "not the password"));
    assertThat(failure.reason()).isEqualTo(Reason.AuthenticationFailed);
    assertThat(failure.sqlState()).isEqualTo("28P01");
    assertThat(failure.message()).contains(database.role()).doesNotContain("not the password");
    assertThat(with(database.address(), "not the password").toString())
        .doesNotContain("not the password");
  }

  @Test
  void aRoleThatDoesNotExistLooksLikeAWrongPassword() {
    ServerAddress a = database.address();
    Failure failure =
        failure(
            new ServerAddress(
                a.host(),
                a.port(),
                a.database(),
                "nobody",
                "x",
                a.tls(),
                null,
                null,
                Networks.NONE,
                a.connectTimeout()));
    assertThat(failure.reason()).isEqualTo(Reason.AuthenticationFailed);
  }

  @Test
  void anEmptyPasswordIsNoTlsProblem() {
    assertThat(failure(with(database.address(), "")).reason())
        .isEqualTo(Reason.AuthenticationFailed);
  }

  @Test
  void aClosedPortIsUnavailable() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(failure(database.address(port)).reason()).isEqualTo(Reason.DatabaseUnavailable);
  }

  @Test
  void aDatabaseThatLetsNobodyInIsUnavailable() {
    String allow = "ALTER DATABASE " + database.name() + " ALLOW_CONNECTIONS ";
    database.server().execute(PostgresServer.ADMIN, allow + "false");
    Failure failure = failure(database.address());
    database.server().execute(PostgresServer.ADMIN, allow + "true");
    assertThat(failure.reason()).isEqualTo(Reason.DatabaseUnavailable);
    assertThat(failure.sqlState()).isEqualTo("55000");
  }

  @Test
  void anUnknownHostIsUnavailable() {
    Failure failure = failure(at(database.address(), "no-such-host.invalid"));
    assertThat(failure.reason()).isEqualTo(Reason.DatabaseUnavailable);
    assertThat(failure.message()).contains("no-such-host.invalid");
  }

  @Test
  void anUnknownDatabaseIsNamed() {
    ServerAddress a = database.address();
    Failure failure =
        failure(
            new ServerAddress(
                a.host(),
                a.port(),
                "nothing",
                a.user(),
                a.password(),
                a.tls(),
                null,
                null,
                Networks.NONE,
                a.connectTimeout()));
    assertThat(failure.reason()).isEqualTo(Reason.DatabaseUnavailable);
    assertThat(failure.message()).contains("/nothing", "3D000 invalid_catalog_name");
  }

  @Test
  void aDatabaseThatTheRoleMayNotEnterLacksARight() {
    database.asAdmin("REVOKE CONNECT ON DATABASE " + database.name() + " FROM PUBLIC");
    assertThat(failure(database.address()).reason()).isEqualTo(Reason.PermissionDenied);
  }

  @Test
  void aServerWithoutAFreeConnectionIsTriedAgain() {
    database.asAdmin("ALTER ROLE " + database.role() + " CONNECTION LIMIT 0");
    assertThat(failure(database.address()).reason()).isEqualTo(Reason.TooManyConnections);
  }

  /** For longer than a real one here, which is up before anybody could ask. */
  @Test
  void aServerThatIsStartingUpIsTriedAgain() throws IOException {
    HostileServer.Talk starting =
        client -> client.error("57P03", "the database system is starting up");
    try (HostileServer server = new HostileServer(starting)) {
      Failure failure = failure(database.address(server.port()));
      assertThat(failure.reason()).isEqualTo(Reason.DatabaseUnavailable);
      assertThat(failure.sqlState()).isEqualTo("57P03");
      assertThat(failure.message()).contains("cannot_connect_now", "tried again");
    }
  }

  /** In the words of PgBouncer, which says this of whatever it does not like. */
  @Test
  void aPoolerThatTakesNoLoginIsNamed() throws IOException {
    HostileServer.Talk pooler =
        client -> client.error("08P01", "unsupported startup parameter: extra_float_digits");
    try (HostileServer server = new HostileServer(pooler)) {
      assertThat(failure(database.address(server.port())).reason())
          .isEqualTo(Reason.PoolerUnsupported);
    }
  }

  @Test
  void aServerThatAcceptsAndStaysSilentCostsTheTimeoutAndNoThread() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      ServerAddress a = database.address(silent.getLocalPort());
      ServerAddress hasty =
          new ServerAddress(
              a.host(),
              a.port(),
              a.database(),
              a.user(),
              a.password(),
              a.tls(),
              null,
              null,
              Networks.NONE,
              Duration.ofSeconds(1));
      long before = System.nanoTime();
      assertThat(failure(hasty).reason()).isEqualTo(Reason.DatabaseUnavailable);
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
      await()
          .atMost(SOON)
          .until(
              () ->
                  Thread.getAllStackTraces().keySet().stream()
                      .noneMatch(t -> t.getName().contains("JDBC driver connection")));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServerThatGoesAwayInTheHandshakeIsUnavailableAndNoTlsProblem(boolean abruptly)
      throws IOException {
    try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> going = CompletableFuture.runAsync(() -> goAway(listening, abruptly));
      ServerAddress a = tls(TlsMode.REQUIRE, OTHER_NAME, null);
      assertThat(
              failure(
                      new ServerAddress(
                          a.host(),
                          listening.getLocalPort(),
                          a.database(),
                          a.user(),
                          a.password(),
                          a.tls(),
                          null,
                          null,
                          Networks.NONE,
                          a.connectTimeout()))
                  .reason())
          .isEqualTo(Reason.DatabaseUnavailable);
      going.join();
    }
  }

  /** Agrees to speak TLS, and closes. */
  private static void goAway(ServerSocket listening, boolean abruptly) {
    try (Socket client = listening.accept()) {
      client.getInputStream().readNBytes(8);
      client.getOutputStream().write('S');
      client.getInputStream().read();
      if (abruptly) {
        client.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everySettingThatChangesAMeaningIsPinned() throws SQLException {
    TimeZone usual = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
    try {
      Session.Pins pins = new Session.Pins(Duration.ofSeconds(90), Duration.ofMillis(100));
      try (Session session = Session.open(database.address(), pins)) {
        assertThat(show(session, "search_path")).isEqualTo("pg_catalog");
        assertThat(show(session, "TimeZone")).isEqualTo("UTC");
        assertThat(show(session, "DateStyle")).isEqualTo("ISO, MDY");
        assertThat(show(session, "IntervalStyle")).isEqualTo("postgres");
        assertThat(show(session, "extra_float_digits")).isEqualTo("1");
        assertThat(show(session, "bytea_output")).isEqualTo("hex");
        assertThat(show(session, "standard_conforming_strings")).isEqualTo("on");
        assertThat(show(session, "row_security")).isEqualTo("on");
        assertThat(show(session, "client_min_messages")).isEqualTo("error");
        assertThat(show(session, "transaction_isolation")).isEqualTo("read committed");
        assertThat(show(session, "statement_timeout")).isEqualTo("90s");
        assertThat(show(session, "lock_timeout")).isEqualTo("100ms");
        assertThat(show(session, "idle_in_transaction_session_timeout")).isEqualTo("5s");
        assertThat(show(session, "idle_session_timeout")).isEqualTo("0");
        assertThat(show(session, "client_connection_check_interval")).isEqualTo("500ms");
        assertThat(show(session, "tcp_keepalives_idle")).isEqualTo("10");
        assertThat(show(session, "tcp_keepalives_interval")).isEqualTo("5");
        assertThat(show(session, "tcp_keepalives_count")).isEqualTo("3");
        assertThat(show(session, "application_name")).isEqualTo("matview-operator");
      }
    } finally {
      TimeZone.setDefault(usual);
    }
  }

  @Test
  void aSessionThatCannotBePinnedIsClosed() {
    Session.Pins pins = new Session.Pins(Duration.ofMillis(-2), Duration.ZERO);
    assertThatThrownBy(() -> Session.open(database.address(), pins))
        .isInstanceOf(DatabaseException.class);
    await()
        .atMost(SOON)
        .until(
            () ->
                database
                    .rows(
                        "SELECT pid FROM pg_stat_activity"
                            + " WHERE application_name = 'matview-operator'"
                            + " AND datname = current_database()")
                    .isEmpty());
  }

  @Test
  void aServerProvesItselfByTheAuthorityOfTheSecret() throws IOException {
    opens(tls(TlsMode.VERIFY_FULL, NAME_ON_CERTIFICATE, authority(database.tls())));
    opens(tls(TlsMode.VERIFY_CA, NAME_ON_CERTIFICATE, authority(database.tls())));
  }

  @Test
  void aCertificateForAnotherHostIsRefusedByVerifyFullOnly() throws IOException {
    opens(tls(TlsMode.VERIFY_CA, OTHER_NAME, authority(database.tls())));
    assertThat(failure(tls(TlsMode.VERIFY_FULL, OTHER_NAME, authority(database.tls()))).reason())
        .isEqualTo(Reason.TLSFailed);
  }

  @ParameterizedTest
  @EnumSource(
      value = TlsMode.class,
      names = {"VERIFY_CA", "VERIFY_FULL"})
  void anAuthorityThatDidNotSignIsRefused(TlsMode mode, @TempDir Path folder) throws IOException {
    String strangers = authority(TestCertificates.generate(folder));
    for (String pem :
        new String[] {strangers, null, "no certificate at all", "-----BEGIN CERTIFICATE-----\n"}) {
      assertThat(failure(tls(mode, NAME_ON_CERTIFICATE, pem)).reason())
          .as(String.valueOf(pem))
          .isEqualTo(Reason.TLSFailed);
    }
  }

  @Test
  void severalAuthoritiesMayStandInOneText(@TempDir Path folder) throws IOException {
    opens(
        tls(
            TlsMode.VERIFY_FULL,
            NAME_ON_CERTIFICATE,
            authority(TestCertificates.generate(folder)) + authority(database.tls())));
  }

  @Test
  void requireEncryptsWithoutProof() throws SQLException {
    try (Session session =
        Session.open(tls(TlsMode.REQUIRE, OTHER_NAME, null), Session.Pins.ofCatalog())) {
      assertThat(encrypted(session)).isTrue();
    }
    try (Session session = Session.open(database.address(), Session.Pins.ofCatalog())) {
      assertThat(encrypted(session)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TlsMode.class,
      names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
  void aServerThatOffersNoTlsIsRefused(TlsMode mode) throws IOException {
    String authority = authority(database.tls());
    database.asAdmin("ALTER SYSTEM SET ssl = off", "SELECT pg_reload_conf()");
    try {
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(failure(tls(mode, NAME_ON_CERTIFICATE, authority)).reason())
                      .isEqualTo(Reason.TLSFailed));
    } finally {
      database.asAdmin("ALTER SYSTEM RESET ssl", "SELECT pg_reload_conf()");
      await().atMost(SOON).untilAsserted(() -> opens(tls(TlsMode.REQUIRE, OTHER_NAME, null)));
    }
  }

  private static boolean encrypted(Session session) throws SQLException {
    return session
        .query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", row -> row.getBoolean(1))
        .get(0);
  }

  private static String show(Session session, String setting) throws SQLException {
    return session.query("SHOW \"" + setting + "\"", row -> row.getString(1)).get(0);
  }

  private static void opens(ServerAddress address) {
    Session.open(address, Session.Pins.ofCatalog()).close();
  }

  private static Failure failure(ServerAddress address) {
    try {
      opens(address);
    } catch (DatabaseException e) {
      return e.failure();
    }
    throw new AssertionError("connected to " + address);
  }

  private static String authority(TestCertificates certificates) throws IOException {
    return Files.readString(certificates.authority());
  }

  private ServerAddress tls(TlsMode mode, String host, @Nullable String authority) {
    ServerAddress a = database.address();
    return new ServerAddress(
        host,
        a.port(),
        a.database(),
        a.user(),
        a.password(),
        mode,
        authority,
        null,
        Networks.NONE,
        a.connectTimeout());
  }

  private static ServerAddress with(ServerAddress a, String password) {
    return new ServerAddress(
        a.host(),
        a.port(),
        a.database(),
        a.user(),
        password,
        a.tls(),
        null,
        null,
        Networks.NONE,
        a.connectTimeout());
  }

  private static ServerAddress at(ServerAddress a, String host) {
    return new ServerAddress(
        host,
        a.port(),
        a.database(),
        a.user(),
        a.password(),
        a.tls(),
        null,
        null,
        Networks.NONE,
        a.connectTimeout());
  }
}
