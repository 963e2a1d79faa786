package dev.matviews.postgres;

import dev.matviews.plan.Claim;
import dev.matviews.plan.Claimants;
import dev.matviews.plan.Column;
import dev.matviews.plan.Dependent;
import dev.matviews.plan.QualifiedName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What stands on a view, directly or on something that does. */
final class Dependents {

  private final Claimants claimants;
  private final String query;

  Dependents(Bookkeeping bookkeeping) {
    claimants = bookkeeping.claimants();
    query =
        SqlFile.read("dependents.sql")
            .replace("${reachable}", Owner.MAY_BECOME.formatted("o.oid"))
            .replace("${bookkeeping}", bookkeeping.quotedSchema());
  }

  /**
   * Outermost first: nothing stands on an earlier one that is named later.
   *
   * @return empty too where there is no such view
   */
  List<Dependent> of(Session session, QualifiedName view) throws SQLException {
    List<Dependent> found = new ArrayList<>();
    for (long oid : oids(session, view)) {
      found.addAll(session.query(query, this::dependent, oid, oid));
    }
    return found;
  }

  private static List<Long> oids(Session session, QualifiedName view) throws SQLException {
    return session.query(
        "SELECT c.oid FROM pg_catalog.pg_class c"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname = ? AND c.relname = ?",
        row -> row.getLong(1),
        view.schema(),
        view.name());
  }

  private Dependent dependent(ResultSet row) throws SQLException {
    String schema = row.getString("nspname");
    Optional<Claim> claim = claim(row);
    boolean forsaken =
        claim.isPresent()
            && claimants.areGone(
                new QualifiedName(schema, row.getString("recorded_as")), claim.get());
    return new Dependent(
        forsaken
            ? "%s, whose MaterializedView %s/%s is gone"
                .formatted(
                    row.getString("description"), claim.get().namespace(), claim.get().name())
            : row.getString("description"),
        Dependent.Kind.valueOf(row.getString("kind")),
        schema == null ? null : new QualifiedName(schema, row.getString("relname")),
        row.getString("owner"),
        row.getBoolean("owner_reachable"),
        row.getBoolean("owner_may_create"),
        claim.isPresent() && !forsaken,
        row.getBoolean("direct"),
        row.getBoolean("direct") ? columns(row) : List.of());
  }

  private static Optional<Claim> claim(ResultSet row) throws SQLException {
    return row.getString("recorded_as") == null
        ? Optional.empty()
        : Optional.of(
            new Claim(
                row.getString("owner_id"), row.getString("namespace"), row.getString("name")));
  }

  private static List<Column> columns(ResultSet row) throws SQLException {
    String[] names = (String[]) row.getArray("column_names").getArray();
    String[] types = (String[]) row.getArray("column_types").getArray();
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      columns.add(new Column(names[i], types[i]));
    }
    return columns;
  }
}
