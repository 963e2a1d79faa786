package dev.matviews.plan;

import java.util.List;
import java.util.Optional;

/**
 * What the database holds under a view's name, at one moment.
 *
 * @param relation what stands under that name, of whatever kind
 * @param record what bookkeeping knows of the name
 */
public record ObservedView(
    QualifiedName name,
    boolean schemaExists,
    Optional<Relation> relation,
    Optional<ViewRecord> record) {

  /** A name of which nothing exists. */
  public static ObservedView absent(QualifiedName name, boolean schemaExists) {
    return new ObservedView(name, schemaExists, Optional.empty(), Optional.empty());
  }

  public boolean isClaimedBy(Claim claim) {
    return record.filter(r -> r.claim().equals(claim)).isPresent();
  }

  public boolean populated() {
    return relation.map(Relation::populated).orElse(false);
  }

  /** Whether REFRESH CONCURRENTLY has the unique index that it needs. */
  public boolean hasUsableUniqueIndex() {
    return relation.stream()
        .flatMap(r -> r.indexes().stream())
        .anyMatch(ObservedIndex::identifiesRows);
  }

  /**
   * What stands under the name.
   *
   * @param kind as PostgreSQL calls it: "materialized view", "table", …
   * @param ownedByUs whether the connecting role has the owner's rights
   * @param fingerprint changes when the stored query or a name that it refers to changes
   * @param rows the server's estimate, -1 when it has none
   * @param bytes table and indexes, as of the last VACUUM
   * @param unpopulatedSources materialized views that the query reads, also through plain views,
   *     and that hold no data yet
   */
  public record Relation(
      long oid,
      String kind,
      String owner,
      boolean ownedByUs,
      boolean populated,
      String fingerprint,
      long rows,
      long bytes,
      List<String> unpopulatedSources,
      List<ObservedIndex> indexes) {

    public static final String MATERIALIZED_VIEW = "materialized view";

    public Relation {
      unpopulatedSources = List.copyOf(unpopulatedSources);
      indexes = List.copyOf(indexes);
    }

    public boolean isMaterializedView() {
      return kind.equals(MATERIALIZED_VIEW);
    }

    Optional<ObservedIndex> index(String indexName) {
      return indexes.stream().filter(i -> i.name().equals(indexName)).findFirst();
    }
  }

  /**
   * An index on the view, whoever made it.
   *
   * @param plain a btree over columns with defaults throughout: no expression, predicate, INCLUDE,
   *     operator class, collation, order or NULLS NOT DISTINCT of its own
   * @param identifiesRows unique, valid, over columns and without a predicate
   * @param columns the key columns in order, empty for an expression index
   */
  public record ObservedIndex(
      String name,
      boolean unique,
      boolean plain,
      boolean valid,
      boolean identifiesRows,
      List<String> columns) {

    public ObservedIndex {
      columns = List.copyOf(columns);
    }

    boolean hasShapeOf(Index index) {
      return plain && unique == index.unique() && columns.equals(index.columns());
    }
  }

  /**
   * What the operator wrote down in the transaction that made the definition live.
   *
   * @param indexes names of the indexes on it that are ours; all others are left alone
   */
  public record ViewRecord(
      Claim claim, String definitionHash, String fingerprint, List<String> indexes) {

    public ViewRecord {
      indexes = List.copyOf(indexes);
    }
  }
}
