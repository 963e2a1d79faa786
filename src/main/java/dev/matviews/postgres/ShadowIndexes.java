package dev.matviews.postgres;

import dev.matviews.plan.Index;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.RecordedIndex;
import dev.matviews.plan.ViewDefinition;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The indexes of a shadow: the spec's own, and those that others made on the old view. */
final class ShadowIndexes {

  private final Attempt attempt;
  private final Session session;
  private final Shadow shadow;
  private final RebuildOrder order;
  private final ViewDefinition definition;
  private final List<Rename> own = new ArrayList<>();
  private final Copies copies;

  ShadowIndexes(Attempt attempt, Shadow shadow, RebuildOrder order) {
    this.attempt = attempt;
    this.session = attempt.session();
    this.shadow = shadow;
    this.order = order;
    this.definition = order.definition();
    this.copies = new Copies(session, shadow);
  }

  private record Foreign(
      long original, String name, String scratch, String tablespace, String statement) {}

  /** Plain ones: nobody reads or writes a shadow. */
  void buildOwn() throws SQLException {
    List<Rename> fresh = new ArrayList<>();
    for (Index index : definition.indexes()) {
      String scratch = Scratch.newName();
      attempt.allowWhatIsLeft();
      session.inTransaction(
          () -> Indexes.build(session, definition, index, scratch, shadow.name(), false));
      Failpoint.reach("index-built");
      fresh.add(renamed(scratch, index.name()));
    }
    settle(fresh);
    own.addAll(fresh);
  }

  /** What is to be written down of the spec's own. */
  List<RecordedIndex> own() throws SQLException {
    Map<String, String> shapes = Indexes.shapes(session, shadow.name());
    Map<String, String> scratch = new HashMap<>();
    own.forEach(rename -> scratch.put(rename.to(), rename.from().name()));
    return definition.indexes().stream()
        .map(
            index ->
                new RecordedIndex(
                    index.name(),
                    index.hash(),
                    Objects.requireNonNull(shapes.get(scratch.get(index.name())))))
        .toList();
  }

  private Rename renamed(String scratch, String name) {
    return new Rename("INDEX", new QualifiedName(shadow.name().schema(), scratch), name);
  }

  /**
   * Where the definition stays, those of the spec go along as they are if they are not as it says:
   * that is for the planner. To be called again builds those that were made meanwhile, and takes
   * back those that went.
   */
  void buildForeign() throws SQLException {
    session.inTransaction(copies::takeBackReplaced);
    List<Copies.Copy> fresh = new ArrayList<>();
    for (Foreign index : missing()) {
      Rename made =
          build(index.name(), index.scratch(), index.tablespace(), Sql.of(index.statement()));
      fresh.add(new Copies.Copy(index.original(), made));
    }
    settle(fresh.stream().map(Copies.Copy::rename).toList());
    fresh.forEach(copies::add);
  }

  List<Rename> renames() {
    return Stream.concat(own.stream(), copies.renames().stream()).toList();
  }

  private List<Foreign> missing() throws SQLException {
    List<String> others = new ArrayList<>(order.repeats() ? List.of() : recorded());
    definition.indexes().forEach(index -> others.add(index.name()));
    copies.renames().forEach(rename -> others.add(rename.to()));
    others.addAll(new Scratch(attempt.bookkeeping()).noted(session, definition.name()));
    return session.query(
        SqlFile.read("carry-indexes.sql"),
        row ->
            new Foreign(
                row.getLong("oid"),
                row.getString("name"),
                row.getString("scratch"),
                row.getString("tablespace"),
                row.getString("statement")),
        shadow.oid(),
        shadow.old().oid(),
        session.texts(others));
  }

  /** Ours: those that the spec wants no more end with the old view. */
  private List<String> recorded() throws SQLException {
    return session.query(
        "SELECT pg_catalog.jsonb_object_keys(indexes) FROM %s.views WHERE schema_name = ? AND view_name = ?"
            .formatted(attempt.bookkeeping().quotedSchema()),
        row -> row.getString(1),
        definition.name().schema(),
        definition.name().name());
  }

  private Rename build(String name, String scratch, String tablespace, Sql statement)
      throws SQLException {
    attempt.allowWhatIsLeft();
    try {
      session.inTransaction(
          () -> {
            session.execute(Sql.of("SET LOCAL default_tablespace = " + Sql.literal(tablespace)));
            shadow.owner().act(session, () -> session.execute(statement));
          });
    } catch (SQLException e) {
      throw new DatabaseException(
          Failure.ofStatement(e, "index %s on %s".formatted(name, definition.name())));
    }
    Failpoint.reach("index-built");
    return renamed(scratch, name);
  }

  /** Comments, statistics targets and the mark of CLUSTER go along by name. */
  private void settle(List<Rename> fresh) throws SQLException {
    if (fresh.isEmpty()) {
      return;
    }
    List<String> statements =
        session.query(
            SqlFile.read("carry-index-settings.sql"),
            row -> row.getString(1),
            session.texts(fresh.stream().map(Rename::to).toList()),
            session.texts(fresh.stream().map(rename -> rename.from().name()).toList()),
            shadow.oid(),
            shadow.old().oid());
    session.inTransaction(
        () ->
            shadow
                .owner()
                .act(
                    session,
                    () -> {
                      for (String text : statements) {
                        session.execute(Sql.of(text));
                      }
                    }));
  }
}
