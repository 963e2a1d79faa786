package dev.matviews.postgres;

import dev.matviews.plan.Index;
import dev.matviews.plan.Probe;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** The DDL of a view: makes it, compares it, changes its indexes. */
final class Definition {

  private final Bookkeeping bookkeeping;

  Definition(Bookkeeping bookkeeping) {
    this.bookkeeping = bookkeeping;
  }

  /**
   * Makes the wanted view under a scratch name, in a transaction that the caller rolls back: the
   * strictest check that PostgreSQL has, which neither plans nor runs the query.
   *
   * @return whether the view in the database has the same definition
   */
  Probe probe(Session session, ViewDefinition definition) throws SQLException {
    QualifiedName scratch =
        new QualifiedName(definition.name().schema(), "matviews_probe_" + UUID.randomUUID());
    create(session, definition, scratch);
    boolean same =
        session
            .query(
                "SELECT pg_catalog.pg_get_viewdef(?::pg_catalog.regclass)"
                    + " = pg_catalog.pg_get_viewdef(?::pg_catalog.regclass)",
                row -> row.getBoolean(1),
                Sql.qualified(scratch),
                Sql.qualified(definition.name()))
            .get(0);
    return same ? Probe.Same : Probe.Different;
  }

  /**
   * Carries out one step; the caller holds the view's fence.
   *
   * @throws DatabaseException with what the user can do about it
   */
  void apply(Session session, Step step) throws SQLException {
    if (step instanceof Step.CreateView create) {
      createWhole(session, create.definition());
    } else if (step instanceof Step.ReplaceUnpopulatedView replace) {
      drop(session, replace.definition().name());
      createWhole(session, replace.definition());
    } else if (step instanceof Step.CreateIndex create) {
      createIndex(session, create);
    } else if (step instanceof Step.DropIndex drop) {
      dropIndex(session, drop);
    } else if (step instanceof Step.WriteRecord record) {
      session.execute(bookkeeping.record(record.definition(), record.indexes()));
    }
  }

  private static void dropIndex(Session session, Step.DropIndex drop) {
    QualifiedName name = new QualifiedName(drop.view().schema(), drop.name());
    try {
      session.execute(
          Sql.of(
              "DROP INDEX %s IF EXISTS %s"
                  .formatted(drop.concurrently() ? "CONCURRENTLY" : "", Sql.qualified(name))));
    } catch (SQLException e) {
      throw new DatabaseException(Failure.ofStatement(e, "index " + name));
    }
  }

  private void createWhole(Session session, ViewDefinition definition) throws SQLException {
    create(session, definition, definition.name());
    for (Index index : definition.indexes()) {
      createIndex(session, new Step.CreateIndex(definition.name(), index, false));
    }
    List<String> indexes = definition.indexes().stream().map(Index::name).toList();
    session.execute(bookkeeping.record(definition, indexes));
  }

  /** Under the definition's own search path and time zone, which end before anything else runs. */
  private static void create(Session session, ViewDefinition definition, QualifiedName name)
      throws SQLException {
    String query = Sql.query(definition.sql());
    Sql statement =
        Sql.of(
            "CREATE MATERIALIZED VIEW %s AS\n%s\nWITH NO DATA"
                .formatted(Sql.qualified(name), query));
    pin(session, definition);
    try {
      session.execute(statement);
    } catch (SQLException e) {
      throw new DatabaseException(Failure.ofDefinition(e, statement.text(), query));
    }
    pin(session, "pg_catalog", "UTC");
  }

  private static void pin(Session session, ViewDefinition definition) throws SQLException {
    try {
      pin(session, Sql.identifiers(definition.searchPath()), definition.timeZone());
    } catch (SQLException e) {
      // The search path is valid whatever stands in it, since it is quoted.
      if ("22023".equals(e.getSQLState())) {
        throw new DatabaseException(
            new Failure(
                Reason.InvalidTimeZone,
                e.getSQLState(),
                "sessionTimeZone is not known to PostgreSQL; name one of pg_timezone_names"));
      }
      throw e;
    }
  }

  private static void pin(Session session, String searchPath, String timeZone) throws SQLException {
    session.query(
        "SELECT pg_catalog.set_config('search_path', ?, true),"
            + " pg_catalog.set_config('TimeZone', ?, true)",
        row -> "",
        searchPath,
        timeZone);
  }

  private static void createIndex(Session session, Step.CreateIndex create) throws SQLException {
    Index index = create.index();
    Sql statement =
        Sql.of(
            "CREATE %s INDEX %s %s ON %s (%s)"
                .formatted(
                    index.unique() ? "UNIQUE" : "",
                    create.concurrently() ? "CONCURRENTLY" : "",
                    Sql.identifier(index.name()),
                    Sql.qualified(create.view()),
                    Sql.identifiers(index.columns())));
    try {
      session.execute(statement);
    } catch (SQLException e) {
      throw new DatabaseException(ofIndex(e, create, statement));
    }
  }

  private static Failure ofIndex(SQLException e, Step.CreateIndex create, Sql statement) {
    // Only a duplicate shows values, and only in words that are not the primary message's.
    if ("23505".equals(e.getSQLState())) {
      return Failure.ofRefresh(e, create.view().toString());
    }
    Failure failure = Failure.ofDefinition(e, statement.text(), statement.text());
    return new Failure(
        failure.reason(),
        failure.sqlState(),
        "index %s on %s: %s".formatted(create.index().name(), create.view(), failure.message()));
  }

  private static void drop(Session session, QualifiedName view) throws SQLException {
    try {
      session.execute(Sql.of("DROP MATERIALIZED VIEW " + Sql.qualified(view)));
    } catch (SQLException e) {
      Failure failure = Failure.ofStatement(e, view.toString());
      throw new DatabaseException(
          failure.reason() == Reason.DependentsExist
              ? new Failure(
                  Reason.DependentsExist,
                  failure.sqlState(),
                  "%s has to be made anew, but other objects stand on it; drop them first"
                      .formatted(view))
              : failure);
    }
  }
}
