package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Run;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

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

  private final Session session;
  private final ServerAddress address;
  private final Bookkeeping bookkeeping;
  private final RefreshOrder order;
  private final BooleanSupplier abandoned;
  private final Instant asOf;
  private final Instant startedAt;
  private final long startedNanos;

  /**
   * Begins now: by the database's clock for the data, by the operator's for slots, and by the clock
   * that only goes forward for the deadline.
   */
  Refresh(
      Session session,
      ServerAddress address,
      Bookkeeping bookkeeping,
      RefreshOrder order,
      Clock clock,
      BooleanSupplier abandoned)
      throws SQLException {
    this.session = session;
    this.address = address;
    this.bookkeeping = bookkeeping;
    this.order = order;
    this.abandoned = abandoned;
    this.asOf =
        session
            .query(
                "SELECT pg_catalog.clock_timestamp()",
                row -> row.getObject(1, OffsetDateTime.class).toInstant())
            .get(0);
    this.startedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
    this.startedNanos = System.nanoTime();
  }

  void run() throws SQLException {
    try {
      refresh();
    } catch (SQLException e) {
      if (!abandoned.getAsBoolean()) {
        recordFailure(e);
      }
      return;
    }
    countRows();
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  private Duration left() {
    return order.timeout().minus(elapsed());
  }

  /**
   * Asks for the lock in short tries with pauses, since readers queue behind a waiting REFRESH:
   * each waits at most {@code lockTimeout}, and in the pauses all of them pass.
   */
  private void refresh() throws SQLException {
    while (true) {
      try {
        session.setReadTimeout(left());
        session.executeTogether(roundTrip());
        return;
      } catch (SQLException e) {
        session.rollback();
        if (!"55P03".equals(e.getSQLState())) {
          throw e;
        }
        LockSupport.parkNanos(
            TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(50, 1000)));
        boolean timeForOneMore = left().compareTo(order.longestLockWait()) > 0;
        if (!timeForOneMore || abandoned.getAsBoolean() || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
  }

  /**
   * The spec's search path and time zone hold for the REFRESH alone, not for what we write down.
   */
  private List<Sql> roundTrip() {
    QualifiedName view = order.view();
    Run run = run(startedAt, Run.Result.Succeeded, Reason.Succeeded, null, null);
    return List.of(
        statementTimeout(left()),
        Sql.of("BEGIN"),
        Sql.of("SET LOCAL search_path = " + Sql.identifiers(order.searchPath())),
        Sql.of("SET LOCAL TimeZone = " + Sql.literal(order.timeZone())),
        Sql.of(
            "REFRESH MATERIALIZED VIEW %s %s"
                .formatted(order.mode().concurrently() ? "CONCURRENTLY" : "", Sql.qualified(view))),
        Sql.of("SET LOCAL search_path = pg_catalog"),
        bookkeeping.succeeded(view, order.id(), run, order.due(), asOf),
        Sql.of("COMMIT"));
  }

  /** Rounded up: the server must not be the first to think that the time is over. */
  private static Sql statementTimeout(Duration limit) {
    return Sql.of("SET statement_timeout = " + Math.max(1, limit.plusNanos(999_999).toMillis()));
  }

  private void recordFailure(SQLException e) throws SQLException {
    Failure failure = Failure.ofRefresh(e, order.view().toString());
    boolean cancelled = isCancelled(failure);
    Reason reason = cancelled ? Reason.Cancelled : failure.reason();
    boolean settled =
        switch (reason.retry()) {
          case Backoff, Slow, OnEvent -> false;
          case None, Never -> true;
        };
    Run run =
        run(
            startedAt.plus(elapsed()),
            cancelled ? Run.Result.Cancelled : Run.Result.Failed,
            reason,
            failure.sqlState(),
            cancelled ? order.view() + ": somebody cancelled the refresh" : failure.message());
    List<Sql> batch =
        List.of(
            Sql.of("BEGIN"),
            Sql.of("SET LOCAL lock_timeout = '2s'"),
            bookkeeping.failed(order.view(), order.id(), run, order.due(), settled),
            bookkeeping.prune(order.view()),
            Sql.of("COMMIT"));
    if (session.isOpen()) {
      session.executeTogether(batch);
      return;
    }
    try (Session another = Session.open(address, Session.Pins.ofCatalog())) {
      another.executeTogether(batch);
    }
  }

  /** 57014 is a timeout as well as somebody's pg_cancel_backend; only the clock tells. */
  private boolean isCancelled(Failure failure) {
    return failure.reason() == Reason.RefreshTimeout && elapsed().compareTo(order.timeout()) < 0;
  }

  /**
   * REFRESH leaves neither statistics nor a visibility map, without which index-only scans and row
   * estimates are gone. The run is committed already: a failure here costs only those.
   */
  private void countRows() {
    Duration limit = left().compareTo(SHORTEST_VACUUM) < 0 ? SHORTEST_VACUUM : left();
    try {
      session.setReadTimeout(limit);
      session.executeTogether(List.of(bookkeeping.prune(order.view()), statementTimeout(limit)));
      session.execute(Sql.of("VACUUM (ANALYZE, TRUNCATE false) " + Sql.qualified(order.view())));
      session.execute(bookkeeping.rowsAfter(order.view(), order.id()));
    } catch (SQLException e) {
      session.close();
    }
  }

  private Run run(
      Instant finishedAt,
      Run.Result result,
      Reason reason,
      @Nullable String sqlState,
      @Nullable String message) {
    return new Run(
        order.id().toString(),
        order.id().trigger(),
        order.mode().mode(),
        startedAt,
        finishedAt,
        result,
        reason,
        sqlState,
        message,
        order.rowsBefore(),
        null);
  }
}
