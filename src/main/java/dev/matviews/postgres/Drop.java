package dev.matviews.postgres;

import dev.matviews.plan.Claim;
import dev.matviews.plan.Claimants;
import dev.matviews.plan.Dependent;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a view: it goes, and with it all that the operator remembers of it, in one
 * transaction, on a connection of its own.
 *
 * <p>Only what the record names as ours goes, and only while nothing of others stands on it. A
 * crash leaves all of it or nothing.
 */
public final class Drop {

  private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(10);

  /** How long to ask for the lock again and again before the caller hears of it. */
  private static final Duration TRIES = Duration.ofSeconds(3);

  private final ServerAddress address;
  private final String identity;
  private final Bookkeeping bookkeeping;
  private final QualifiedName view;
  private final Claim claim;
  private final Duration lockTimeout;
  private final Lifeline lifeline = new Lifeline();

  /**
   * Of the view that the claim's object stands for.
   *
   * @param identity of the database in which it was looked after: a restored copy holds the same
   *     view and the same claim
   * @param lockTimeout the longest that readers queue behind one try
   */
  public Drop(
      ServerAddress address,
      String identity,
      String bookkeepingSchema,
      QualifiedName view,
      Claim claim,
      Duration lockTimeout) {
    this.address = address;
    this.identity = identity;
    this.bookkeeping = new Bookkeeping(bookkeepingSchema, Claimants.ALL_THERE);
    this.view = view;
    this.claim = claim;
    this.lockTimeout = lockTimeout;
  }

  /** What became of it. */
  public sealed interface Outcome {

    /** Nothing of ours is left, whether or not there was something. */
    record Gone() implements Outcome {}

    /**
     * It stands as it stood.
     *
     * @param dependents what stands directly on it
     */
    record Held(List<Dependent> dependents) implements Outcome {}

    /** Cut off before it was done. */
    record Abandoned() implements Outcome {}
  }

  private record Target(long oid, boolean materializedView, String owner, boolean droppable) {}

  /**
   * Runs to the end on this thread.
   *
   * @throws DatabaseException with the reason why the view still stands
   */
  public Outcome execute() {
    Session.Pins pins = new Session.Pins(STATEMENT_TIMEOUT, lockTimeout);
    try (Session opened = Session.open(address, pins)) {
      if (!lifeline.holds(opened)) {
        return new Outcome.Abandoned();
      }
      requireSameDatabase(opened);
      return repeated(opened);
    } catch (SQLException e) {
      throw new DatabaseException(Failure.ofBookkeeping(e, address));
    }
  }

  private void requireSameDatabase(Session opened) throws SQLException {
    if (!Server.identity(opened).equals(identity)) {
      throw new DatabaseException(
          new Failure(
              Reason.DatabaseChanged,
              null,
              address + " is another database than before, so nothing is dropped there"));
    }
  }

  /** From any thread, and without waiting: unless the server has committed already, all stays. */
  public void abandon() {
    lifeline.cut();
  }

  /** In short tries with pauses, in which the readers that have queued up behind one pass. */
  private Outcome repeated(Session opened) throws SQLException {
    long start = System.nanoTime();
    while (true) {
      Failure failure = attempt(opened);
      if (failure == null) {
        return new Outcome.Gone();
      }
      if (lifeline.isCut()) {
        return new Outcome.Abandoned();
      }
      if (failure.reason() == Reason.DependentsExist) {
        return new Outcome.Held(standOnIt(opened));
      }
      boolean passing =
          failure.reason() == Reason.LockTimeout || failure.reason() == Reason.RefreshInProgress;
      if (!passing || System.nanoTime() - start > TRIES.toNanos()) {
        throw new DatabaseException(failure);
      }
      ShortTries.pause();
    }
  }

  private List<Dependent> standOnIt(Session opened) throws SQLException {
    return new Dependents(bookkeeping).of(opened, view).stream().filter(Dependent::direct).toList();
  }

