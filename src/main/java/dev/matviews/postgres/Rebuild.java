package dev.matviews.postgres;

import dev.matviews.plan.Reason;
import java.sql.SQLException;

/**
 * Brings a changed definition to life: a shadow is built next to the view that is read, then takes
 * its place in one short moment.
 *
 * <p>A crash before that moment leaves a shadow whose name is written down, a crash after it leaves
 * nothing to do.
 */
final class Rebuild {

  private final Attempt attempt;
  private final Session session;
  private final RebuildOrder order;
  private final Scratch scratch;

  Rebuild(Attempt attempt, RebuildOrder order) {
    this.attempt = attempt;
    this.session = attempt.session();
    this.order = order;
    this.scratch = new Scratch(attempt.bookkeeping());
  }

  /**
   * Runs to the end; a failure is written down.
   *
   * @throws DatabaseException with the failure where there is nothing to fill, and so no run
   */
  void run() throws SQLException {
    try {
      rebuild();
    } catch (SQLException e) {
      failed(Failure.ofRefresh(e, order.view().toString()));
    } catch (DatabaseException e) {
      failed(e.failure());
    }
  }

  private void rebuild() throws SQLException {
    attempt.allowWhatIsLeft();
    dropUnneeded();
    Carry carry = session.inTransactionMake(this::begin);
    Failpoint.reach("shadow-created");
    Shadow shadow = carry.shadow();
    if (order.fill()) {
      attempt.allowWhatIsLeft();
      shadow.fill(session, order.definition());
      Failpoint.reach("shadow-filled");
    }
    ShadowIndexes indexes = new ShadowIndexes(attempt, shadow, order.definition());
    indexes.buildOwn();
    indexes.buildForeign();
    attempt.allowWhatIsLeft();
    shadow.vacuum(session);
    Failpoint.reach("shadow-vacuumed");
    swap(new Swap(attempt, order, carry, indexes));
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
    Carry carry = new Carry(session, Shadow.create(session, attempt.bookkeeping(), order));
    carry.carry();
    return carry;
  }

  /** Only this is tried again for a lock: what was built stays as good as it was. */
  private void swap(Swap swap) throws SQLException {
    try {
      attempt.untilLocked(order.lockTimeout(), swap::tryOnce);
    } catch (SQLException e) {
      Failure failure = Failure.ofStatement(e, order.view().toString());
      throw new DatabaseException(
          failure.reason() == Reason.InvalidSQL ? misfit(failure) : failure);
    }
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

  private void failed(Failure failure) throws SQLException {
    if (attempt.isAbandoned()) {
      return;
    }
    dropWhatWasBuilt();
    if (!order.fill()) {
      throw new DatabaseException(failure);
    }
    attempt.failed(failure);
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
