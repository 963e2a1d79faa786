package dev.matviews.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A client that looks up rows 1 ms apart and goes on after a read that failed. */
final class ChangeReader implements AutoCloseable {

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

  private final Thread thread;
  private final CountDownLatch first = new CountDownLatch(1);
  private volatile boolean over;
  private long failed;
  private long worstNanos;

  /** What the client met. */
  record Seen(long failed, double worstMillis) {}

  private ChangeReader(Change change) {
    thread = new Thread(() -> read(change), "reader");
  }

  static ChangeReader of(Change change) {
    ChangeReader reader = new ChangeReader(change);
    reader.thread.start();
    return reader;
  }

  private void read(Change change) {
    try (Connection connection = change.stage().postgres().connect(change.database());
        PreparedStatement lookup =
            connection.prepareStatement("SELECT volume FROM app.volumes WHERE customer = ?")) {
      while (!over) {
        lookup.setInt(1, ThreadLocalRandom.current().nextInt(Change.CUSTOMERS));
        long start = System.nanoTime();
        failed += succeeds(lookup) ? 0 : 1;
        worstNanos = Math.max(worstNanos, first.getCount() == 0 ? System.nanoTime() - start : 0);
        first.countDown();
        LockSupport.parkNanos(PAUSE);
      }
    } catch (SQLException e) {
      failed++;
    }
  }

  private static boolean succeeds(PreparedStatement lookup) {
    try (ResultSet row = lookup.executeQuery()) {
      return row.next();
    } catch (SQLException e) {
      return false;
    }
  }

  void awaitFirst() throws InterruptedException {
    first.await();
  }

  Seen stop() {
    close();
    return new Seen(failed, worstNanos / 1e6);
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
