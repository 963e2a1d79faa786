package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import java.sql.SQLException;
import java.util.List;

/** What was found in a database when it was last examined. */
public record Health(Server server, Unmanaged unmanaged) {

  /**
   * Materialized views that the bookkeeping does not name.
   *
   * @param names the first of them
   */
  public record Unmanaged(int count, List<QualifiedName> names) {

    public Unmanaged {
      names = List.copyOf(names);
    }
  }

  static Unmanaged unmanaged(Session session, Bookkeeping bookkeeping) throws SQLException {
    record Row(int count, QualifiedName name) {}
    List<Row> rows =
        session.query(
            SqlFile.read("unmanaged.sql").replace("${bookkeeping}", bookkeeping.quotedSchema()),
            row ->
                new Row(
                    row.getInt("count"),
                    new QualifiedName(row.getString("schema_name"), row.getString("view_name"))));
    return new Unmanaged(
        rows.isEmpty() ? 0 : rows.get(0).count(), rows.stream().map(Row::name).toList());
  }
}
