package dev.matviews.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends what another session does, on a thread and a connection of its own: asks the server first,
 * and insists after a while. A function can catch the first, and nothing the second.
 */
final class Cancellation {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration LAST = Duration.ofSeconds(10);

  /** Between two statements there is nothing to cancel, so it is asked again. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final ServerAddress address;
  private final int pid;
  private final CountDownLatch ended;
  private final Runnable cut;

  /**
   * Of a session that stays open until {@code ended}, so that its process is not another's.
   *
   * @param cut what is left to do when the server does not listen
   */
  Cancellation(ServerAddress address, int pid, CountDownLatch ended, Runnable cut) {
    this.address = address;
    this.pid = pid;
    this.ended = ended;
    this.cut = cut;
  }

  void begin() {
    Thread thread = new Thread(this::run, "cancel-" + pid);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try (Session session = Session.open(address, Session.Pins.ofCatalog())) {
      untilEnded(session);
    } catch (SQLException | DatabaseException e) {
      cut.run();
    } catch (InterruptedException e) {
      cut.run();
      Thread.currentThread().interrupt();
    }
  }

  private void untilEnded(Session session) throws SQLException, InterruptedException {
    long begun = System.nanoTime();
    do {
      Duration passed = Duration.ofNanos(System.nanoTime() - begun);
      if (passed.compareTo(LAST) > 0) {
        cut.run();
        return;
      }
      signal(session, passed.compareTo(PATIENCE) < 0 ? "cancel" : "terminate");
    } while (!ended.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void signal(Session session, String what) throws SQLException {
    session.query(
        """
        SELECT pg_catalog.pg_%s_backend(a.pid) FROM pg_catalog.pg_stat_activity a
        WHERE a.pid = ? AND a.usename = SESSION_USER AND a.application_name = 'matview-operator'
          AND a.datname = pg_catalog.current_database()
        """
            .formatted(what),
        row -> "",
        pid);
  }
}
