package dev.matviews.postgres;

import dev.matviews.plan.Reason;
import dev.matviews.refresh.Run;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A run under way: its deadline, its tries for a lock, and the row that tells how it ended. */
final class Attempt {

  /** For statements of our own that do not grow with the data. */
  static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(30);

  private final Session session;
  private final ServerAddress address;
  private final Bookkeeping bookkeeping;
  private final RunOrder order;
  private final BooleanSupplier abandoned;
  private final Instant asOf;
  private final Instant startedAt;
  private final long startedNanos;

  /**
   * Begins now: by the database's clock for the data, by the operator's for slots, and by the clock
   * that only goes forward for the deadline.
   */
  Attempt(
      Session session,
      ServerAddress address,
      Bookkeeping bookkeeping,
      RunOrder order,
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

  Session session() {
    return session;
  }

  Bookkeeping bookkeeping() {
    return bookkeeping;
  }

  boolean isAbandoned() {
    return abandoned.getAsBoolean();
  }

  Duration left() {
    return order.timeout().minus(elapsed());
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /** Rounded up: the server must not be the first to think that the time is over. */
  static Sql statementTimeout(Duration limit) {
    return Sql.of("SET statement_timeout = " + Math.max(1, limit.plusNanos(999_999).toMillis()));
  }

  /** Each statement from here on may take all that is left, and no more. */
  void allowWhatIsLeft() throws SQLException {
    allow(left());
  }

  void allow(Duration limit) throws SQLException {
    session.setReadTimeout(limit.isNegative() ? Duration.ZERO : limit);
    session.execute(statementTimeout(limit));
  }

  /**
   * As long as the run may take.
   *
   * @param longestWait of one try
   */
  void untilLocked(Duration longestWait, Session.Work tryOnce) throws SQLException {
    ShortTries.untilLocked(
        session, () -> left().compareTo(longestWait) > 0 && !isAbandoned(), tryOnce);
  }

  /** For the transaction that makes the data visible. */
  Sql succeeded() {
    Run run = run(startedAt, Run.Result.Succeeded, Reason.Succeeded, null, null);
    return bookkeeping.succeeded(order.view(), order.id(), run, order.due(), asOf);
  }

  void failed(Failure failure) throws SQLException {
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
            cancelled
                ? order.view() + ": somebody cancelled the refresh"
                : failure.message() + inTheWay(failure));
    List<Sql> batch =
        List.of(
            statementTimeout(STATEMENT_TIMEOUT),
            Sql.of("BEGIN"),
            Sql.of("SET LOCAL lock_timeout = '2s'"),
            bookkeeping.failed(order.view(), order.id(), run, order.due(), settled),
            bookkeeping.prune(order.view()),
            Sql.of("COMMIT"));
    if (session.isOpen()) {
      session.setReadTimeout(STATEMENT_TIMEOUT);
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

  /** Whoever holds a lock on the view, or on a view that stands on it, at this moment. */
  private String inTheWay(Failure failure) throws SQLException {
    if (failure.reason() != Reason.LockTimeout || !session.isOpen()) {
      return "";
    }
    List<String> processes =
        session.query(
            SqlFile.read("blockers.sql"),
            row -> row.getString(1),
            order.view().schema(),
            order.view().name());
    return processes.isEmpty()
        ? ""
        : processes.stream()
            .collect(Collectors.joining(", ", "; server processes in the way: ", ""));
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
        order.sentMode(),
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
