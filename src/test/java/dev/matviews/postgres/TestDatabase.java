package dev.matviews.postgres;

import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Claimants;
import dev.matviews.playground.FileTrees;
import dev.matviews.playground.PostgresServer;
import dev.matviews.playground.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A database of its own for each test, or for each class where the field is static, on one server
 * for all of them, with a role that may log in and owns the schemas {@code app} and {@code
 * matview_operator} and nothing else.
 */
final class TestDatabase
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  static final String BOOKKEEPING = "matview_operator";

  /** The usual ones. */
  static final Terms TERMS = new Terms(BOOKKEEPING, false, null);

  static final Duration SOON = Duration.ofSeconds(20);

  private static final ExtensionContext.Namespace SHARED =
      ExtensionContext.Namespace.create(TestDatabase.class);
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final String PASSWORD = "correct horse battery staple";

  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();
  private @Nullable Connection asking;
  private Shared shared;
  private String name = "";
  private boolean ofClass;

  /** What all tests of the process use; stopped after the last. */
  private record Shared(PostgresServer server, TestCertificates tls, Path folder)
      implements AutoCloseable {

    static Shared start() {
      try {
        Path folder = Files.createTempDirectory("matviews-postgres");
        TestCertificates tls = TestCertificates.generate(folder.resolve("tls"));
        PostgresServer.Options options =
            PostgresServer.Options.THROWAWAY
                .with("max_connections", "60")
                .with("shared_preload_libraries", "pg_stat_statements")
                .with("log_lock_waits", "on")
                .with("deadlock_timeout", "150ms")
                .withTls(tls);
        return new Shared(PostgresServer.start(folder.resolve("server"), options), tls, folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      FileTrees.delete(folder);
    }
  }

  @SuppressWarnings("NullAway.Init") // set before each test
  TestDatabase() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    ofClass = true;
    create(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!ofClass) {
      create(context);
    }
  }

  private void create(ExtensionContext context) {
    shared =
        context
            .getStore(ExtensionContext.StoreScope.LAUNCHER_SESSION, SHARED)
            .computeIfAbsent(Shared.class, type -> Shared.start(), Shared.class);
    name = "t" + NUMBER.incrementAndGet();
    server().createRole(role(), PASSWORD);
    server().execute(PostgresServer.ADMIN, "CREATE DATABASE " + name + " STRATEGY FILE_COPY");
    asAdmin(
        "CREATE SCHEMA app AUTHORIZATION " + role(),
        "CREATE SCHEMA " + BOOKKEEPING + " AUTHORIZATION " + role());
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    while (!toClose.isEmpty()) {
      toClose.pop().close();
    }
    if (!ofClass) {
      drop();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    drop();
  }

  private void drop() {
    server()
        .execute(
            PostgresServer.ADMIN,
            "DROP DATABASE %s WITH (FORCE)".formatted(name),
            "DROP ROLE " + role());
  }

  PostgresServer server() {
    return shared.server();
  }

  TestCertificates tls() {
    return shared.tls();
  }

  String name() {
    return name;
  }

  String role() {
    return name + "_role";
  }

  ServerAddress address() {
    return address(server().port());
  }

  /** Of something that stands before the server. */
  ServerAddress address(int port) {
    return new ServerAddress(
        server().host(),
        port,
        name,
        role(),
        PASSWORD,
        TlsMode.DISABLE,
        null,
        null,
        Networks.NONE,
        Duration.ofSeconds(5));
  }

  /** As the operator tells databases apart. */
  String identity() {
    return value("SELECT " + Server.IDENTITY);
  }

  /** Closed after the test. */
  Database open() {
    return open(address());
  }

  Database open(ServerAddress address) {
    return open(address, Claimants.ALL_THERE);
  }

  Database open(Claimants claimants) {
    return open(address(), claimants);
  }

  private Database open(ServerAddress address, Claimants claimants) {
    Database database = Database.open(address, TERMS, claimants, Clock.systemUTC());
    toClose.push(database);
    return database;
  }

  Session session() {
    Session session = Session.open(address(), Session.Pins.ofCatalog());
    toClose.push(session);
    return session;
  }

  /** A superuser's connection, closed after the test. */
  Connection admin() throws SQLException {
    Connection connection = server().connect(name);
    toClose.push(connection);
    return connection;
  }

  /** The role's connection without any of the operator's settings, closed after the test. */
  Connection user() throws SQLException {
    Connection connection = server().connect(name, role(), PASSWORD);
    toClose.push(connection);
    return connection;
  }

  void closeAfterwards(AutoCloseable resource) {
    toClose.push(resource);
  }

  void asAdmin(String... sql) {
    server().execute(name, sql);
  }

  int major() {
    return Integer.parseInt(value("SHOW server_version_num")) / 10000;
  }

  /** A role whose rights {@link #role} has as well; gone after the test. */
  String inheritedRole(String suffix) {
    String inherited = reachableRole(suffix);
    asAdmin(
        major() < 16
            ? "ALTER ROLE %s INHERIT".formatted(role())
            : "GRANT %s TO %s WITH INHERIT TRUE".formatted(inherited, role()));
    return inherited;
  }

  /** A role that {@link #role} may become and inherits nothing of; gone after the test. */
  String reachableRole(String suffix) {
    String reachable = name + "_" + suffix;
    asAdmin(
        "CREATE ROLE " + reachable,
        major() < 16
            ? "ALTER ROLE %s NOINHERIT; GRANT %s TO %1$s".formatted(role(), reachable)
            : "GRANT %s TO %s WITH INHERIT FALSE, SET TRUE".formatted(reachable, role()),
        "GRANT USAGE, CREATE ON SCHEMA app TO " + reachable);
    toClose.push(
        () ->
            asAdmin(
                "DROP OWNED BY %s CASCADE".formatted(reachable),
                "DROP ROLE %s".formatted(reachable)));
    return reachable;
  }

  void asRole(String... sql) {
    try (Connection connection = server().connect(name, role(), PASSWORD)) {
      for (String text : sql) {
        run(connection, text);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The rows of a superuser's query, columns joined by {@code |}. */
  synchronized List<String> rows(String sql) {
    try {
      return rows(asking(), sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** A login takes longer than most queries, so one does for all of a test. */
  private Connection asking() throws SQLException {
    if (asking == null || asking.isClosed()) {
      asking = server().connect(name);
      toClose.push(asking);
    }
    return asking;
  }

  static List<String> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          row.append(i == 1 ? "" : "|").append(result.getString(i));
        }
        rows.add(row.toString());
      }
      return rows;
    }
  }

  String value(String sql) {
    return rows(sql).get(0);
  }

  /** Process ids of the operator's sessions that are at work on something like it. */
  List<String> working(String queryPattern) {
    return rows(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
            + " AND application_name = 'matview-operator' AND query ~ '"
            + queryPattern
            + "'");
  }

  /** Lines of the server's log that are about this database and hold the words. */
  List<String> serverLog(String words) {
    String ours = role() + "@" + name() + " ";
    try (var lines = Files.lines(server().log())) {
      return lines.filter(l -> l.contains(ours) && l.contains(words)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the query has an answer. */
  void awaitRow(String sql) {
    await().atMost(SOON).until(() -> !rows(sql).isEmpty());
  }

  /** How many tries for a lock have ended without it. */
  int lockTimeouts() {
    return serverLog("canceling statement due to lock timeout").size();
  }

  /** A transaction of the user that has read and stays open. */
  Connection reading(String sql) throws SQLException {
    Connection reader = user();
    reader.setAutoCommit(false);
    run(reader, sql);
    return reader;
  }
}
