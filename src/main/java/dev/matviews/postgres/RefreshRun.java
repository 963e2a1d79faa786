package dev.matviews.postgres;

import java.sql.SQLException;
import java.time.Clock;

/** One refresh or rebuild, on a connection of its own and behind the view's fence. */
public final class RefreshRun {

  private final ServerAddress address;
  private final Bookkeeping bookkeeping;
  private final RunOrder order;
  private final Clock clock;
  private final Lifeline lifeline = new Lifeline();

  RefreshRun(ServerAddress address, Bookkeeping bookkeeping, RunOrder order, Clock clock) {
    this.address = address;
    this.bookkeeping = bookkeeping;
    this.order = order;
    this.clock = clock;
  }

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
    if (lifeline.isCut()) {
      return new Outcome.Recorded();
    }
    Session.Pins pins = new Session.Pins(Attempt.STATEMENT_TIMEOUT, order.longestLockWait());
    try (Session opened = Session.open(address, pins)) {
      return lifeline.holds(opened) ? fenced(opened) : new Outcome.Recorded();
    } catch (SQLException e) {
      if (lifeline.isCut()) {
        return new Outcome.Recorded();
      }
      throw new DatabaseException(Failure.ofBookkeeping(e, address));
    }
  }

  /**
   * From any thread, and without waiting: cuts the connection, so that the server rolls back, and
   * writes nothing down. Whoever comes next finds the run as if it had never begun.
   */
  public void abandon() {
    lifeline.cut();
  }

  private Outcome fenced(Session opened) throws SQLException {
    Fence fence = Fence.of(order.view());
    if (!fence.tryHold(opened)) {
      return new Outcome.Busy();
    }
    try {
      if (isDone(opened)) {
        // Done under another operator, or before a clock or a request was set back: settled all the
        // same, else it would be decided on again and again.
        opened.execute(bookkeeping.handled(order.view(), order.id(), order.due()));
      } else {
        carryOut(new Attempt(opened, address, bookkeeping, order, clock, lifeline::isCut));
      }
    } finally {
      fence.release(opened);
    }
    return new Outcome.Recorded();
  }

  private void carryOut(Attempt attempt) throws SQLException {
    if (order instanceof RebuildOrder rebuild) {
      new Rebuild(attempt, rebuild).run();
    } else if (order instanceof RefreshOrder refresh) {
      new Refresh(attempt, refresh).run();
    }
  }

  private boolean isDone(Session opened) throws SQLException {
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
}
