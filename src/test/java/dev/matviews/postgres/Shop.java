package dev.matviews.postgres;

import dev.matviews.plan.Claimants;
import dev.matviews.playground.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * The database that docs/roles.md speaks of, before its SQL has run: PUBLIC may do nothing there,
 * {@code shop_app} has a table, and {@code analysts} have a view of it.
 */
record Shop(PostgresServer server) implements AutoCloseable {

  private static final String NAME = "shop";

  static Shop open(PostgresServer server) {
    server.execute(
        PostgresServer.ADMIN,
        "CREATE ROLE shop_app",
        "CREATE ROLE analysts",
        "CREATE DATABASE shop STRATEGY FILE_COPY",
        "REVOKE ALL ON DATABASE shop FROM PUBLIC");
    server.execute(
        NAME,
        "CREATE SCHEMA sales AUTHORIZATION shop_app",
        "CREATE SCHEMA reports",
        "GRANT USAGE ON SCHEMA reports TO analysts",
        "SET ROLE shop_app",
        "CREATE TABLE sales.orders AS SELECT 1 AS id, 10 AS price",
        "GRANT USAGE ON SCHEMA sales TO analysts",
        "GRANT SELECT ON sales.orders TO analysts",
        "RESET ROLE",
        "CREATE MATERIALIZED VIEW reports.turnover AS SELECT id, price FROM sales.orders",
        "CREATE UNIQUE INDEX ON reports.turnover (id)",
        "ALTER MATERIALIZED VIEW reports.turnover OWNER TO analysts");
    return new Shop(server);
  }

  void asAdmin(List<String> statements) {
    server.execute(NAME, statements.toArray(String[]::new));
  }

  boolean mayRead(String role, String relation) {
    String question = "SELECT has_table_privilege('%s', '%s', 'SELECT')".formatted(role, relation);
    try (Connection connection = server.connect(NAME)) {
      return TestDatabase.rows(connection, question).equals(List.of("t"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As the operator does, with the password that the page gives to each role. */
  Database operatedAs(String role) {
    return Database.open(address(role), TestDatabase.TERMS, Claimants.ALL_THERE, Clock.systemUTC());
  }

  ServerAddress address(String role) {
    return new ServerAddress(
        server.host(),
        server.port(),
        NAME,
        role,
        "another one",
        TlsMode.DISABLE,
        null,
        null,
        Networks.NONE,
        Duration.ofSeconds(5));
  }

  /** With all roles that the page makes. */
  @Override
  public void close() {
    server.execute(
        PostgresServer.ADMIN,
        "DROP DATABASE shop WITH (FORCE)",
        "DROP ROLE IF EXISTS matviews, shop_views, refresher, analysts, shop_app");
  }
}
