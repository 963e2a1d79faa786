package dev.matviews.playground;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** All that has been started, closed last first; what comes after that is closed at once. */
final class Running implements AutoCloseable {

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  <T extends AutoCloseable> T add(T part) {
    synchronized (parts) {
      if (!isClosing()) {
        parts.push(part);
        return part;
      }
    }
    closeQuietly(part);
    throw new IllegalStateException("Stopped before everything was up");
  }

  boolean isClosing() {
    return closing.getCount() == 0;
  }

  boolean isClosingWithin(Duration limit) throws InterruptedException {
    return closing.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** For a signal: also ends the processes that were being started in that moment. */
  void closeWithAllChildren() {
    close();
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    closing.countDown();
    synchronized (parts) {
      while (!parts.isEmpty()) {
        closeQuietly(parts.pop());
      }
    }
  }

  private static void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      // The others are to be closed all the same.
      System.err.println("Could not be stopped: " + e.getMessage());
    }
  }
}
