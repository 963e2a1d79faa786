package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Somebody who reads a view for so long that a swap would wait in vain, such as a dump or a report.
 * Only looking again tells one from the many who read for a moment: the server shows the age of a
 * transaction to its own role alone.
 */
final class LongReader {

  private static final Duration LONG = Duration.ofSeconds(1);

  private LongReader() {}

  /** Takes a second where there is one, a moment where somebody else reads, else one question. */
  static boolean holds(Session session, QualifiedName view) throws SQLException {
    long started = System.nanoTime();
    Set<String> holding = transactions(session, view);
    for (long pause = 5; !holding.isEmpty(); pause *= 2) {
      if (System.nanoTime() - started > LONG.toNanos()) {
        return true;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
      holding.retainAll(transactions(session, view));
    }
    return false;
  }

  private static Set<String> transactions(Session session, QualifiedName view) throws SQLException {
    return new HashSet<>(
        session.query(
            SqlFile.read("blockers.sql"),
            row -> row.getString("virtualtransaction"),
            view.schema(),
            view.name()));
  }
}
