package dev.matviews.postgres;

import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.Run;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One refresh or rebuild, on a connection of its own and behind the view's fence. */
public final class RefreshRun {

  private final ServerAddress address;
  private final RunSessions sessions;
  private final Bookkeeping bookkeeping;
  private final RunOrder order;
  private final Clock clock;
  private final Lifeline lifeline = new Lifeline();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean discarded;
  private volatile @Nullable Attempt attempt;

  RefreshRun(
      ServerAddress address,
      RunSessions sessions,
      Bookkeeping bookkeeping,
      RunOrder order,
      Clock clock) {
    this.address = address;
    this.sessions = sessions;
    this.bookkeeping = bookkeeping;
    this.order = order;
    this.clock = clock;
  }

  /**
   * How a try of it ended.
   *
   * @param triesBefore of the same run, by whichever operator
   */
  public record Ended(Run run, int triesBefore) {}

  /** What became of it. */
  public sealed interface Outcome {

    /** Nothing is left to do: how it ended is in the database, or it was abandoned. */
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
    try {
      return lifeline.isOver() ? new Outcome.Recorded() : connected();
    } finally {
      ended.countDown();
    }
  }

  private Outcome connected() {
    RunSessions.Begun<RunStart> begun = begin();
    Session session = begun.session();
    boolean whole = false;
    try {
      Outcome outcome =
          lifeline.holds(session) ? held(session, begun.answer()) : new Outcome.Recorded();
      whole = true;
      return outcome;
    } catch (SQLException e) {
      if (lifeline.isOver()) {
        return new Outcome.Recorded();
      }
      throw new DatabaseException(Failure.ofBookkeeping(e, address));
    } finally {
      end(session, whole);
    }
  }

  private RunSessions.Begun<RunStart> begin() {
    Session.Pins pins = new Session.Pins(Attempt.STATEMENT_TIMEOUT, order.longestLockWait());
    try {
      return sessions.take(
          pins, session -> RunStart.of(session, pins, address, bookkeeping, order, clock));
    } catch (SQLException e) {
      throw new DatabaseException(Failure.ofBookkeeping(e, address));
    }
  }

  private void end(Session session, boolean whole) {
    // Before anybody else can have it: a cut that comes late must not meet another run.
    lifeline.letGo();
    if (whole && !lifeline.isCancelled()) {
      sessions.giveBack(session);
    } else {
      sessions.drop(session);
    }
  }

  /** How far it has come; empty before it has begun. From any thread. */
  public Optional<Progress> progress() {
    return Optional.ofNullable(attempt).map(Attempt::progress);
  }

  /**
   * From any thread, and without waiting: cuts the connection, so that the server rolls back, and
   * writes nothing down. Whoever comes next finds the run as if it had never begun.
   */
  public void abandon() {
    lifeline.cut();
  }

  /**
   * From any thread, and without waiting: the server ends what it does for this run, which is
   * written down as cancelled unless it has succeeded by then. One that has not begun never begins.
   */
  public void cancel() {
    Session running = lifeline.cancel();
    if (running == null) {
      return;
    }
    try {
      new Cancellation(address, running.pid(), ended, lifeline::cut).begin();
    } catch (SQLException e) {
      lifeline.cut();
    }
  }

  /** As {@link #cancel}, but nothing is written down, as of a run that had never begun. */
  public void discard() {
    discarded = true;
    cancel();
  }

  /** How it ended; empty while it has not, and for one of which nothing was written down. */
  public Optional<Ended> ended() {
    return Optional.ofNullable(attempt).flatMap(Attempt::ended);
  }

  /** Since when it works on the view; empty while it has not got that far. */
  public Optional<Instant> startedAt() {
    return progress().map(Progress::startedAt);
  }

  private Outcome held(Session opened, RunStart start) throws SQLException {
    if (!start.holdsView()) {
      return new Outcome.Busy();
    }
    try {
      if (start.isDone()) {
        // Done under another operator, or before a clock or a request was set back: settled all the
        // same, else it would be decided on again and again.
        opened.execute(bookkeeping.handled(order.view(), order.id(), order.due()));
      } else {
        Attempt begun = new Attempt(opened, address, bookkeeping, order, start, end());
        carryOut(begun, start);
      }
    } finally {
      Fence.of(order.view()).release(opened);
    }
    return new Outcome.Recorded();
  }

  private Attempt.End end() {
    return new Attempt.End() {
      @Override
      public boolean isAbandoned() {
        return lifeline.isCut() || discarded;
      }

      @Override
      public boolean isCancelled() {
        return lifeline.isCancelled();
      }
    };
  }

  private void carryOut(Attempt begun, RunStart start) throws SQLException {
    attempt = begun;
    if (order instanceof RebuildOrder rebuild) {
      new Rebuild(begun, rebuild).run();
    } else if (order instanceof RefreshOrder asked) {
      RefreshOrder refresh = asked.in(start.searchPath(), start.timeZone());
      ViewDefinition spec = refresh.spec();
      if (refresh.mode().mode() == Mode.Swap && spec != null) {
        new SwapRefresh(begun, refresh, spec, start.owner()).run();
      } else {
        new Refresh(begun, refresh, start.owner()).run();
      }
    }
  }
}