  private @Nullable Failure attempt(Session opened) {
    try {
      opened.inTransaction(() -> dropAll(opened));
      Failpoint.reach("drop-committed");
      return null;
    } catch (DatabaseException e) {
      return e.failure();
    } catch (SQLException e) {
      return Failure.ofBookkeeping(e, address);
    }
  }

  /** The record goes last: it is what makes everything before it ours. */
  private void dropAll(Session opened) throws SQLException {
    if (isOurs(opened)) {
      hold(opened);
      if (isManaged(opened)) {
        dropViews(opened);
      }
      for (Sql sql : bookkeeping.forget(view)) {
        opened.execute(sql);
      }
      Failpoint.reach("view-dropped");
    }
  }

  /** The row is locked, so that nobody can take the view over while it is dropped. */
  private boolean isOurs(Session opened) throws SQLException {
    return opened
        .query(bookkeeping.claim(view) + " FOR UPDATE", Bookkeeping::claim)
        .contains(claim);
  }

  /**
   * Whoever works on the view works for an object that is going: a run whose operator was killed, a
   * build of an index that would take hours.
   */
  private void hold(Session opened) throws SQLException {
    Fence fence = Fence.of(view);
    if (!fence.tryHoldInTransaction(opened)) {
      fence.cutOffHolder(opened);
      throw inProgress();
    }
  }

  private void dropViews(Session opened) throws SQLException {
    drop(opened, view);
    // Shadows that a crash left, and a replaced view on which others of ours still stand.
    for (String name : new Scratch(bookkeeping).noted(opened, view)) {
      drop(opened, new QualifiedName(view.schema(), name));
    }
  }

  /** One that was only ever refreshed was made by others, and stays theirs. */
  private boolean isManaged(Session opened) throws SQLException {
    return opened
        .query(
            "SELECT definition_hash IS NOT NULL FROM %s.views WHERE schema_name = ? AND view_name = ?"
                .formatted(bookkeeping.quotedSchema()),
            row -> row.getBoolean(1),
            view.schema(),
            view.name())
        .contains(true);
  }

  private void drop(Session opened, QualifiedName name) throws SQLException {
    Target target = target(opened, name);
    if (target == null || !target.materializedView()) {
      return;
    }
    if (!target.droppable()) {
      throw new DatabaseException(
          new Failure(
              Reason.OwnershipChanged,
              null,
              ("materialized view %s belongs to role %s, which the connecting role cannot become;"
                      + " give it back with ALTER MATERIALIZED VIEW … OWNER TO, or drop it")
                  .formatted(name, target.owner())));
    }
    Sql drop = Sql.of("DROP MATERIALIZED VIEW " + Sql.qualified(name) + " RESTRICT");
    try {
      Owner.of(opened, name).act(opened, () -> opened.execute(drop));
    } catch (SQLException e) {
      throw new DatabaseException(Failure.ofStatement(e, "materialized view " + name));
    }
    // No statement drops by OID, and a name can change hands between the look and the drop.
    if (stillStands(opened, target)) {
      throw inProgress();
    }
  }

  private static @Nullable Target target(Session opened, QualifiedName name) throws SQLException {
    List<Target> found =
        opened.query(
            SqlFile.read("drop-target.sql")
                .replace("${reachable}", Owner.MAY_BECOME.formatted("c.relowner")),
            Drop::target,
            name.schema(),
            name.name());
    return found.isEmpty() ? null : found.get(0);
  }

  private static Target target(ResultSet row) throws SQLException {
    return new Target(
        row.getLong("oid"),
        row.getBoolean("materialized_view"),
        row.getString("owner"),
        row.getBoolean("droppable"));
  }

  private static boolean stillStands(Session opened, Target target) throws SQLException {
    return !opened
        .query(
            "SELECT 1 FROM pg_catalog.pg_class WHERE oid = ?", row -> row.getInt(1), target.oid())
        .isEmpty();
  }

  private DatabaseException inProgress() {
    return new DatabaseException(
        new Failure(Reason.RefreshInProgress, null, "another session works on %s".formatted(view)));
  }
}
