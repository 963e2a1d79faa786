package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.StoredQuery;
import dev.matviews.plan.ViewDefinition;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The view under its new definition and a scratch name, next to the old one that is still read.
 *
 * @param oid of the shadow
 * @param storedQuery as it was when the shadow was made: until it takes its place, its sources may
 *     be replaced or gain columns
 * @param old the view that it is to replace
 */
record Shadow(QualifiedName name, long oid, StoredQuery storedQuery, Old old, Owner owner) {

  /**
   * The view that holds the name.
   *
   * @param columns their names
   * @param storage access method, parameters and tablespace as SQL
   */
  record Old(long oid, long owner, boolean populated, @Nullable String columns, String storage) {

    static Old of(Session session, RebuildOrder order) throws SQLException {
      List<Old> found =
          session.query(
              SqlFile.read("shadow.sql"),
              row ->
                  new Old(
                      row.getLong("oid"),
                      row.getLong("owner"),
                      row.getBoolean("populated"),
                      row.getString("columns"),
                      row.getString("storage")),
              Objects.requireNonNullElse(order.tablespace(), ""),
              order.view().schema(),
              order.view().name());
      if (found.isEmpty()) {
        throw changed(order, "dropped");
      }
      if (found.get(0).populated() && !order.fill()) {
        // An empty view in its place would take data away that somebody may read already.
        throw changed(order, "filled");
      }
      return found.get(0);
    }
  }

  private static DatabaseException changed(RebuildOrder order, String what) {
    return new DatabaseException(
        new Failure(
            Reason.RefreshInProgress,
            null,
            "%s was %s meanwhile; it is looked at again".formatted(order.view(), what)));
  }

  /**
   * Whoever made the view anew by hand has not seen this shadow's grants and indexes; and what a
   * hand changed of owner, storage or columns, the shadow was made without.
   */
  void requireOld(Session session, RebuildOrder order) throws SQLException {
    Old now = Old.of(session, order);
    if (now.oid() != old.oid()) {
      throw changed(order, "made anew");
    }
    boolean renamed = order.repeats() && !Objects.equals(now.columns(), old.columns());
    boolean otherwise = now.owner() != old.owner() || !now.storage().equals(old.storage());
    if (renamed || otherwise) {
      throw changed(order, "changed");
    }
  }

  /**
   * What PostgreSQL prints is nearly always read back as the same; a refresh must not find out by
   * what its readers get.
   */
  void requireSame(Session session, RebuildOrder order) throws SQLException {
    if (!Definition.areSame(session, name, order.view())) {
      throw new DatabaseException(
          new Failure(
              Reason.UnsupportedSQL,
              null,
              "%s cannot be refreshed by a swap: its query is not read back as PostgreSQL prints it; choose another refresh.mode"
                  .formatted(order.view())));
    }
  }

  /** Without data; its name is written down in the transaction that makes it. */
  static Shadow create(Session session, Bookkeeping bookkeeping, RebuildOrder order)
      throws SQLException {
    Old old = Old.of(session, order);
    Owner owner = Owner.of(session, order.view());
    QualifiedName name = new QualifiedName(order.view().schema(), Scratch.newName());
    owner.act(session, () -> Definition.create(session, order.definition(), name, old.storage()));
    session.execute(new Scratch(bookkeeping).note(order.view(), name.name()));
    return session
        .query(
            "SELECT c.oid, %s, %s FROM pg_catalog.pg_class c WHERE c.oid = ?::pg_catalog.regclass"
                .formatted(Bookkeeping.FINGERPRINT, Bookkeeping.SOURCE_COLUMNS),
            row ->
                new Shadow(
                    name,
                    row.getLong(1),
                    new StoredQuery(row.getString(2), row.getString(3)),
                    old,
                    owner),
            Sql.qualified(name))
        .get(0);
  }

  /** Under the definition's own search path and time zone, as its later refreshes are. */
  void fill(Session session, ViewDefinition definition, SessionSettings settings)
      throws SQLException {
    List<Sql> fill = new ArrayList<>(settings.set());
    fill.add(Sql.of("REFRESH MATERIALIZED VIEW " + Sql.qualified(name)));
    owner.act(
        session,
        () ->
            Scope.ofDefinition(
                session, definition, () -> session.inTransaction(() -> execute(session, fill))));
  }

  private static void execute(Session session, List<Sql> statements) throws SQLException {
    for (Sql statement : statements) {
      session.execute(statement);
    }
  }

  /**
   * A new relation has neither statistics nor a visibility map: its first readers would miss them.
   */
  void vacuum(Session session) throws SQLException {
    Sql vacuum = Sql.of("VACUUM (ANALYZE) " + Sql.qualified(name));
    owner.act(session, () -> session.execute(vacuum));
  }
}
