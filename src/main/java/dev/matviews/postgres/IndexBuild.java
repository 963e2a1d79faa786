package dev.matviews.postgres;

import dev.matviews.plan.Index;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An index built on a view with rows, under a scratch name and behind the view's fence, and then
 * put in the place of the one of ours that has its name.
 *
 * <p>A crash leaves the old index or the new one under the name, never none and never an invalid
 * one, and the other under a scratch name that is written down.
 */
final class IndexBuild {

  private final Session session;
  private final Bookkeeping bookkeeping;
  private final Scratch scratch;
  private final Step.CreateIndex step;
  private final Duration patience;
  private final Index index;
  private final QualifiedName view;

  /**
   * Does nothing yet.
   *
   * @param patience for the locks that the exchange of names needs
   */
  IndexBuild(Session session, Bookkeeping bookkeeping, Step.CreateIndex step, Duration patience) {
    this.session = session;
    this.bookkeeping = bookkeeping;
    this.scratch = new Scratch(bookkeeping);
    this.step = step;
    this.patience = patience;
    this.index = step.index();
    this.view = step.definition().name();
  }

  /**
   * Builds it and puts it in its place.
   *
   * @throws DatabaseException DuplicateRows, TargetConflict, …: nothing has changed then
   */
  void run() throws SQLException {
    replaces();
    String built = Scratch.newName();
    String retired = Scratch.newName();
    session.execute(scratch.note(view, built));
    try {
      Indexes.build(session, step.definition(), index, built, view, true);
      Failpoint.reach("successor-built");
      exchange(built, retired);
      Failpoint.reach("successor-exchanged");
    } catch (SQLException e) {
      discard(built);
      throw new DatabaseException(Failure.ofStatement(e, IndexSql.what(index, view)));
    } catch (DatabaseException e) {
      discard(built);
      throw e;
    }
    scratch.drop(session, view, retired, true);
  }

  /** ALTER INDEX … RENAME lets readers and writers pass. */
  private void exchange(String built, String retired) throws SQLException {
    ShortTries.inTransaction(session, patience, () -> exchangeOnce(built, retired));
  }

  private void exchangeOnce(String built, String retired) throws SQLException {
    Owner owner = Owner.of(session, view);
    if (replaces()) {
      session.execute(scratch.note(view, retired));
      owner.act(session, () -> retire(built, retired));
    }
    owner.act(session, () -> rename(built, index.name()));
    session.execute(scratch.crossOut(view, built));
    session.execute(bookkeeping.indexMade(view, index));
  }

  /** The comment is read behind the lock that the rename takes. */
  private void retire(String built, String retired) throws SQLException {
    rename(index.name(), retired);
    List<@Nullable String> comments =
        session.query(
            "SELECT pg_catalog.obj_description(?::pg_catalog.regclass, 'pg_class')",
            row -> row.getString(1),
            Sql.qualified(named(retired)));
    String comment = comments.get(0);
    if (comment != null) {
      session.execute(
          Sql.of(
              "COMMENT ON INDEX %s IS %s"
                  .formatted(Sql.qualified(named(built)), Sql.literal(comment))));
    }
  }

  private void rename(String from, String to) throws SQLException {
    session.execute(
        Sql.of(
            "ALTER INDEX %s RENAME TO %s"
                .formatted(Sql.qualified(named(from)), Sql.identifier(to))));
  }

  private QualifiedName named(String name) {
    return new QualifiedName(view.schema(), name);
  }

  /**
   * Whether an index of ours has the name; names of indexes are those of the whole schema.
   *
   * @throws DatabaseException TargetConflict where anything else has it
   */
  boolean replaces() throws SQLException {
    List<Boolean> ours = Indexes.standing(session, bookkeeping, view, index.name());
    if (ours.contains(false)) {
      throw new DatabaseException(
          new Failure(
              Reason.TargetConflict,
              null,
              IndexSql.what(index, view)
                  + ": the name is taken by a relation of somebody else; rename one of them"));
    }
    return !ours.isEmpty();
  }

  /** What cannot be dropped now stays written down, for the next plan to drop. */
  private void discard(String built) {
    try {
      scratch.drop(session, view, built, true);
    } catch (SQLException | DatabaseException e) {
      session.close();
    }
  }
}
