package dev.matviews.postgres;

import dev.matviews.plan.Index;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.RecordedIndex;
import dev.matviews.plan.ViewDefinition;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The definition that a view has, for another one of the same.
 *
 * <p>While all is as it was written down that is the spec's text, and else what PostgreSQL prints:
 * nothing goes live that nobody has asked for, be it what SELECT * means by now, an edit that waits
 * for approval or a drift that is to be left.
 */
final class LiveDefinition {

  private final Session session;
  private final Bookkeeping bookkeeping;
  private final ViewDefinition spec;
  private final RefreshOrder order;
  private final QualifiedName view;

  /**
   * Of the view that the spec is about.
   *
   * @param order with the search path and the time zone that its data are made under
   */
  LiveDefinition(
      Session session, Bookkeeping bookkeeping, ViewDefinition spec, RefreshOrder order) {
    this.session = session;
    this.bookkeeping = bookkeeping;
    this.spec = spec;
    this.order = order;
    this.view = spec.name();
  }

  private record Found(boolean asRecorded, String printed) {}

  /**
   * With those of its indexes that the spec names and that stand as it says; all others are not the
   * spec's by now.
   *
   * @throws DatabaseException when there is no such view any more
   */
  ViewDefinition read() throws SQLException {
    Found found = found();
    return with(found.asRecorded() ? spec.sql() : found.printed(), indexes());
  }

  private ViewDefinition with(String sql, List<Index> indexes) {
    return new ViewDefinition(
        view, spec.claim(), sql, order.searchPath(), order.timeZone(), indexes);
  }

  /**
   * Printed under the search path that it is read back under: PostgreSQL leaves a schema out only
   * where that path finds the same object.
   */
  private Found found() throws SQLException {
    List<Found> found = new ArrayList<>();
    String query =
        SqlFile.read("live-definition.sql")
            .replace("${fingerprint}", Bookkeeping.FINGERPRINT)
            .replace("${source_columns}", Bookkeeping.SOURCE_COLUMNS)
            .replace("${bookkeeping}", bookkeeping.quotedSchema());
    Scope.ofDefinition(
        session,
        with(spec.sql(), List.of()),
        () ->
            found.addAll(
                session.query(
                    query,
                    row -> new Found(row.getBoolean("as_recorded"), row.getString("printed")),
                    spec.hash(),
                    spec.timeZone(),
                    view.schema(),
                    view.name())));
    if (found.isEmpty()) {
      throw new DatabaseException(
          new Failure(
              Reason.RefreshInProgress,
              null,
              view + " was dropped meanwhile; it is looked at again"));
    }
    return found.get(0);
  }

  private List<Index> indexes() throws SQLException {
    List<RecordedIndex> recorded =
        session.query(
            "SELECT i.key, i.value ->> 'hash', i.value ->> 'shape' FROM %s.views,"
                    .formatted(bookkeeping.quotedSchema())
                + " LATERAL pg_catalog.jsonb_each(indexes) i"
                + " WHERE schema_name = ? AND view_name = ?",
            row -> new RecordedIndex(row.getString(1), row.getString(2), row.getString(3)),
            view.schema(),
            view.name());
    Map<String, String> shapes = Indexes.shapes(session, view);
    return spec.indexes().stream()
        .filter(
            index ->
                recorded.contains(
                    new RecordedIndex(
                        index.name(), index.hash(), shapes.getOrDefault(index.name(), ""))))
        .toList();
  }
}
