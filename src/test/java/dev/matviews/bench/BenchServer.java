package dev.matviews.bench;

import dev.matviews.playground.FileTrees;
import dev.matviews.playground.PostgresServer;
import dev.matviews.postgres.Networks;
import dev.matviews.postgres.ServerAddress;
import dev.matviews.postgres.TlsMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** A server with usual settings, which logs who waits for a lock, and the database of a tenant. */
final class BenchServer implements AutoCloseable {

  private static final String NAME = "bench";
  private static final String PASSWORD = "only on loopback";

  private final PostgresServer server;

  private BenchServer(PostgresServer server) {
    this.server = server;
  }

  static BenchServer start() throws IOException {
    Path folder = Path.of("target", "bench");
    FileTrees.delete(folder);
    PostgresServer server =
        PostgresServer.start(
            folder,
            PostgresServer.Options.NONE
                .with("shared_buffers", "1GB")
                .with("max_wal_size", "8GB")
                .with("log_lock_waits", "on")
                .with("deadlock_timeout", "150ms"));
    // Else it would go on when the measurement is cut short.
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    server.execute(
        PostgresServer.ADMIN,
        "CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(NAME, PASSWORD),
        "CREATE DATABASE %s OWNER %1$s".formatted(NAME));
    server.execute(NAME, "CREATE SCHEMA app AUTHORIZATION " + NAME);
    return new BenchServer(server);
  }

  ServerAddress address() {
    return new ServerAddress(
        server.host(),
        server.port(),
        NAME,
        NAME,
        PASSWORD,
        TlsMode.DISABLE,
        null,
        null,
        Networks.NONE,
        Duration.ofSeconds(5));
  }

  /** For libpq. */
  Map<String, String> environment() {
    return Map.of(
        "PGHOST", server.host(),
        "PGPORT", String.valueOf(server.port()),
        "PGDATABASE", NAME,
        "PGUSER", NAME,
        "PGPASSWORD", PASSWORD);
  }

  Connection connect() throws SQLException {
    return server.connect(NAME, NAME, PASSWORD);
  }

  /** How often, so far, a reader has waited for more than deadlock_timeout. */
  long waits() throws IOException {
    try (var lines = Files.lines(server.log())) {
      return lines.filter(line -> line.contains("still waiting for AccessShareLock")).count();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
