package dev.matviews.plan;

import java.util.List;

/** One change to the database. */
public sealed interface Step {

  /**
   * Makes the view without data, its indexes and its record in one transaction: a crash leaves all
   * of it or nothing.
   */
  record CreateView(ViewDefinition definition) implements Step {}

  /** Drops a view that nobody can read yet and makes the new one, in one transaction. */
  record ReplaceUnpopulatedView(ViewDefinition definition) implements Step {}

  /**
   * Builds an index.
   *
   * @param concurrently readers and refreshes go on meanwhile; takes as long as the data are large
   */
  record CreateIndex(QualifiedName view, Index index, boolean concurrently) implements Step {}

  record DropIndex(QualifiedName view, String name, boolean concurrently) implements Step {}

  /**
   * Writes down whose view it is, which definition it has and which of its indexes are ours.
   *
   * <p>Names are written down before their indexes are built and crossed out after they are
   * dropped, so that a crash never leaves an index of ours that looks like somebody else's.
   */
  record WriteRecord(ViewDefinition definition, List<String> indexes) implements Step {

    public WriteRecord {
      indexes = List.copyOf(indexes);
    }
  }

  /** Whether its duration grows with the data, so that it has no place on a reconcile thread. */
  default boolean growsWithData() {
    if (this instanceof CreateIndex create) {
      return create.concurrently();
    }
    return this instanceof DropIndex drop && drop.concurrently();
  }
}
