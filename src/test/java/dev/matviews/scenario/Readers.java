package dev.matviews.scenario;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Clients that each read one value over and over and remember every read that was not as wanted.
 * They pause between two reads: else they take the processor from whatever the test waits for.
 */
final class Readers implements AutoCloseable {

  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final List<Thread> threads;
  private final CountDownLatch stopping = new CountDownLatch(1);

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
      do {
        try (ResultSet rows = statement.executeQuery(query)) {
          rows.next();
          String value = rows.getString(1);
          if (!wanted.equals(value)) {
            failures.add("read " + value);
          }
        }
      } while (!stopping.await(5, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      failures.add("interrupted");
    } catch (SQLException e) {
      failures.add(String.valueOf(e.getMessage()));
    }
  }

  /** All that went wrong. */
  List<String> stop() {
    stopping.countDown();
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
