package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.Trigger;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One run on a connection of its own, from the fence to the row that tells how it ended.
 *
 * <p>The REFRESH, the run's row and the COMMIT go to the server in one round trip. A client that is
 * stopped or killed after it was sent leaves a server that finishes all of it or nothing, and never
 * one that waits for a COMMIT with readers queueing behind its lock.
 */
public final class RefreshRun {

  /** Nobody queues behind a concurrent refresh, so it may wait long for its lock. */
  private static final Duration CONCURRENT_LOCK_TIMEOUT = Duration.ofSeconds(30);

  /** A run that took all of its time still gets its statistics. */
  private static final Duration SHORTEST_VACUUM = Duration.ofMinutes(1);

  private final ServerAddress address;
  private final Bookkeeping bookkeeping;
  private final RefreshOrder order;
  private final Clock clock;
  private @Nullable Session session;
  private volatile boolean cancelled;
  private volatile boolean abandoned;

  RefreshRun(ServerAddress address, Bookkeeping bookkeeping, RefreshOrder order, Clock clock) {
    this.address = address;
    this.bookkeeping = bookkeeping;
    this.order = order;
    this.clock = clock;
  }

  /** What became of it. */
  public sealed interface Outcome {

    /** Nothing is left to do: its row is in the database, or it was cancelled before it began. */
    record Recorded() implements Outcome {}

    /** Another session works on the view. */
    record Busy() implements Outcome {}
  }

  /**
   * Runs to the end on this thread.
   *
   * @throws DatabaseException when not even the failure could be written down
   */
  public Outcome execute() {
    if (cancelled || abandoned) {
      return new Outcome.Recorded();
    }
    Session.Pins pins =
        new Session.Pins(order.searchPath(), order.timeZone(), order.timeout(), lockTimeout());
    try (Session opened = Session.open(address, pins)) {
      return refresh(opened);
    } catch (SQLException e) {
      throw new DatabaseException(Failure.ofBookkeeping(e, address));
    } finally {
      stoppable(null);
    }
  }

  /**
   * From any thread; the run ends as Cancelled.
   *
   * <p>A request that reaches the server between two statements stops nothing, so it is sent again
   * as long as there is something to stop.
   */
  public synchronized void cancel() {
    cancelled = true;
    if (session != null) {
      session.cancel();
      CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(this::cancel);
    }
  }

  /**
   * From any thread: cuts the connection, so that the server rolls back, and writes nothing down.
   * Whoever comes next finds the run as if it had never begun.
   */
  public synchronized void abandon() {
    abandoned = true;
    if (session != null) {
      session.abort();
    }
  }

  /** What is written down about a run is never stopped: it has this monitor to itself. */
  private synchronized void stoppable(@Nullable Session opened) {
    session = opened;
  }

  private Duration lockTimeout() {
    return order.mode().concurrently() ? CONCURRENT_LOCK_TIMEOUT : order.lockTimeout();
  }

  private Outcome refresh(Session opened) throws SQLException {
    Fence fence = Fence.of(order.view());
    if (!fence.tryHold(opened)) {
      return new Outcome.Busy();
    }
    refreshFenced(opened);
    fence.release(opened);
    return new Outcome.Recorded();
  }

  private void refreshFenced(Session opened) throws SQLException {
    if (alreadyDone(opened)) {
      return;
    }
    Start start = start(opened);
    stoppable(opened);
    if (cancelled || abandoned) {
      return;
    }
    try {
      attempt(opened, start);
      countRows(opened, start);
    } catch (SQLException e) {
      stoppable(null);
      if (!abandoned) {
        recordFailure(opened, e, start);
      }
    }
  }

  /**
   * @param at by the operator's clock, as slots are
   * @param asOf by the database's clock, as its data are
   * @param nanos by the clock that only goes forward, for the deadline
   */
  private record Start(Instant at, Instant asOf, long nanos) {

    Duration elapsed() {
      return Duration.ofNanos(System.nanoTime() - nanos);
    }
  }

  private Start start(Session opened) throws SQLException {
    Instant asOf =
        opened
            .query(
                "SELECT pg_catalog.clock_timestamp()",
                row -> row.getObject(1, OffsetDateTime.class).toInstant())
            .get(0);
    return new Start(clock.instant().truncatedTo(ChronoUnit.MICROS), asOf, System.nanoTime());
  }

  /**
   * Another operator may have done it since the decision was made. Whether a first fill is done
   * shows in the view alone: one that somebody has emptied since keeps its OID.
   */
  private boolean alreadyDone(Session opened) throws SQLException {
    return order.id().trigger() == Trigger.Initial ? holdsData(opened) : alreadySucceeded(opened);
  }

