package dev.matviews.bench;

import dev.matviews.playground.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How many connections the operator has to each database, looked at all the time. */
final class ConnectionWatch implements AutoCloseable {

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
  private static final String OF_EACH_DATABASE =
      "SELECT coalesce(max(n), 0), coalesce(sum(n), 0) FROM (SELECT count(*) AS n"
          + " FROM pg_stat_activity WHERE application_name = 'matview-operator' GROUP BY datname) d";

  private final PostgresServer server;
  private final Thread thread = new Thread(this::look, "connection-watch");
  private volatile boolean over;
  private volatile long most;
  private volatile long now;

  private ConnectionWatch(PostgresServer server) {
    this.server = server;
  }

  static ConnectionWatch of(PostgresServer server) {
    ConnectionWatch watch = new ConnectionWatch(server);
    watch.thread.start();
    return watch;
  }

  private void look() {
    try (Connection connection = server.connect(PostgresServer.ADMIN);
        Statement statement = connection.createStatement()) {
      while (!over) {
        try (ResultSet row = statement.executeQuery(OF_EACH_DATABASE)) {
          row.next();
          most = Math.max(most, row.getLong(1));
          now = row.getLong(2);
        }
        LockSupport.parkNanos(PAUSE);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** To one database. */
  long most() {
    return most;
  }

  /** To all of them. */
  long now() {
    return now;
  }

  @Override
  public void close() {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
