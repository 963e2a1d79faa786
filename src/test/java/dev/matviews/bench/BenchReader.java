package dev.matviews.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A client that looks up single rows, with pauses: it is to meet locks and not to take the CPU. */
final class BenchReader implements AutoCloseable {

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(2);

  private final Thread thread;
  private volatile boolean over;
  private volatile @Nullable String failure;

  private BenchReader(BenchServer server, String view, int rows) {
    thread = new Thread(() -> read(server, view, rows), "reader");
  }

  static BenchReader of(BenchServer server, String view, int rows) {
    BenchReader reader = new BenchReader(server, view, rows);
    reader.thread.start();
    return reader;
  }

  private void read(BenchServer server, String view, int rows) {
    try (Connection connection = server.connect();
        PreparedStatement lookup =
            connection.prepareStatement("SELECT n FROM %s WHERE id = ?".formatted(view))) {
      while (!over) {
        lookup.setInt(1, ThreadLocalRandom.current().nextInt(rows) + 1);
        try (ResultSet found = lookup.executeQuery()) {
          if (!found.next()) {
            failure = "an empty result";
          }
        }
        LockSupport.parkNanos(PAUSE);
      }
    } catch (SQLException e) {
      failure = String.valueOf(e.getMessage());
    }
  }

  void requireHealth() {
    String met = failure;
    if (met != null) {
      throw new IllegalStateException("a reader met: " + met);
    }
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
