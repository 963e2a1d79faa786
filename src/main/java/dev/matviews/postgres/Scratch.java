package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Relations that are ours to drop: their names are written down before they are made and crossed
 * out after they are dropped, so that a crash leaves nothing of which nobody knows whose it is.
 * Only what is written down is ever dropped.
 */
final class Scratch {

  /** Of a relation that a query calls old. */
  static final String NEEDED = SqlFile.read("needed.sql");

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Bookkeeping bookkeeping;

  Scratch(Bookkeeping bookkeeping) {
    this.bookkeeping = bookkeeping;
  }

  /** That nobody else uses, by chance or on purpose. */
  static String newName() {
    return "matviews_" + UUID.randomUUID();
  }

  Sql note(QualifiedName view, String name) {
    return bookkeeping.update(
        view, "scratch = pg_catalog.array_append(scratch, %s)".formatted(Sql.literal(name)));
  }

  Sql crossOut(QualifiedName view, String name) {
    return bookkeeping.update(
        view, "scratch = pg_catalog.array_remove(scratch, %s)".formatted(Sql.literal(name)));
  }

  /** In whatever state: what is noted may not have been made, or may be gone. */
  List<String> noted(Session session, QualifiedName view) throws SQLException {
    return session.query(
        "SELECT pg_catalog.unnest(scratch) FROM %s.views WHERE schema_name = ? AND view_name = ?"
            .formatted(bookkeeping.quotedSchema()),
        row -> row.getString(1),
        view.schema(),
        view.name());
  }

  /**
   * All on which nothing of others stands: shadows that a crash left behind, and old views that
   * were moved aside and from which the last view on top has moved on.
   */
  void dropUnneeded(Session session, QualifiedName view) throws SQLException {
    String query =
        SqlFile.read("leftovers.sql")
            .replace("${needed}", NEEDED)
            .replace("${bookkeeping}", bookkeeping.quotedSchema());
    for (String name : session.query(query, row -> row.getString(1), view.schema(), view.name())) {
      drop(session, view, name, false);
    }
  }

  /**
   * What of it is there.
   *
   * @param concurrently outside a transaction, with readers going on
   */
  void drop(Session session, QualifiedName view, String name, boolean concurrently)
      throws SQLException {
    QualifiedName relation = new QualifiedName(view.schema(), name);
    List<String> kinds =
        session.query(
            "SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.relname = ? AND c.relnamespace ="
                + " (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = ?)",
            row -> row.getString(1),
            name,
            view.schema());
    if (kinds.equals(List.of("i"))) {
      Indexes.drop(session, relation, concurrently);
    } else if (kinds.equals(List.of("m"))) {
      Sql drop = Sql.of("DROP MATERIALIZED VIEW " + Sql.qualified(relation));
      Session.Work asOwner =
          () -> Owner.of(session, relation).act(session, () -> session.execute(drop));
      if (concurrently) {
        // A dump may hold it for hours; the view's fence must not wait for that.
        ShortTries.inTransaction(session, PATIENCE, asOwner);
      } else {
        asOwner.run();
      }
    }
    session.execute(crossOut(view, name));
  }
}
