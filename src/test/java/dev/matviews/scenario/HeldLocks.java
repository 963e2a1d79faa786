package dev.matviews.scenario;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Clients that take locks, each in a transaction of its own that stays open. They are asked for in
 * the background: each has its lock as soon as whoever holds it now lets go.
 */
final class HeldLocks implements AutoCloseable {

  private final List<Connection> connections = new ArrayList<>();
  private final List<CompletableFuture<Void>> asking = new ArrayList<>();

  static HeldLocks none() {
    return new HeldLocks();
  }

  /** What the statement locks. */
  HeldLocks and(Tenant tenant, String statement) {
    try {
      Connection connection = tenant.connect();
      connections.add(connection);
      connection.setAutoCommit(false);
      asking.add(CompletableFuture.runAsync(() -> execute(connection, statement)));
      return this;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void execute(Connection connection, String text) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text);
    } catch (SQLException e) {
      throw new IllegalStateException(text + ": " + e.getMessage(), e);
    }
  }

  /** Until all of them are had. */
  void await() {
    asking.forEach(CompletableFuture::join);
  }

  /** Once all of them were had; else somebody would wait for nobody. */
  @Override
  public void close() {
    await();
    for (Connection connection : connections) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
