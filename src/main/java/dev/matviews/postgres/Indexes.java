package dev.matviews.postgres;

import dev.matviews.plan.Index;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.RecordedIndex;
import dev.matviews.plan.ViewDefinition;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The making of indexes, and what the server makes of them. */
final class Indexes {

  /** Of index i, its relation ic and its method am in a query. */
  static final String SHAPE = SqlFile.read("index-shape.sql");

  private static final String SHAPES =
      """
      SELECT ic.relname, %s AS shape
      FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
      JOIN pg_catalog.pg_am am ON am.oid = ic.relam
      WHERE i.indrelid = ?::pg_catalog.regclass
      """
          .formatted(SHAPE);

  private Indexes() {}

  /**
   * Makes the wanted indexes on a scratch view, in a transaction that the caller rolls back: the
   * strictest check of them before anything is built.
   *
   * @return their shapes by their names
   * @throws DatabaseException with what is wrong with one of them
   */
  static Map<String, String> shapesOfWanted(
      Session session, QualifiedName scratch, ViewDefinition definition) throws SQLException {
    Map<String, String> names = new HashMap<>();
    for (Index index : definition.indexes()) {
      String name = Scratch.newName();
      create(session, definition, index, name, scratch);
      names.put(index.name(), name);
    }
    Map<String, String> shapes = shapes(session, scratch);
    names.replaceAll((index, name) -> Objects.requireNonNull(shapes.get(name)));
    return names;
  }

  /** Makes the definition's indexes on a view that was just made, under their own names. */
  static List<RecordedIndex> createAll(
      Session session, QualifiedName view, ViewDefinition definition) throws SQLException {
    for (Index index : definition.indexes()) {
      create(session, definition, index, index.name(), view);
    }
    Map<String, String> shapes = shapes(session, view);
    return definition.indexes().stream()
        .map(i -> new RecordedIndex(i.name(), i.hash(), shapes.getOrDefault(i.name(), "")))
        .toList();
  }

  /**
   * Makes an index in the caller's transaction, on a view that nobody can read.
   *
   * @param name under which it is made
   * @param on the definition's view or a scratch view of it
   */
  static void create(
      Session session, ViewDefinition definition, Index index, String name, QualifiedName on)
      throws SQLException {
    IndexSql.prove(session, index, definition.name());
    Sql statement = IndexSql.create(index, name, on, false);
    execute(
        session,
        definition,
        statement,
        on,
        e ->
            Failure.ofIndexText(e, statement.text(), IndexSql.texts(index))
                .of(IndexSql.what(index, definition.name())));
  }

  /**
   * Builds an index on a view that holds rows, of which nothing is told when it fails.
   *
   * @param name under which it is built
   * @param on the definition's view, or the one that is to take its place
   */
  static void build(
      Session session,
      ViewDefinition definition,
      Index index,
      String name,
      QualifiedName on,
      boolean concurrently)
      throws SQLException {
    IndexSql.prove(session, index, definition.name());
    execute(
        session,
        definition,
        IndexSql.create(index, name, on, concurrently),
        on,
        e -> Failure.ofIndexBuild(e, definition.name(), index.name()));
  }

  /** As the view's owner, under the settings that the texts of its definition are read under. */
  private static void execute(
      Session session,
      ViewDefinition definition,
      Sql statement,
      QualifiedName on,
      Function<SQLException, Failure> failure)
      throws SQLException {
    Session.Work work =
        () -> {
          try {
            session.execute(statement);
          } catch (SQLException e) {
            throw new DatabaseException(failure.apply(e));
          }
        };
    Owner.of(session, on).act(session, () -> Scope.ofDefinition(session, definition, work));
  }

  /**
   * Whether what has an index's name in the schema of a view, which names every relation there, is
   * an index of ours on it; empty where nothing has it.
   */
  static List<Boolean> standing(
      Session session, Bookkeeping bookkeeping, QualifiedName view, String name)
      throws SQLException {
    return session.query(
        SqlFile.read("index-standing.sql").replace("${bookkeeping}", bookkeeping.quotedSchema()),
        row -> row.getBoolean("ours"),
        view.name(),
        view.schema(),
        name);
  }

  static void drop(Session session, QualifiedName index, boolean concurrently) throws SQLException {
    Sql drop =
        Sql.of(
            "DROP INDEX %s %s".formatted(concurrently ? "CONCURRENTLY" : "", Sql.qualified(index)));
    Owner.of(session, index)
        .act(
            session,
            () -> {
              try {
                session.execute(drop);
              } catch (SQLException e) {
                throw new DatabaseException(Failure.ofStatement(e, "index " + index));
              }
            });
  }

  /** Of the wanted indexes' names those that something else than an index of the view has. */
  static List<String> takenNames(Session session, ViewDefinition definition) throws SQLException {
    return session.query(
        "SELECT c.relname FROM pg_catalog.pg_class c"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname = ? AND c.relname = ANY (?) AND NOT EXISTS ("
            + "SELECT FROM pg_catalog.pg_index i WHERE i.indexrelid = c.oid"
            + " AND i.indrelid = ?::pg_catalog.regclass) ORDER BY 1",
        row -> row.getString(1),
        definition.name().schema(),
        session.texts(definition.indexes().stream().map(Index::name).toList()),
        Sql.qualified(definition.name()));
  }

  /** Of all indexes on a view, by the names that they have now. */
  static Map<String, String> shapes(Session session, QualifiedName view) throws SQLException {
    Map<String, String> shapes = new HashMap<>();
    session
        .query(
            SHAPES,
            row -> Map.entry(row.getString("relname"), row.getString("shape")),
            Sql.qualified(view))
        .forEach(entry -> shapes.put(entry.getKey(), entry.getValue()));
    return shapes;
  }
}
