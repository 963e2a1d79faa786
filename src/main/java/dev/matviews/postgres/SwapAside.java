package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;

/** How an old view that is still needed gets out of the way of the new one. */
final class SwapAside {

  private static final int LONGEST_NAME = 63;

  private final Session session;
  private final QualifiedName view;

  SwapAside(Session session, QualifiedName view) {
    this.session = session;
    this.view = view;
  }

  /** People meet it in their own views' sources, so it says what it is. */
  String freeName() throws SQLException {
    String name = shortened(view.name(), "__old");
    return isTaken(name)
        ? shortened(view.name(), "__old_" + Scratch.newName().substring(9, 17))
        : name;
  }

  /** Cut by bytes, as PostgreSQL would, but told apart from what begins alike. */
  static String shortened(String name, String suffix) {
    if (bytes(name + suffix) <= LONGEST_NAME) {
      return name + suffix;
    }
    String end = "_" + HexFormat.of().toHexDigits(name.hashCode()) + suffix;
    String start = name;
    while (bytes(start + end) > LONGEST_NAME) {
      start = start.substring(0, start.offsetByCodePoints(start.length(), -1));
    }
    return start + end;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private boolean isTaken(String name) throws SQLException {
    return !session
        .query(
            "SELECT 1 FROM pg_catalog.pg_class c"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relname = ?",
            row -> row.getInt(1),
            view.schema(),
            name)
        .isEmpty();
  }

  /** Names of indexes and statistics are unique in a schema: the new view's bear them now. */
  List<Sql> renames(long old) throws SQLException {
    return session.query(
        """
        SELECT 'INDEX' AS kind, n.nspname AS schema, i.relname AS name
        FROM pg_catalog.pg_index x
        JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
        WHERE x.indrelid = ?
        UNION ALL
        SELECT 'STATISTICS', n.nspname, s.stxname
        FROM pg_catalog.pg_statistic_ext s
        JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
        WHERE s.stxrelid = ?
        """,
        row ->
            new Rename(
                    row.getString("kind"),
                    new QualifiedName(row.getString("schema"), row.getString("name")),
                    Scratch.newName())
                .sql(),
        old,
        old);
  }
}
