package dev.matviews.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something in the database that stands on a view, so that the view cannot be dropped under it.
 *
 * @param description as PostgreSQL calls it: "view app.report"
 * @param relation null for what is no relation
 * @param owner null for what is no relation
 * @param ownerReachable whether the operator may become its owner
 * @param ownerMayCreate whether its owner may create in its schema, as pointing it elsewhere needs
 * @param managed whether it is a view of a MaterializedView itself
 * @param direct whether it names the view itself, and not only something that stands on it
 * @param columns of the view that it needs; empty where it is not direct
 */
public record Dependent(
    String description,
    Kind kind,
    @Nullable QualifiedName relation,
    @Nullable String owner,
    boolean ownerReachable,
    boolean ownerMayCreate,
    boolean managed,
    boolean direct,
    List<Column> columns) {

  public Dependent {
    columns = List.copyOf(columns);
  }

  /** What it is to a view that is about to be replaced. */
  public enum Kind {
    /** A plain view, which can be pointed at another relation. */
    View,
    MaterializedView,
    /** A function, a rule, a use of the row type: nothing that could be moved elsewhere. */
    Other
  }

  /** Whether it is pointed at the new view in the moment of the change. */
  public boolean moves() {
    return direct && kind == Kind.View && ownerReachable && ownerMayCreate;
  }

  /** Whether it keeps standing on the old view until its own turn. */
  public boolean stays() {
    return direct && kind == Kind.MaterializedView && managed;
  }

  /** Whether the view cannot be replaced under it. */
  public boolean forbidsRebuild() {
    return direct && !moves() && !stays();
  }
}
