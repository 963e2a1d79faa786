package dev.matviews.postgres;

import dev.matviews.plan.Reason;
import dev.matviews.plan.ViewDefinition;
import java.sql.SQLException;
import java.util.Optional;

/**
 * A refresh that fills a copy of the view, which then takes its place.
 *
 * <p>Where it gets no lock for that, since a dump or a report reads the view for long, it ends as a
 * concurrent refresh if one is possible: that one gets along with every reader.
 */
final class SwapRefresh {

  private final Attempt attempt;
  private final RefreshOrder order;
  private final ViewDefinition spec;
  private final Owner owner;

  SwapRefresh(Attempt attempt, RefreshOrder order, ViewDefinition spec, Owner owner) {
    this.attempt = attempt;
    this.order = order;
    this.spec = spec;
    this.owner = owner;
  }

  void run() throws SQLException {
    boolean elseConcurrent = order.mode().elseConcurrent();
    if (elseConcurrent && LongReader.holds(attempt.session(), order.view())) {
      refreshConcurrently();
      return;
    }
    Optional<Failure> failure = swap();
    if (failure.isEmpty() || attempt.isAbandoned()) {
      return;
    }
    if (elseConcurrent && isOnlyOfSwaps(failure.get())) {
      refreshConcurrently();
    } else {
      attempt.failed(failure.get());
    }
  }

  private void refreshConcurrently() throws SQLException {
    RefreshOrder concurrently = order.concurrently();
    new Refresh(attempt.insteadOf(concurrently), concurrently, owner).run();
  }

  private Optional<Failure> swap() throws SQLException {
    ViewDefinition live;
    try {
      live = new LiveDefinition(attempt.session(), attempt.bookkeeping(), spec, order).read();
    } catch (DatabaseException e) {
      return Optional.of(e.failure());
    }
    return new Rebuild(attempt, RebuildOrder.repeating(live, order)).carryOut();
  }

  private static boolean isOnlyOfSwaps(Failure failure) {
    return failure.reason() == Reason.LockTimeout || failure.reason() == Reason.UnsupportedSQL;
  }
}
