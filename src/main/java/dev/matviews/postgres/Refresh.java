package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A REFRESH behind its fence, up to the row that tells how it ended.
 *
 * <p>The REFRESH, the run's row and the COMMIT go to the server in one round trip. A client that is
 * stopped or killed after it was sent leaves a server that finishes all of it or nothing, and never
 * one that waits for a COMMIT with readers queueing behind its lock.
 */
final class Refresh {

  /** A run that took all of its time still gets its statistics. */
  private static final Duration SHORTEST_VACUUM = Duration.ofMinutes(1);

  private final Attempt attempt;
  private final Session session;
  private final Bookkeeping bookkeeping;
  private final RefreshOrder order;
  private final Owner owner;
  private final SessionSettings settings;

  Refresh(Attempt attempt, RefreshOrder order, Owner owner) {
    this.attempt = attempt;
    this.session = attempt.session();
    this.bookkeeping = attempt.bookkeeping();
    this.order = order;
    this.owner = owner;
    this.settings = new SessionSettings(order.options().settings());
  }

  void run() throws SQLException {
    RowCounts rows = new RowCounts(attempt, order);
    try {
      settings.check(session);
      rows.before();
      attempt.enter(Phase.Refreshing);
      attempt.untilLocked(
          order.longestLockWait(),
          () -> {
            session.setReadTimeout(attempt.left());
            session.executeTogether(roundTrip());
          });
      attempt.hasSucceeded();
    } catch (SQLException e) {
      attempt.failed(Failure.ofRefresh(e, order.view().toString()));
      return;
    } catch (DatabaseException e) {
      attempt.failed(e.failure());
      return;
    }
    finish(rows);
  }

  /**
   * The query's search path and time zone hold for the REFRESH alone, not for what we write down.
   */
  private List<Sql> roundTrip() {
    QualifiedName view = order.view();
    List<Sql> batch = new ArrayList<>();
    batch.add(Attempt.statementTimeout(attempt.left()));
    batch.add(Sql.of("BEGIN"));
    batch.add(Sql.of("SET LOCAL search_path = " + Sql.identifiers(order.searchPath())));
    batch.add(Sql.of("SET LOCAL TimeZone = " + Sql.literal(order.timeZone())));
    batch.addAll(settings.set());
    batch.add(owner.assume());
    batch.add(
        Sql.of(
            "REFRESH MATERIALIZED VIEW %s %s"
                .formatted(
                    order.mode().concurrently() ? "CONCURRENTLY" : "", Sql.qualified(view))));
    batch.add(owner.resume());
    batch.add(Sql.of("SET LOCAL search_path = pg_catalog"));
    batch.addAll(attempt.succeeded());
    batch.add(Sql.of("COMMIT"));
    return batch;
  }

  /**
   * REFRESH leaves neither statistics nor a visibility map, without which index-only scans and row
   * estimates are gone. The run is committed already: a failure here costs only those.
   */
  private void finish(RowCounts rows) {
    attempt.enter(Phase.Vacuuming);
    Duration left = attempt.left();
    Duration limit = left.compareTo(SHORTEST_VACUUM) < 0 ? SHORTEST_VACUUM : left;
    try {
      session.setReadTimeout(limit);
      session.executeTogether(
          List.of(
              bookkeeping.prune(order.view(), order.options().historyLimit()),
              Attempt.statementTimeout(limit),
              owner.assume()));
      // Alone: it runs in no transaction, not even that of a round trip.
      session.execute(Sql.of("VACUUM (ANALYZE, TRUNCATE false) " + Sql.qualified(order.view())));
      session.execute(owner.resume());
      Optional<Sql> counted = rows.after(order.view());
      if (counted.isPresent()) {
        session.execute(counted.get());
      }
    } catch (SQLException e) {
      session.close();
    }
  }
}