  private boolean holdsData(Session opened) throws SQLException {
    return !opened
        .query(
            "SELECT 1 FROM pg_catalog.pg_class c"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind = 'm' AND c.relispopulated",
            row -> row.getInt(1),
            order.view().schema(),
            order.view().name())
        .isEmpty();
  }

  private boolean alreadySucceeded(Session opened) throws SQLException {
    return !opened
        .query(
            "SELECT 1 FROM %s.runs WHERE schema_name = ? AND view_name = ? AND run_id = ?"
                    .formatted(bookkeeping.quotedSchema())
                + " AND result = 'Succeeded'",
            row -> row.getInt(1),
            order.view().schema(),
            order.view().name(),
            order.id().toString())
        .isEmpty();
  }

  /**
   * Asks for the lock in short tries with pauses, since readers queue behind a waiting REFRESH:
   * each waits at most {@code lockTimeout}, and in the pauses all of them pass.
   */
  private void attempt(Session opened, Start start) throws SQLException {
    while (true) {
      try {
        opened.executeTogether(roundTrip(start));
        return;
      } catch (SQLException e) {
        opened.rollback();
        if (!"55P03".equals(e.getSQLState())) {
          throw e;
        }
        LockSupport.parkNanos(
            TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(50, 1000)));
        boolean timeForOneMore = left(start).compareTo(lockTimeout()) > 0;
        if (!timeForOneMore || cancelled || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
  }

  private Duration left(Start start) {
    return order.timeout().minus(start.elapsed());
  }

  private List<Sql> roundTrip(Start start) {
    QualifiedName view = order.view();
    Run run = run(start.at(), start.at(), Run.Result.Succeeded, Reason.Succeeded, null, null);
    List<Sql> batch = new ArrayList<>();
    batch.add(statementTimeout(left(start)));
    batch.add(Sql.of("BEGIN"));
    batch.add(
        Sql.of(
            "REFRESH MATERIALIZED VIEW %s %s"
                .formatted(
                    order.mode().concurrently() ? "CONCURRENTLY" : "", Sql.qualified(view))));
    batch.add(bookkeeping.succeeded(view, order.id(), run, order.due(), start.asOf()));
    batch.add(Sql.of("COMMIT"));
    return batch;
  }

  /** Rounded up: the server must not be the first to think that the time is over. */
  private static Sql statementTimeout(Duration limit) {
    return Sql.of("SET statement_timeout = " + Math.max(1, limit.plusNanos(999_999).toMillis()));
  }

  private void recordFailure(Session opened, SQLException e, Start start) throws SQLException {
    Failure failure = Failure.ofRefresh(e, order.view().toString());
    boolean stopped = stopped(failure, start);
    Run.Result result = stopped ? Run.Result.Cancelled : Run.Result.Failed;
    Reason reason = stopped ? Reason.Cancelled : failure.reason();
    String message = stopped ? order.view() + ": the refresh was cancelled" : failure.message();
    boolean settled =
        switch (reason.retry()) {
          case Backoff, Slow, OnEvent -> false;
          case None, Never -> true;
        };
    Run run =
        run(
            start.at(),
            start.at().plus(start.elapsed()),
            result,
            reason,
            failure.sqlState(),
            message);
    List<Sql> batch = new ArrayList<>();
    batch.add(Sql.of("BEGIN"));
    batch.add(Sql.of("SET LOCAL lock_timeout = '2s'"));
    batch.add(bookkeeping.failed(order.view(), order.id(), run, order.due(), settled));
    batch.add(bookkeeping.prune(order.view()));
    batch.add(Sql.of("COMMIT"));
    if (opened.isOpen()) {
      opened.executeTogether(batch);
      return;
    }
    try (Session another = Session.open(address, Session.Pins.ofCatalog())) {
      another.executeTogether(batch);
    }
  }

  /** 57014 is a timeout as well as somebody's pg_cancel_backend; only the clock tells. */
  private boolean stopped(Failure failure, Start start) {
    return cancelled
        || (failure.reason() == Reason.RefreshTimeout
            && start.elapsed().compareTo(order.timeout()) < 0);
  }

  /**
   * REFRESH leaves neither statistics nor a visibility map, without which index-only scans and row
   * estimates are gone. The run is committed already: a failure here costs only those.
   */
  private void countRows(Session opened, Start start) {
    Duration left = left(start);
    Duration limit = left.compareTo(SHORTEST_VACUUM) < 0 ? SHORTEST_VACUUM : left;
    try {
      opened.executeTogether(List.of(bookkeeping.prune(order.view()), statementTimeout(limit)));
      opened.execute(Sql.of("VACUUM (ANALYZE, TRUNCATE false) " + Sql.qualified(order.view())));
      opened.execute(bookkeeping.rowsAfter(order.view(), order.id()));
    } catch (SQLException e) {
      opened.close();
    }
  }

  private Run run(
      Instant startedAt,
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
