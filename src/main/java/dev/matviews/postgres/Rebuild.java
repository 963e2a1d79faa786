package dev.matviews.postgres;

import dev.matviews.plan.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Brings a changed definition to life: a shadow is built next to the view that is read, then takes
 * its place in one short moment.
 *
 * <p>A crash before that moment leaves a shadow whose name is written down, a crash after it leaves
 * nothing to do.
 */
final class Rebuild {

  /** In which some twenty tries fit. */
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(10);

  private final Attempt attempt;
  private final Session session;
  private final RebuildOrder order;
  private final Scratch scratch;
  private final SessionSettings settings;

  Rebuild(Attempt attempt, RebuildOrder order) {
    this.attempt = attempt;
    this.session = attempt.session();
    this.order = order;
    this.scratch = new Scratch(attempt.bookkeeping());
    this.settings = new SessionSettings(order.options().settings());
  }

  /**
   * Runs to the end; a failure is written down.
   *
   * @throws DatabaseException with the failure where there is nothing to fill, and so no run
   */
  void run() throws SQLException {
    Optional<Failure> failure = carryOut();
    if (failure.isEmpty()) {
      return;
    }
    if (order.fill()) {
      attempt.failed(failure.get());
    } else if (!attempt.isAbandoned() && !attempt.isCancelled()) {
      throw new DatabaseException(failure.get());
    }
  }

  /**
   * Empty when the new view is live. Else what was built for it is gone, and nothing is written.
   */
  Optional<Failure> carryOut() {
    try {
      rebuild();
      return Optional.empty();
    } catch (SQLException e) {
      return failed(Failure.ofRefresh(e, order.view().toString()));
    } catch (DatabaseException e) {
      return failed(e.failure());
    }
  }

  private void rebuild() throws SQLException {
    attempt.allowWhatIsLeft();
    settings.check(session);
    RowCounts rows = new RowCounts(attempt, order);
    rows.before();
    dropUnneeded();
    Carry carry = session.inTransactionMake(this::begin);
    Failpoint.reach("shadow-created");
    Shadow shadow = carry.shadow();
    if (order.fill()) {
      attempt.allowWhatIsLeft();
      attempt.enter(Phase.Filling);
      shadow.fill(session, order.definition(), settings);
      Failpoint.reach("shadow-filled");
    }
    ShadowIndexes indexes = new ShadowIndexes(attempt, shadow, order);
    attempt.enter(Phase.Indexing);
    indexes.buildOwn();
    indexes.buildForeign();
    attempt.allowWhatIsLeft();
    attempt.enter(Phase.Vacuuming);
    shadow.vacuum(session);
    Failpoint.reach("shadow-vacuumed");
    Optional<Sql> counted = rows.after(shadow.name());
    attempt.enter(Phase.Swapping);
    swap(new Swap(attempt, order, carry, indexes, counted.stream().toList()));
  }

  /** A view that was moved aside may have readers still: it is no reason to wait. */
  private void dropUnneeded() throws SQLException {
    try {
      session.inTransaction(
          () -> {
            session.execute(
                Sql.of("SET LOCAL lock_timeout = " + Math.max(1, order.lockTimeout().toMillis())));
            scratch.dropUnneeded(session, order.view());
          });
    } catch (SQLException e) {
      if (Failure.ofStatement(e, "").reason() != Reason.LockTimeout) {
        throw e;
      }
    }
  }

  private Carry begin() throws SQLException {
    Shadow shadow = Shadow.create(session, attempt.bookkeeping(), order);
    if (order.repeats()) {
      shadow.requireSame(session, order);
    }
    Carry carry = new Carry(session, shadow);
    carry.carry();
    return carry;
  }

  /** Only this is tried again for a lock: what was built stays as good as it was. */
  private void swap(Swap swap) throws SQLException {
    try {
      attempt.untilLocked(order.lockTimeout(), patience(), swap::tryOnce);
      if (order.fill()) {
        attempt.hasSucceeded();
      }
    } catch (SQLException e) {
      Failure failure = Failure.ofStatement(e, order.view().toString());
      throw new DatabaseException(
          failure.reason() == Reason.InvalidSQL ? misfit(failure) : failure);
    }
  }

  /**
   * Where another way is left, no longer than it took to build what would be thrown away, and never
   * so long that the other way would lack the time.
   */
  private Duration patience() {
    Duration left = attempt.left();
    if (!order.elseConcurrent()) {
      return left;
    }
    Duration built = order.timeout().minus(left);
    Duration worth = built.compareTo(LEAST_PATIENCE) > 0 ? built : LEAST_PATIENCE;
    Duration half = left.dividedBy(2);
    return worth.compareTo(half) < 0 ? worth : half;
  }

  /** Of our own statements only the definition of a view on top can turn out invalid. */
  private Failure misfit(Failure failure) {
    return new Failure(
        Reason.DependentsExist,
        failure.sqlState(),
        ("%s: a view that stands on it needs a column that the new definition lacks or gives another"
                + " type; drop that view, or keep the column")
            .formatted(order.view()));
  }

  private Optional<Failure> failed(Failure failure) {
    if (!attempt.isAbandoned()) {
      dropWhatWasBuilt();
    }
    return Optional.of(failure);
  }

  /** What cannot be dropped now is dropped before the next rebuild. */
  private void dropWhatWasBuilt() {
    if (!session.isOpen()) {
      return;
    }
    try {
      attempt.allow(Attempt.STATEMENT_TIMEOUT);
      dropUnneeded();
    } catch (SQLException | DatabaseException e) {
      session.close();
    }
  }
}
