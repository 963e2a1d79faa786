package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Reason;
import dev.matviews.playground.TestCertificates;
import dev.matviews.playground.TestCertificates.Flaw;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** How the operator logs in, and to whom it does not. */
class LoginTest {

  @RegisterExtension final TestDatabase database = new TestDatabase();

  @TempDir Path folder;

  private @Nullable String usualHba;

  @SuppressWarnings("NullAway.Init") // set before each test
  LoginTest() {}

  @AfterEach
  void asUsual() throws IOException {
    database.asAdmin(
        "ALTER SYSTEM RESET ssl",
        "ALTER SYSTEM RESET ssl_cert_file",
        "ALTER SYSTEM RESET ssl_key_file",
        "ALTER SYSTEM RESET ssl_ca_file",
        "ALTER ROLE %s PASSWORD '%s'".formatted(database.role(), database.address().password()));
    if (usualHba != null) {
      Files.writeString(hba(), usualHba);
    }
    database.asAdmin("SELECT pg_reload_conf()");
    await()
        .atMost(SOON)
        .until(() -> reason(address(TlsMode.VERIFY_FULL, "localhost", authority())) == null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          another authority | signed by an authority that is not trusted
          another host      | made out to another host
          expired           | has expired or is not valid yet
          self-signed       | signed by itself and not trusted
          no TLS            | the server offers none
          no authority      | tls.caSecretRef holds no certificate in PEM
          """)
  void eachFailureOfTlsSaysWhatToMend(String what, String message) throws IOException {
    ServerAddress wrong =
        switch (what) {
          case "another authority" ->
              address(
                  TlsMode.VERIFY_FULL,
                  "localhost",
                  pem(TestCertificates.generate(folder).authority()));
          case "another host" -> address(TlsMode.VERIFY_FULL, "127.0.0.1", authority());
          case "expired" -> serving(Flaw.Expired);
          case "self-signed" -> serving(Flaw.SelfSigned);
          case "no authority" -> address(TlsMode.VERIFY_CA, "localhost", "nothing");
          default -> {
            reload("ALTER SYSTEM SET ssl = off");
            yield address(TlsMode.VERIFY_FULL, "localhost", authority());
          }
        };
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              Failure failure = failure(wrong);
              assertThat(failure.reason()).isEqualTo(Reason.TLSFailed);
              assertThat(failure.message()).contains(message);
            });
  }

  @Test
  void aCertificateThatIsSignedByItselfIsTrustedWhereItIsNamed() throws IOException {
    TestCertificates served = TestCertificates.generate(folder, "localhost", Flaw.SelfSigned);
    serve(served);
    awaitOpens(address(TlsMode.VERIFY_FULL, "localhost", pem(served.serverCertificate())));
  }

  @Test
  void aClientCertificateFromMemoryIsShownToAServerThatAsksForOne() throws IOException {
    TestCertificates client = TestCertificates.generate(folder, database.role(), Flaw.None);
    reload("ALTER SYSTEM SET ssl_ca_file = '%s'".formatted(client.authority()));
    allow("hostssl %s %s all cert".formatted(database.name(), database.role()));
    ServerAddress bare = address(TlsMode.VERIFY_FULL, "localhost", authority());
    ClientCertificate own =
        new ClientCertificate(pem(client.serverCertificate()), pem(client.serverKey()));

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(failure(bare).message()).contains("28000 invalid_authorization"));
    for (TlsMode mode : List.of(TlsMode.REQUIRE, TlsMode.VERIFY_CA, TlsMode.VERIFY_FULL)) {
      opens(with(address(mode, "localhost", authority()), own));
    }
    assertThat(own.toString()).doesNotContain("PRIVATE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a stranger's key", "no key", "no certificate"})
  void aClientCertificateThatIsNoneIsRefusedBeforeItIsShown(String what) throws IOException {
    TestCertificates client = TestCertificates.generate(folder, database.role(), Flaw.None);
    TestCertificates stranger = TestCertificates.generate(folder.resolve("stranger"));
    String certificate = pem(client.serverCertificate());
    ClientCertificate wrong =
        switch (what) {
          case "no key" -> new ClientCertificate(certificate, certificate);
          case "no certificate" -> new ClientCertificate("nothing", pem(client.serverKey()));
          default -> new ClientCertificate(certificate, pem(stranger.serverKey()));
        };
    Failure failure = failure(with(address(TlsMode.REQUIRE, "localhost", null), wrong));
    assertThat(failure.reason()).isEqualTo(Reason.TLSFailed);
    assertThat(failure.message()).contains("tls.clientCertSecretRef");
  }

  @ParameterizedTest
  @CsvSource({
    "password, DISABLE, false",
    "password, REQUIRE, false",
    "password, VERIFY_CA, false",
    "password, VERIFY_FULL, true",
    "md5, REQUIRE, false",
    "md5, VERIFY_FULL, true"
  })
  void thePasswordGoesOnlyToAServerThatHasProvedWhoItIs(String asked, TlsMode mode, boolean given)
      throws IOException {
    if (asked.equals("md5")) {
      database.asAdmin(
          "SET password_encryption = 'md5'; ALTER ROLE %s PASSWORD '%s'"
              .formatted(database.role(), database.address().password()));
    }
    allow("host %s %s all %s".formatted(database.name(), database.role(), asked));
    ServerAddress address = address(mode, "localhost", authority());
    if (given) {
      awaitOpens(address);
    } else {
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                Failure failure = failure(address);
                assertThat(failure.reason()).isEqualTo(Reason.AuthenticationFailed);
                assertThat(failure.message()).contains("asks for the password itself");
              });
    }
  }

  @Test
  void aLoginIsBoundToItsChannelWhereTheServerOffersThat() throws SQLException {
    ServerAddress address = address(TlsMode.VERIFY_FULL, "localhost", authority());
    Properties properties = Login.properties("a login", "localhost", address);
    assertThat(PGProperty.CHANNEL_BINDING.getOrDefault(properties)).isEqualTo("prefer");
    PGProperty.CHANNEL_BINDING.set(properties, "require");
    try (Connection bound = new Driver().connect(Login.NO_URL, properties)) {
      assertThat(bound.isValid(1)).isTrue();
    }
  }

  @Test
  void aDatabaseMayBeNamedAsASettingOfTheDriver() {
    String odd = "db?socketFactory=x.Y&loggerFile=/tmp/x";
    Failure failure = failure(at("127.0.0.1", odd, Networks.NONE));
    assertThat(failure.sqlState()).isEqualTo("3D000");
    assertThat(failure.message()).contains("/" + odd);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "::ffff:127.0.0.1"})
  void noConnectionGoesToARefusedAddressWhateverItsName(String host) {
    Networks loopback = new Networks(List.of("169.254.0.0/16", "127.0.0.0/8", "::1/128"));
    Failure failure = failure(at(host, database.name(), loopback));
    assertThat(failure.reason()).isEqualTo(Reason.HostNotAllowed);
    assertThat(failure.message()).contains(host, "MATVIEWS_REFUSED_NETWORKS");
    assertThat(failure(at(host, "nothing", Networks.NONE)).sqlState()).isEqualTo("3D000");
  }

  @Test
  void ofSeveralHostsTheFirstThatIsThePrimaryIsUsed() throws SQLException, IOException {
    try (Standby standby = Standby.of(database, folder)) {
      ServerAddress both = standby.address(standby.host() + "," + database.server().host());
      try (Session session = Session.open(both, Session.Pins.ofCatalog())) {
        assertThat(session.query("SELECT pg_is_in_recovery()", row -> row.getBoolean(1)))
            .containsExactly(false);
      }
      ServerAddress oneAway = standby.address("127.0.0.3," + standby.host());
      assertThat(reason(oneAway)).isEqualTo(Reason.ReadOnlyServer);
      assertThat(reason(standby.address("127.0.0.3,127.0.0.4")))
          .isEqualTo(Reason.DatabaseUnavailable);
      assertThat(failure(standby.address(standby.host())).message())
          .contains(standby.host(), "is read-only");
    }
  }

  @Test
  void aWrongPasswordIsTriedOnOneHostOnly() throws IOException {
    ServerAddress a = at("127.0.0.1,127.0.0.1,127.0.0.1", database.name(), Networks.NONE);
    ServerAddress wrong =
        new ServerAddress(
            a.host(),
            a.port(),
            a.database(),
            a.user(),
            "wrong",
            a.tls(),
            null,
            null,
            Networks.NONE,
            a.connectTimeout());
    assertThat(reason(wrong)).isEqualTo(Reason.AuthenticationFailed);
    try (var lines = Files.lines(database.server().log())) {
      assertThat(
              lines.filter(
                  line ->
                      line.contains(
                          "password authentication failed for user \"%s\""
                              .formatted(database.role()))))
          .hasSize(1);
    }
  }

  private ServerAddress serving(Flaw flaw) {
    TestCertificates served = TestCertificates.generate(folder, "localhost", flaw);
    serve(served);
    return address(TlsMode.VERIFY_FULL, "localhost", pem(served.authority()));
  }

  private void serve(TestCertificates served) {
    reload(
        "ALTER SYSTEM SET ssl_cert_file = '%s'".formatted(served.serverCertificate()),
        "ALTER SYSTEM SET ssl_key_file = '%s'".formatted(served.serverKey()));
  }

  private void reload(String... settings) {
    database.asAdmin(settings);
    database.asAdmin("SELECT pg_reload_conf()");
  }

  /** Before all other lines. */
  private void allow(String line) throws IOException {
    usualHba = Files.readString(hba());
    Files.writeString(hba(), line + "\n" + usualHba);
    database.asAdmin("SELECT pg_reload_conf()");
  }

  private Path hba() {
    return Path.of(database.value("SHOW hba_file"));
  }

  private String authority() {
    return pem(database.tls().authority());
  }

  private static String pem(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerAddress address(TlsMode mode, String host, @Nullable String authority) {
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

  private static ServerAddress with(ServerAddress a, ClientCertificate certificate) {
    return new ServerAddress(
        a.host(),
        a.port(),
        a.database(),
        a.user(),
        a.password(),
        a.tls(),
        a.caCertificates(),
        certificate,
        a.refused(),
        a.connectTimeout());
  }

  private ServerAddress at(String host, String name, Networks refused) {
    ServerAddress a = database.address();
    return new ServerAddress(
        host,
        a.port(),
        name,
        a.user(),
        a.password(),
        a.tls(),
        null,
        null,
        refused,
        Duration.ofSeconds(5));
  }

  private static void awaitOpens(ServerAddress address) {
    await().atMost(SOON).untilAsserted(() -> assertThat(reason(address)).isNull());
  }

  private static void opens(ServerAddress address) {
    Session.open(address, Session.Pins.ofCatalog()).close();
  }

  private static @Nullable Reason reason(ServerAddress address) {
    try {
      opens(address);
      return null;
    } catch (DatabaseException e) {
      return e.failure().reason();
    }
  }

  private static Failure failure(ServerAddress address) {
    try {
      opens(address);
    } catch (DatabaseException e) {
      return e.failure();
    }
    throw new AssertionError("connected to " + address);
  }
}
