package dev.matviews.postgres;

import dev.matviews.plan.Dependent;
import dev.matviews.plan.QualifiedName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The moment in which a shadow takes the place of the old view.
 *
 * <p>Views on top are locked before the view itself, outermost first, in the order in which their
 * readers lock: the other way round, each reader between them would be a deadlock.
 */
final class Swap {

  private final Attempt attempt;
  private final Session session;
  private final RebuildOrder order;
  private final Shadow shadow;
  private final Carry carry;
  private final ShadowIndexes indexes;
  private final List<Sql> rowsAfter;

  /**
   * Does nothing yet.
   *
   * @param rowsAfter writes down how many rows there are now
   */
  Swap(
      Attempt attempt,
      RebuildOrder order,
      Carry carry,
      ShadowIndexes indexes,
      List<Sql> rowsAfter) {
    this.attempt = attempt;
    this.session = attempt.session();
    this.order = order;
    this.shadow = carry.shadow();
    this.carry = carry;
    this.indexes = indexes;
    this.rowsAfter = rowsAfter;
  }

  /** A plain view on top, as it was read before the swap. */
  private record Moving(QualifiedName name, String owner, Sql definition) {

    /** Takes the lock of a change and changes nothing; LOCK TABLE would lock its sources too. */
    List<Sql> lock() {
      return List.of(Owner.become(owner), ownerTo("VIEW", name, owner));
    }

    List<Sql> point() {
      return List.of(Owner.become(owner), definition);
    }
  }

  /** Reads all that it takes along anew: it may have changed since the last try. */
  void tryOnce() throws SQLException {
    attempt.allowWhatIsLeft();
    SwapBlock block = new SwapBlock(order.view(), order.lockTimeout(), session);
    shadow.requireOld(session, order);
    session.inTransaction(carry::carry);
    indexes.buildForeign();
    List<Dependent> dependents = new Dependents(attempt.bookkeeping()).of(session, order.view());
    List<Moving> moving = moving(dependents);
    for (Moving view : moving) {
      block.then(view.lock());
    }
    block.then(
        shadow.owner().assume(), ownerTo("MATERIALIZED VIEW", order.view(), shadow.owner().name()));
    block.thenCheckState();
    exchange(block, moving, staysAside(dependents));
    bookkeeping(block);
    Failpoint.reach("before-swap");
    attempt.allowWhatIsLeft();
    execute(block);
    Failpoint.reach("after-swap");
  }

  /**
   * What a hand has changed while the block waited for its locks says more than what that broke.
   */
  private void execute(SwapBlock block) throws SQLException {
    try {
      session.execute(block.sql());
    } catch (SQLException e) {
      if (session.isOpen()) {
        session.rollback();
        shadow.requireOld(session, order);
      }
      throw e;
    }
  }

  private static Sql ownerTo(String kind, QualifiedName name, String owner) {
    return Sql.of(
        "ALTER %s %s OWNER TO %s".formatted(kind, Sql.qualified(name), Sql.identifier(owner)));
  }

  private List<Moving> moving(List<Dependent> dependents) throws SQLException {
    List<Moving> moving = new ArrayList<>();
    for (Dependent dependent : dependents) {
      if (dependent.moves()) {
        QualifiedName name = Objects.requireNonNull(dependent.relation());
        String owner = Objects.requireNonNull(dependent.owner());
        for (String text :
            session.query(
                SqlFile.read("swap-view.sql"),
                row -> row.getString(1),
                name.schema(),
                name.name())) {
          moving.add(new Moving(name, owner, Sql.of(text)));
        }
      }
    }
    return moving;
  }

  /**
   * Whether views of ours stand on the old one, which then waits for them under another name. With
   * anybody else's next to them it is dropped, which PostgreSQL refuses.
   */
  private static boolean staysAside(List<Dependent> dependents) {
    return dependents.stream().anyMatch(Dependent::stays)
        && dependents.stream().noneMatch(Dependent::forbidsRebuild);
  }

  private void exchange(SwapBlock block, List<Moving> moving, boolean aside) throws SQLException {
    QualifiedName view = order.view();
    String oldName = aside ? new SwapAside(session, view).freeName() : Scratch.newName();
    QualifiedName old = new QualifiedName(view.schema(), oldName);
    block.then(new Rename("MATERIALIZED VIEW", view, oldName).sql());
    block.then(new Rename("MATERIALIZED VIEW", shadow.name(), view.name()).sql());
    for (Moving one : moving) {
      block.then(one.point());
    }
    block.then(shadow.owner().assume());
    if (aside) {
      block.then(new SwapAside(session, view).renames(shadow.old().oid(), shadow.owner()));
      block.then(shadow.owner().resume(), new Scratch(attempt.bookkeeping()).note(view, oldName));
      block.then(shadow.owner().assume());
    } else {
      block.then(Sql.of("DROP MATERIALIZED VIEW %s RESTRICT".formatted(Sql.qualified(old))));
    }
    block.then(
        Stream.concat(indexes.renames().stream(), carry.statistics().stream())
            .map(Rename::sql)
            .toList());
  }

  private void bookkeeping(SwapBlock block) throws SQLException {
    Bookkeeping books = attempt.bookkeeping();
    block.then(shadow.owner().resume());
    if (order.fill()) {
      // Goes first: what is recorded then tells our own data from those of an adopted view.
      block.then(attempt.succeeded());
      block.then(rowsAfter);
      block.then(books.prune(order.view(), order.options().historyLimit()));
    }
    block.then(
        order.repeats()
            ? books.madeAnew(
                order.view(),
                shadow.old().oid(),
                Bookkeeping.fingerprint(session, order.view()),
                shadow.storedQuery().fingerprint())
            : books.record(order.definition(), shadow.storedQuery(), indexes.own()),
        new Scratch(books).crossOut(order.view(), shadow.name().name()));
  }
}
