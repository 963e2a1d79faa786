package dev.matviews.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a shadow has like what others made on the old view, indexes or extended statistics: under
 * scratch names, for the names are taken until the swap.
 */
final class Copies {

  private static final String STANDING =
      """
      SELECT i.oid || ' ' || n.nspname || '.' || i.relname
      FROM pg_catalog.pg_index x
      JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
      WHERE x.indrelid = ? AND x.indisvalid
      UNION ALL
      SELECT s.oid || ' ' || n.nspname || '.' || s.stxname
      FROM pg_catalog.pg_statistic_ext s
      JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
      WHERE s.stxrelid = ?
      """;

  private final Session session;
  private final Shadow shadow;
  private final List<Copy> all = new ArrayList<>();

  Copies(Session session, Shadow shadow) {
    this.session = session;
    this.shadow = shadow;
  }

  /**
   * One of them.
   *
   * @param original OID of what it is like
   */
  record Copy(long original, Rename rename) {

    /** By which it is to go. */
    String name() {
      return rename.from().schema() + "." + rename.to();
    }
  }

  void add(Copy copy) {
    all.add(copy);
  }

  List<Copy> all() {
    return List.copyOf(all);
  }

  List<Rename> renames() {
    return all.stream().map(Copy::rename).toList();
  }

  /**
   * What another hand has dropped, renamed or made anew since must not come back by the swap.
   * Inside the caller's transaction.
   */
  void takeBackReplaced() throws SQLException {
    if (all.isEmpty()) {
      return;
    }
    long old = shadow.old().oid();
    List<String> standing = session.query(STANDING, row -> row.getString(1), old, old);
    for (Copy copy : all()) {
      if (!standing.contains(copy.original() + " " + copy.name())) {
        Rename rename = copy.rename();
        shadow
            .owner()
            .act(
                session,
                () ->
                    session.execute(
                        Sql.of("DROP " + rename.kind() + " " + Sql.qualified(rename.from()))));
        all.remove(copy);
      }
    }
  }
}
