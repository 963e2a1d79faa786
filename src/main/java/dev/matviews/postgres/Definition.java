package dev.matviews.postgres;

import dev.matviews.plan.Claim;
import dev.matviews.plan.Column;
import dev.matviews.plan.Probe;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.RecordedIndex;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The DDL of a view: makes it, compares it, carries out the steps of a plan. */
final class Definition {

  private final Bookkeeping bookkeeping;
  private final IndexSteps indexSteps;

  Definition(Bookkeeping bookkeeping) {
    this.bookkeeping = bookkeeping;
    this.indexSteps = new IndexSteps(bookkeeping);
  }

  /**
   * Makes the wanted view under a scratch name, in a transaction that the caller rolls back: the
   * strictest check that PostgreSQL has, which neither plans nor runs the query.
   *
   * @return how it compares with the view in the database
   */
  Probe.Seen probe(Session session, ViewDefinition definition) throws SQLException {
    QualifiedName scratch = new QualifiedName(definition.name().schema(), Scratch.newName());
    Owner.of(session, definition.name())
        .act(session, () -> create(session, definition, scratch, ""));
    List<Column> columns = columns(session, scratch);
    return new Probe.Seen(
        areSame(session, scratch, definition.name()),
        StarQuery.is(definition.sql()),
        columns,
        Indexes.shapesOfWanted(session, scratch, definition),
        Indexes.takenNames(session, definition),
        new Dependents(bookkeeping).of(session, definition.name()),
        Carry.unreachableGrantors(session, definition.name()));
  }

  /** Whether two views have the same columns and the same query. */
  static boolean areSame(Session session, QualifiedName one, QualifiedName other)
      throws SQLException {
    return columns(session, one).equals(columns(session, other))
        && session
            .query(
                "SELECT pg_catalog.pg_get_viewdef(?::pg_catalog.regclass)"
                    + " = pg_catalog.pg_get_viewdef(?::pg_catalog.regclass)",
                row -> row.getBoolean(1),
                Sql.qualified(one),
                Sql.qualified(other))
            .get(0);
  }

  private static List<Column> columns(Session session, QualifiedName view) throws SQLException {
    return session.query(
        "SELECT attname, pg_catalog.format_type(atttypid, atttypmod) AS type"
            + " FROM pg_catalog.pg_attribute"
            + " WHERE attrelid = ?::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped"
            + " ORDER BY attnum",
        row -> new Column(row.getString("attname"), row.getString("type")),
        Sql.qualified(view));
  }

  /**
   * Carries out one step; the caller holds the view's fence.
   *
   * @param patience for locks that readers could queue behind
   * @throws DatabaseException with what the user can do about it
   */
  void apply(Session session, Step step, Duration patience) throws SQLException {
    if (step instanceof Step.CreateView create) {
      createWhole(session, create);
    } else if (step instanceof Step.CreateIndex create) {
      indexSteps.create(session, create, patience);
    } else if (step instanceof Step.DropIndex drop) {
      indexSteps.drop(session, drop);
    } else if (step instanceof Step.DropScratch scratch) {
      indexSteps.drop(session, scratch);
    } else if (step instanceof Step.OfAttributes change) {
      AttributeChange.apply(session, change);
    } else if (step instanceof Step.Register register) {
      session.execute(bookkeeping.register(register.view(), register.claim()));
      requireClaim(session, register.view(), register.claim());
    } else if (step instanceof Step.TakeOver takeOver) {
      session.execute(bookkeeping.takeOver(takeOver.view(), takeOver.from(), takeOver.to()));
      requireClaim(session, takeOver.view(), takeOver.to());
    } else if (step instanceof Step.WriteRecord record) {
      session.execute(bookkeeping.record(record.definition(), record.live(), record.indexes()));
    } else if (step instanceof Step.WriteAttributes attributes) {
      session.execute(bookkeeping.recordAttributes(attributes.view(), attributes.attributes()));
    } else {
      throw new IllegalArgumentException("a rebuild is a run of its own");
    }
  }

  /** Two objects may want one view at the same moment: the second must change nothing of it. */
  private void requireClaim(Session session, QualifiedName view, Claim claim) throws SQLException {
    if (!session.query(bookkeeping.claim(view), Bookkeeping::claim).contains(claim)) {
      throw new DatabaseException(
          new Failure(
              Reason.RefreshInProgress,
              null,
              "another object took %s meanwhile; it is looked at again".formatted(view)));
    }
  }

  private void createWhole(Session session, Step.CreateView step) throws SQLException {
    ViewDefinition definition = step.definition();
    String owner = step.owner();
    if (owner == null) {
      create(session, step);
    } else {
      Owner.named(session, owner).act(session, () -> create(session, step));
    }
    List<RecordedIndex> indexes = Indexes.createAll(session, definition.name(), definition);
    session.execute(bookkeeping.recordNew(definition, indexes));
  }

  private static void create(Session session, Step.CreateView step) throws SQLException {
    ViewDefinition definition = step.definition();
    String tablespace = step.tablespace();
    String storage = tablespace == null ? "" : "TABLESPACE " + Sql.identifier(tablespace);
    create(session, definition, definition.name(), storage);
  }

  /**
   * Under the definition's own search path and time zone, which end before anything else runs.
   *
   * @param storage access method, parameters and tablespace as SQL, empty for the defaults
   */
  static void create(Session session, ViewDefinition definition, QualifiedName name, String storage)
      throws SQLException {
    String query = Sql.query(definition.sql());
    Sql statement =
        Sql.of(
            "CREATE MATERIALIZED VIEW %s %s AS\n%s\nWITH NO DATA"
                .formatted(Sql.qualified(name), storage, query));
    Scope.ofDefinition(
        session,
        definition,
        () -> {
          try {
            session.execute(statement);
          } catch (SQLException e) {
            throw new DatabaseException(Failure.ofDefinition(e, statement.text(), query));
          }
        });
  }
}
