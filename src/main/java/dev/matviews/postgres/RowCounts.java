package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.refresh.RowCounting;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts the rows of a view before and after a run, as its spec wants. A count that fails or takes
 * longer than the run may costs only itself.
 */
final class RowCounts {

  private final Attempt attempt;
  private final RunOrder order;

  RowCounts(Attempt attempt, RunOrder order) {
    this.attempt = attempt;
    this.order = order;
  }

  /** Before the run. */
  void before() {
    if (order.options().rowCount() == RowCounting.Exact) {
      attempt.hadRows(count(order.view()));
    }
  }

  /**
   * What writes down how many there are now, of a run that has ended or commits with it.
   *
   * @param counted the view, or the shadow that is about to take its place
   */
  Optional<Sql> after(QualifiedName counted) {
    Bookkeeping bookkeeping = attempt.bookkeeping();
    return switch (order.options().rowCount()) {
      case None -> Optional.empty();
      case Estimated -> Optional.of(bookkeeping.rowsAfter(order.view(), order.id()));
      case Exact ->
          Optional.ofNullable(count(counted))
              .map(rows -> bookkeeping.rowsAfter(order.view(), order.id(), rows));
    };
  }

  private @Nullable Long count(QualifiedName view) {
    Session session = attempt.session();
    Long[] counted = new Long[1];
    try {
      if (attempt.left().isNegative() || !isPopulated(session, view)) {
        return null;
      }
      attempt.enter(Phase.Counting);
      attempt.allowWhatIsLeft();
      Owner.of(session, view).act(session, () -> counted[0] = countAll(session, view));
      return counted[0];
    } catch (SQLException | DatabaseException e) {
      return null;
    }
  }

  private static boolean isPopulated(Session session, QualifiedName view) throws SQLException {
    List<Boolean> populated =
        session.query(
            "SELECT relispopulated FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?)",
            row -> row.getBoolean(1),
            Sql.qualified(view));
    return populated.contains(true);
  }

  private static long countAll(Session session, QualifiedName view) throws SQLException {
    return session
        .query("SELECT pg_catalog.count(*) FROM " + Sql.qualified(view), row -> row.getLong(1))
        .get(0);
  }
}
