package dev.matviews.scenario;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client that reads one value over and over and remembers every read that was not as wanted. */
final class Readers implements AutoCloseable {

  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile boolean stopping;

  private Readers(Tenant tenant, String query, String wanted) {
    thread = new Thread(() -> read(tenant, query, wanted), "reader");
  }

  static Readers of(Tenant tenant, String query, String wanted) {
    Readers readers = new Readers(tenant, query, wanted);
    readers.thread.start();
    return readers;
  }

  private void read(Tenant tenant, String query, String wanted) {
    try (Connection connection = tenant.connect();
        Statement statement = connection.createStatement()) {
      while (!stopping) {
        try (ResultSet rows = statement.executeQuery(query)) {
          rows.next();
          String value = rows.getString(1);
          if (!wanted.equals(value)) {
            failures.add("read " + value);
          }
        }
      }
    } catch (SQLException e) {
      failures.add(String.valueOf(e.getMessage()));
    }
  }

  /** All that went wrong. */
  List<String> stop() {
    stopping = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failures.add("interrupted");
    }
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    stop();
  }
}
