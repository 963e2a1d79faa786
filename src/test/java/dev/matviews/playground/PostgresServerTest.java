package dev.matviews.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {

  private static Path folder;
  private static PostgresServer server;
  private static TestCertificates certificates;

  @BeforeAll
  static void start(@TempDir Path empty) {
    folder = empty;
    certificates = TestCertificates.generate(folder.resolve("tls"));
    server =
        PostgresServer.start(
            folder.resolve("postgres"),
            PostgresServer.Options.NONE
                .with("deadlock_timeout", "150ms")
                .with("log_min_duration_statement", "0")
                .withTls(certificates));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void isPostgres18() throws SQLException {
    assertThat(show("server_version")).startsWith("18.");
  }

  @Test
  @EnabledIfSystemProperty(named = "long.waits", matches = "true")
  void startsAgainWhereItsPortWasTaken() throws IOException, SQLException {
    server.stop();
    ServerSocket other = new ServerSocket(server.port(), 1, InetAddress.getLoopbackAddress());
    try {
      assertThatThrownBy(server::start)
          .isInstanceOfSatisfying(StartFailure.class, e -> assertThat(e.isOfATakenPort()).isTrue());
    } finally {
      other.close();
    }
    server.start();
    assertThat(show("server_version")).startsWith("18.");
  }

  @Test
  void refusesAWrongPassword() {
    assertThatThrownBy(() -> server.connect("postgres", PostgresServer.ADMIN, "wrong"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
  }

  @Test
  void takesParametersAndLogsToItsFile() throws SQLException {
    server.execute("postgres", "SELECT 'a mark in the log'");
    assertThat(show("deadlock_timeout")).isEqualTo("150ms");
    assertThat(server.log()).content().contains("a mark in the log");
  }

  @Test
  void listensOnLoopbackOnly() throws SQLException {
    assertThat(ListeningSockets.addressesOf(server.port())).containsExactly("127.0.0.1");
    assertThat(show("unix_socket_directories")).isEmpty();
  }

  @Test
  void keepsDataPasswordAndPortOverARestart() throws SQLException {
    server.createDatabase("keeps");
    server.execute("keeps", "CREATE TABLE t AS SELECT 42 AS n");
    int port = server.port();
    server.stop();
    assertThatThrownBy(() -> server.connect("keeps")).isInstanceOf(SQLException.class);
    server.start();
    assertThat(server.port()).isEqualTo(port);
    assertThat(query("keeps", "SELECT n FROM t")).isEqualTo("42");
  }

  @Test
  void itsCertificateIsTrustedThroughItsOwnAuthorityOnly() throws SQLException {
    TestCertificates strangers = TestCertificates.generate(folder.resolve("strangers"));
    try (Connection connection = overTls(certificates)) {
      assertThat(connection.isValid(5)).isTrue();
    }
    assertThatThrownBy(() -> overTls(strangers)).isInstanceOf(SQLException.class);
  }

  private static Connection overTls(TestCertificates trusted) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", PostgresServer.ADMIN);
    properties.setProperty("password", server.password());
    properties.setProperty("sslmode", "verify-full");
    properties.setProperty("sslrootcert", trusted.authority().toString());
    return DriverManager.getConnection(
        "jdbc:postgresql://localhost:" + server.port() + "/postgres", properties);
  }

  private static String show(String parameter) throws SQLException {
    return query("postgres", "SHOW " + parameter);
  }

  private static String query(String database, String sql) throws SQLException {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
