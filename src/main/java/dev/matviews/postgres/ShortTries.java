package dev.matviews.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Asks for a lock in short tries with pauses, since readers queue behind whoever waits for one: in
 * the pauses all of them pass.
 */
final class ShortTries {

  /** Of one try, for the rest of the transaction. */
  static final Sql SHORT_WAIT = Sql.of("SET LOCAL lock_timeout = '100ms'");

  private ShortTries() {}

  /**
   * Does the work once; each try ends by itself when it has waited long enough.
   *
   * @param oneMore whether there is time for another try, asked after a pause
   */
  static void untilLocked(Session session, BooleanSupplier oneMore, Session.Work tryOnce)
      throws SQLException {
    while (true) {
      try {
        tryOnce.run();
        return;
      } catch (SQLException e) {
        session.rollback();
        if (!isContention(e)) {
          throw e;
        }
        pause();
        if (Thread.currentThread().isInterrupted() || !oneMore.getAsBoolean()) {
          throw e;
        }
      }
    }
  }

  /**
   * Does the work in a transaction of its own.
   *
   * @param patience after which a lock that is still held is a failure
   */
  static void inTransaction(Session session, Duration patience, Session.Work work)
      throws SQLException {
    long started = System.nanoTime();
    untilLocked(
        session,
        () -> System.nanoTime() - started < patience.toNanos(),
        () ->
            session.inTransaction(
                () -> {
                  session.execute(SHORT_WAIT);
                  work.run();
                }));
  }

  static void pause() {
    LockSupport.parkNanos(
        TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(50, 1000)));
  }

  private static boolean isContention(SQLException e) {
    return switch (Failure.ofStatement(e, "").reason()) {
      case LockTimeout, Deadlock -> true;
      default -> false;
    };
  }
}
