package dev.matviews.plan;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /** The same view, of which it is known that the object in its record is gone. */
  public ObservedView vacated() {
    return new ObservedView(name, schemaExists, relation, record.map(ViewRecord::vacated));
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
   * @param actsAsOwner whether the connecting role may do what the owner may
   * @param maintainable whether it may refresh the view without that
   * @param rows the server's estimate, -1 when it has none
   * @param bytes table and indexes, as of the last VACUUM
   * @param sources relations that the query names
   * @param readsReplaced whether one of them was replaced by the operator and only stands until
   *     this view reads its successor
   * @param unpopulatedSources materialized views that the query reads, also through plain views,
   *     and that hold no data yet
   * @param unreadableSources relations that the query reads and the owner may not
   * @param dependents what stands on the view, as PostgreSQL describes it
   * @param standing of what a swap would take
   */
  public record Relation(
      long oid,
      String kind,
      ObservedAttributes attributes,
      boolean actsAsOwner,
      boolean maintainable,
      boolean populated,
      StoredQuery storedQuery,
      long rows,
      long bytes,
      List<String> sources,
      boolean readsReplaced,
      List<String> unpopulatedSources,
      List<String> unreadableSources,
      List<String> dependents,
      List<ObservedIndex> indexes,
      Standing standing) {

    public static final String MATERIALIZED_VIEW = "materialized view";

    public Relation {
      sources = List.copyOf(sources);
      unpopulatedSources = List.copyOf(unpopulatedSources);
      unreadableSources = List.copyOf(unreadableSources);
      dependents = List.copyOf(dependents);
      indexes = List.copyOf(indexes);
    }

    public boolean isMaterializedView() {
      return kind.equals(MATERIALIZED_VIEW);
    }

    public String owner() {
      return attributes.owner();
    }

    Optional<ObservedIndex> index(String indexName) {
      return indexes.stream().filter(i -> i.name().equals(indexName)).findFirst();
    }
  }

  /**
   * An index on the view, whoever made it.
   *
   * @param identifiesRows unique, valid, over columns and without a predicate
   * @param shape equal for two indexes exactly where they differ in nothing but the name
   */
  public record ObservedIndex(
      String name, boolean unique, boolean valid, boolean identifiesRows, String shape) {}

  /**
   * What the operator wrote down in the transaction that made the definition live.
   *
   * @param vacant whether the object of the claim is gone, so that another may take over
   * @param definitionHash null for a view that is only refreshed
   * @param timeZone that its data were made in
   * @param indexes those on it that are ours; all others are left alone
   * @param attributes what the spec declared last
   * @param scratch names in the view's schema of relations that are ours to drop
   * @param aside a replaced view among them on which others of ours still stand
   * @param traits what the query is
   */
  public record ViewRecord(
      Claim claim,
      boolean vacant,
      @Nullable String definitionHash,
      String timeZone,
      StoredQuery storedQuery,
      List<RecordedIndex> indexes,
      Attributes attributes,
      List<String> scratch,
      List<String> aside,
      List<String> traits) {

    public ViewRecord {
      indexes = List.copyOf(indexes);
      scratch = List.copyOf(scratch);
      aside = List.copyOf(aside);
      traits = List.copyOf(traits);
    }

    /** Whether its definition is the operator's work, and not only its refreshes. */
    public boolean managed() {
      return definitionHash != null;
    }

    Optional<RecordedIndex> index(String indexName) {
      return indexes.stream().filter(i -> i.name().equals(indexName)).findFirst();
    }

    ViewRecord vacated() {
      return new ViewRecord(
          claim,
          true,
          definitionHash,
          timeZone,
          storedQuery,
          indexes,
          attributes,
          scratch,
          aside,
          traits);
    }
  }
}
