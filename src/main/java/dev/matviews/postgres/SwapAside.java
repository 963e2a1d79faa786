package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /**
   * Names of indexes and statistics are unique in a schema: the new view's bear them now.
   * Statistics belong to whoever made them, and only that role may rename them.
   *
   * @param owner of the view, whom to act as again
   */
  List<Sql> renames(long old, Owner owner) throws SQLException {
    List<Sql> renames = new ArrayList<>();
    for (Named one : named(old)) {
      renames.add(one.actsAs() == null ? owner.assume() : Owner.become(one.actsAs()));
      renames.add(new Rename(one.kind(), one.name(), Scratch.newName()).sql());
    }
    renames.add(owner.assume());
    return renames;
  }

  /**
   * What stands under a name that is unique in its schema.
   *
   * @param actsAs who may rename it where that is not the view's owner, null too for one whom the
   *     connecting role cannot become
   */
  private record Named(String kind, QualifiedName name, @Nullable String actsAs) {}

  private List<Named> named(long old) throws SQLException {
    return session.query(
        """
        SELECT 'INDEX' AS kind, n.nspname AS schema, i.relname AS name, NULL AS acts_as
        FROM pg_catalog.pg_index x
        JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
        WHERE x.indrelid = ?
        UNION ALL
        SELECT 'STATISTICS', n.nspname, s.stxname,
               CASE WHEN ${reachable} THEN pg_catalog.pg_get_userbyid(s.stxowner) END
        FROM pg_catalog.pg_statistic_ext s
        JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
        WHERE s.stxrelid = ?
        """
            .replace("${reachable}", Owner.MAY_BECOME.formatted("s.stxowner")),
        row ->
            new Named(
                row.getString("kind"),
                new QualifiedName(row.getString("schema"), row.getString("name")),
                row.getString("acts_as")),
        old,
        old);
  }
}
