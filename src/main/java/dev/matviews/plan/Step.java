package dev.matviews.plan;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One change to the database. */
public sealed interface Step {

  /**
   * Makes the view without data, with its indexes and its record.
   *
   * @param owner null for the connecting role
   * @param tablespace null for the database's own
   */
  record CreateView(ViewDefinition definition, @Nullable String owner, @Nullable String tablespace)
      implements Step {}

  /**
   * Builds the view anew beside the old one, which is read meanwhile, and puts it in its place.
   *
   * @param tablespace where to, null for where the old one is
   * @param fill whether the old one holds data, so that the new one must too
   */
  record Rebuild(ViewDefinition definition, @Nullable String tablespace, boolean fill)
      implements Step {}

  /**
   * Makes an index, in place of the one of ours that has its name.
   *
   * @param definition of the view, whose search path and time zone its texts are read under
   * @param concurrently readers and refreshes by others go on meanwhile, and the old one serves
   *     until the new one can; takes as long as the data are large
   */
  record CreateIndex(ViewDefinition definition, Index index, boolean concurrently)
      implements Step {}

  /** Drops an index of ours and crosses it out. */
  record DropIndex(QualifiedName view, String name, boolean concurrently) implements Step {}

  /**
   * Drops what a step that was cut short has left behind.
   *
   * @param names in the view's schema
   */
  record DropScratch(QualifiedName view, List<String> names, boolean concurrently) implements Step {

    public DropScratch {
      names = List.copyOf(names);
    }
  }

  /**
   * Writes down which definition the view has and which of its indexes are ours.
   *
   * @param live as it was before it was found to be that definition
   */
  record WriteRecord(ViewDefinition definition, StoredQuery live, List<RecordedIndex> indexes)
      implements Step {

    public WriteRecord {
      indexes = List.copyOf(indexes);
    }
  }

  /** Writes down whose view it is, and that the operator answers for nothing but its refreshes. */
  record Register(QualifiedName view, Claim claim) implements Step {}

  /** Writes down whose view it is, after the object that had it is gone. */
  record TakeOver(QualifiedName view, Claim from, Claim to) implements Step {}

  /** A change of what a spec declares beside the rows. */
  sealed interface OfAttributes extends Step {}

  record SetOwner(QualifiedName view, String owner) implements OfAttributes {}

  record GrantPrivileges(QualifiedName view, Grant grant) implements OfAttributes {}

  /**
   * Takes privileges back that a spec gave and no longer gives.
   *
   * @param grantOptionOnly the role keeps the privileges, but may not pass them on
   */
  record RevokePrivileges(
      QualifiedName view, String role, Set<String> privileges, boolean grantOptionOnly)
      implements OfAttributes {

    public RevokePrivileges {
      privileges = Set.copyOf(privileges);
    }
  }

  /** Null takes the comment away. */
  record SetComment(QualifiedName view, @Nullable String comment) implements OfAttributes {}

  record SetParameters(QualifiedName view, Map<String, String> parameters) implements OfAttributes {

    public SetParameters {
      parameters = Map.copyOf(parameters);
    }
  }

  record ResetParameters(QualifiedName view, Set<String> parameters) implements OfAttributes {

    public ResetParameters {
      parameters = Set.copyOf(parameters);
    }
  }

  /** Writes down what the spec declared last, so that what it no longer declares is taken back. */
  record WriteAttributes(QualifiedName view, Attributes attributes) implements Step {}

  /** Whether its duration grows with the data, so that it has no place on a reconcile thread. */
  default boolean growsWithData() {
    if (this instanceof CreateIndex create) {
      return create.concurrently();
    }
    if (this instanceof DropIndex drop) {
      return drop.concurrently();
    }
    return this instanceof Rebuild
        || (this instanceof DropScratch scratch && scratch.concurrently());
  }

  /** Whether the view is as its spec wants without it: it only tidies up or writes down. */
  default boolean onlyTidies() {
    return onlyRecords() || this instanceof DropScratch;
  }

  /** Whether it only writes down what is so already. */
  default boolean onlyRecords() {
    return onlyClaims() || this instanceof WriteRecord || this instanceof WriteAttributes;
  }

  /** Whether it only writes down whose view it is. */
  default boolean onlyClaims() {
    return this instanceof Register || this instanceof TakeOver;
  }
}
