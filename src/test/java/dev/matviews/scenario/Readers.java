package dev.matviews.scenario;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Clients that each read one value over and over and remember every read that was not as wanted.
 */
final class Readers implements AutoCloseable {

  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final List<Thread> threads;
  private volatile boolean stopping;

  private Readers(Tenant tenant, List<String> queries, String wanted) {
    threads =
        queries.stream()
            .map(query -> new Thread(() -> read(tenant, query, wanted), "reader"))
            .toList();
  }

  static Readers of(Tenant tenant, String query, String wanted) {
    return of(tenant, List.of(query), wanted);
  }

  /** One client for each query. */
  static Readers of(Tenant tenant, List<String> queries, String wanted) {
    Readers readers = new Readers(tenant, queries, wanted);
    readers.threads.forEach(Thread::start);
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
      for (Thread thread : threads) {
        thread.join();
      }
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
