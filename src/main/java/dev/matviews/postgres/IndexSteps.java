package dev.matviews.postgres;

import dev.matviews.plan.Index;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Step;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The steps of a plan that concern indexes. Each keeps the view's record true: those that are not
 * concurrent run in the caller's transaction.
 */
final class IndexSteps {

  private final Bookkeeping bookkeeping;
  private final Scratch scratch;

  IndexSteps(Bookkeeping bookkeeping) {
    this.bookkeeping = bookkeeping;
    this.scratch = new Scratch(bookkeeping);
  }

  void create(Session session, Step.CreateIndex create, Duration patience) throws SQLException {
    IndexBuild build = new IndexBuild(session, bookkeeping, create, patience);
    if (create.concurrently()) {
      build.run();
      return;
    }
    QualifiedName view = create.definition().name();
    Index index = create.index();
    if (build.replaces()) {
      Indexes.drop(session, new QualifiedName(view.schema(), index.name()), false);
    }
    Indexes.create(session, create.definition(), index, index.name(), view);
    session.execute(bookkeeping.indexMade(view, index));
  }

  void drop(Session session, Step.DropIndex drop) throws SQLException {
    QualifiedName index = new QualifiedName(drop.view().schema(), drop.name());
    // A build before it can take hours, in which another hand may have given the name away.
    if (Indexes.standing(session, bookkeeping, drop.view(), drop.name()).contains(true)) {
      Indexes.drop(session, index, drop.concurrently());
    }
    session.execute(bookkeeping.indexGone(drop.view(), drop.name()));
  }

  void drop(Session session, Step.DropScratch drop) throws SQLException {
    for (String name : drop.names()) {
      scratch.drop(session, drop.view(), name, drop.concurrently());
    }
  }
}
