package dev.matviews.postgres;

import dev.matviews.plan.Reason;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.RowCounting;
import dev.matviews.refresh.Run;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A run under way: its deadline, its tries for a lock, and the row that tells how it ended. */
final class Attempt {

  /** For statements of our own that do not grow with the data. */
  static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(30);

  /** For what a try does besides: one that the timeout cut off would not tell who is in the way. */
  private static final Duration BESIDES_WAITING = Duration.ofMillis(500);

  private static final String QUERY_CANCELED = "57014";

  /** Of the server processes in the way; a message has to end somewhere. */
  private static final int MOST_NAMED = 10;

  /** What others have decided about the run meanwhile. */
  interface End {

    /** Nothing is to be written down. */
    boolean isAbandoned();

    /** It is to end, and to be written down as cancelled. */
    boolean isCancelled();
  }

  private final Session session;
  private final ServerAddress address;
  private final Bookkeeping bookkeeping;
  private final RunOrder order;
  private final End end;
  private final @Nullable Mode insteadOf;
  private final Instant asOf;
  private final Instant startedAt;
  private final long startedNanos;
  private final int triesBefore;
  private final int pid;
  private @Nullable Long rowsBefore;
  private final AtomicReference<Phase> phase;
  private final AtomicBoolean asksAgain;
  private final AtomicReference<RefreshRun.@Nullable Ended> ended;

  /**
   * Has begun with its first question: by the database's clock for the data, by the operator's for
   * slots; its deadline counts from now on, by the clock that only goes forward.
   */
  Attempt(
      Session session,
      ServerAddress address,
      Bookkeeping bookkeeping,
      RunOrder order,
      RunStart start,
      End end)
      throws SQLException {
    this.session = session;
    this.address = address;
    this.bookkeeping = bookkeeping;
    this.order = order;
    this.end = end;
    this.insteadOf = null;
    this.asOf = start.now();
    this.triesBefore = start.triesBefore();
    this.startedAt = start.startedAt();
    this.startedNanos = System.nanoTime();
    this.pid = session.pid();
    this.phase = new AtomicReference<>(Phase.Preparing);
    this.asksAgain = new AtomicBoolean();
    this.ended = new AtomicReference<>();
    this.rowsBefore =
        order.options().rowCount() == RowCounting.Estimated ? order.rowsBefore() : null;
  }

  /** By a count of all of them, null when it could not be made. */
  void hadRows(@Nullable Long counted) {
    rowsBefore = counted;
  }

  /** The same run, which goes on in another mode; its deadline is still that of the whole. */
  private Attempt(Attempt begun, RefreshOrder order) {
    this.session = begun.session;
    this.address = begun.address;
    this.bookkeeping = begun.bookkeeping;
    this.order = order;
    this.end = begun.end;
    this.insteadOf = begun.order.sentMode();
    this.asOf = begun.asOf;
    this.startedAt = begun.startedAt;
    this.startedNanos = begun.startedNanos;
    this.triesBefore = begun.triesBefore;
    this.pid = begun.pid;
    this.rowsBefore = begun.rowsBefore;
    this.phase = begun.phase;
    this.asksAgain = begun.asksAgain;
    this.ended = begun.ended;
  }

  Attempt insteadOf(RefreshOrder other) {
    return new Attempt(this, other);
  }

  /** From any thread. */
  Progress progress() {
    return new Progress(
        order.id(),
        order.sentMode(),
        startedAt,
        Objects.requireNonNull(phase.get()),
        pid,
        asksAgain.get());
  }

  void enter(Phase next) {
    phase.set(next);
  }

  Session session() {
    return session;
  }

  Bookkeeping bookkeeping() {
    return bookkeeping;
  }

  boolean isAbandoned() {
    return end.isAbandoned();
  }

  boolean isCancelled() {
    return end.isCancelled();
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
    untilLocked(longestWait, left(), tryOnce);
  }

  /**
   * As long as the caller is patient.
   *
   * @param longestWait of one try
   */
  void untilLocked(Duration longestWait, Duration patience, Session.Work tryOnce)
      throws SQLException {
    Duration rest = left().minus(patience).plus(longestWait);
    ShortTries.untilLocked(session, () -> mayAskAgain(rest), tryOnce);
    asksAgain.set(false);
  }

  private boolean mayAskAgain(Duration rest) {
    asksAgain.set(true);
    return left().compareTo(rest.plus(BESIDES_WAITING)) > 0 && !isAbandoned() && !isCancelled();
  }

  /** How it ended, as far as was written down. From any thread. */
  Optional<RefreshRun.Ended> ended() {
    return Optional.ofNullable(ended.get());
  }

  /** That transaction is committed. */
  void hasSucceeded() {
    Instant now = startedAt.plus(elapsed());
    end(run(now, Run.Result.Succeeded, Reason.Succeeded, null, null));
  }

  /** For the transaction that makes the data visible. */
  List<Sql> succeeded() {
    Run run = run(startedAt, Run.Result.Succeeded, Reason.Succeeded, null, null);
    List<Sql> statements = new ArrayList<>();
    statements.add(bookkeeping.succeeded(order, run, asOf));
    statements.addAll(Notification.of(order.options().notifyChannel(), order.view(), asOf));
    return statements;
  }

  /** Writes it down, unless the run was abandoned. */
  void failed(Failure failure) throws SQLException {
    if (isAbandoned()) {
      return;
    }
    boolean cancelled = isCancelled(failure);
    Reason reason = cancelled ? Reason.Cancelled : failure.reason();
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
            bookkeeping.failed(order.view(), order.id(), run, order.due(), reason.isFinal()),
            bookkeeping.prune(order.view(), order.options().historyLimit()),
            Sql.of("COMMIT"));
    write(batch);
    end(run);
  }

  private void end(Run run) {
    ended.set(new RefreshRun.Ended(run, triesBefore));
  }

  private void write(List<Sql> batch) throws SQLException {
    if (session.isOpen()) {
      session.setReadTimeout(STATEMENT_TIMEOUT);
      session.executeTogether(batch);
      return;
    }
    try (Session another = Session.open(address, Session.Pins.ofCatalog())) {
      another.executeTogether(batch);
    }
  }

  /** A timeout as well as somebody's pg_cancel_backend has this SQLSTATE; only the clock tells. */
  private boolean isCancelled(Failure failure) {
    return isCancelled()
        || (QUERY_CANCELED.equals(failure.sqlState()) && elapsed().compareTo(order.timeout()) < 0);
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
            .limit(MOST_NAMED)
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
        1,
        rowsBefore,
        null,
        false,
        insteadOf,
        null);
  }
}
