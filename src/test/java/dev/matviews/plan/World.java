package dev.matviews.plan;

import dev.matviews.plan.ObservedAttributes.Privilege;
import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is there, row by row of a table of tests. */
record World(
    boolean schema, Optional<Relation> relation, Optional<ViewRecord> record, Probe probe) {

  static final QualifiedName NAME = new QualifiedName("app", "board");
  static final Claim US = new Claim("default", "team", "board");

  private static final String FINGERPRINT = "18:abc";
  private static final String SOURCE_COLUMNS = "columns";

  /** Of the view that each world begins with. */
  static final StoredQuery LIVE = new StoredQuery(FINGERPRINT, SOURCE_COLUMNS);

  static World noSchema() {
    return new World(false, Optional.empty(), Optional.empty(), new Probe.NotNeeded());
  }

  static World absent() {
    return new World(true, Optional.empty(), Optional.empty(), new Probe.NotNeeded());
  }

  static World filled() {
    return a(Relation.MATERIALIZED_VIEW);
  }

  static World empty() {
    return absent().of(of(Relation.MATERIALIZED_VIEW, false, attributes("app"), List.of()));
  }

  static World a(String kind) {
    return absent().of(of(kind, true, attributes("app"), List.of()));
  }

  private static Relation of(
      String kind, boolean populated, ObservedAttributes attributes, List<ObservedIndex> indexes) {
    return of(kind, populated, attributes, indexes, false, false, SOURCE_COLUMNS);
  }

  /** The connecting role is a member of all roles whose names begin with "app". */
  private static Relation of(
      String kind,
      boolean populated,
      ObservedAttributes attributes,
      List<ObservedIndex> indexes,
      boolean maintainable,
      boolean readsReplaced,
      String sourceColumns) {
    return new Relation(
        16384,
        kind,
        attributes,
        attributes.owner().startsWith("app"),
        maintainable,
        populated,
        new StoredQuery(FINGERPRINT, sourceColumns),
        10,
        8192,
        List.of(),
        readsReplaced,
        List.of(),
        List.of(),
        List.of(),
        indexes,
        new Standing(true, Standing.OnTop.Nothing, false));
  }

  static ObservedAttributes attributes(String owner, Privilege... privileges) {
    return new ObservedAttributes(owner, null, null, Map.of(), Arrays.asList(privileges));
  }

  /** As the server would build it. */
  static ObservedIndex index(Index index) {
    return new ObservedIndex(index.name(), index.unique(), true, index.unique(), shape(index));
  }

  static ObservedIndex invalid(Index index) {
    return new ObservedIndex(index.name(), index.unique(), false, false, shape(index));
  }

  /** Written down when it was built. */
  static RecordedIndex entry(Index index) {
    return new RecordedIndex(index.name(), index.hash(), shape(index));
  }

  /** What the server makes of it, by which it knows two spellings for the same. */
  static String shape(Index index) {
    String where = index.where() == null ? "" : index.where().replace(" ", "");
    return index.unique() + " " + index.keys() + " " + where;
  }

  /** A scratch view that reads the same as the one that is live. */
  static Probe.Seen same(ViewDefinition wanted) {
    return seen(wanted, true, false);
  }

  /** A scratch view that reads otherwise than the one that is live. */
  static Probe.Seen different(ViewDefinition wanted, Dependent... dependents) {
    return seen(wanted, false, false, dependents);
  }

  /** As {@link #different}, by a query whose columns are those of its sources. */
  static Probe.Seen differentByStar(ViewDefinition wanted) {
    return seen(wanted, false, true);
  }

  private static Probe.Seen seen(
      ViewDefinition wanted, boolean same, boolean star, Dependent... dependents) {
    Map<String, String> shapes =
        wanted.indexes().stream().collect(Collectors.toMap(Index::name, World::shape));
    List<Column> columns = List.of(new Column("id", "integer"));
    return new Probe.Seen(
        same, star, columns, shapes, List.of(), Arrays.asList(dependents), List.of());
  }

  StoredQuery live() {
    return relation.orElseThrow().storedQuery();
  }

  ObservedView observed() {
    return new ObservedView(NAME, schema, relation, record);
  }

  private World of(Relation other) {
    return new World(schema, Optional.of(other), record, probe);
  }

  World with(ObservedIndex... indexes) {
    Relation r = relation.orElseThrow();
    return of(
        of(
            r.kind(),
            r.populated(),
            r.attributes(),
            Arrays.asList(indexes),
            r.maintainable(),
            r.readsReplaced(),
            r.storedQuery().sourceColumns()));
  }

  World ownedBy(String role) {
    return with(attributes(role));
  }

  World with(ObservedAttributes attributes) {
    Relation r = relation.orElseThrow();
    return of(
        of(
            r.kind(),
            r.populated(),
            attributes,
            r.indexes(),
            r.maintainable(),
            r.readsReplaced(),
            r.storedQuery().sourceColumns()));
  }

  World in(@Nullable String tablespace) {
    return with(new ObservedAttributes("app", null, tablespace, Map.of(), List.of()));
  }

  World maintainable() {
    Relation r = relation.orElseThrow();
    return of(
        of(r.kind(), r.populated(), r.attributes(), r.indexes(), true, false, SOURCE_COLUMNS));
  }

  World readsReplaced() {
    Relation r = relation.orElseThrow();
    return of(
        of(r.kind(), r.populated(), r.attributes(), r.indexes(), false, true, SOURCE_COLUMNS));
  }

  World sourceHasNewColumn() {
    Relation r = relation.orElseThrow();
    return of(
        of(r.kind(), r.populated(), r.attributes(), r.indexes(), false, r.readsReplaced(), "more"));
  }

  World recorded(Claim claim, ViewDefinition definition, RecordedIndex... indexes) {
    return recordedWith(FINGERPRINT, claim, definition, indexes);
  }

  World recordedWith(
      String fingerprint, Claim claim, ViewDefinition definition, RecordedIndex... indexes) {
    return written(
        claim,
        definition.hash(),
        definition.timeZone(),
        fingerprint,
        Arrays.asList(indexes),
        Attributes.NONE,
        List.of());
  }

  /** Only its refreshes are the operator's. */
  World registered(Claim claim) {
    return written(claim, null, "", "", List.of(), Attributes.NONE, List.of());
  }

  /** What the spec declared last. */
  World declared(Attributes attributes) {
    ViewRecord r = record.orElseThrow();
    return written(
        r.claim(),
        r.definitionHash(),
        r.timeZone(),
        r.storedQuery().fingerprint(),
        r.indexes(),
        attributes,
        r.scratch());
  }

  /** Left by a step that was cut short. */
  World scratch(String... names) {
    ViewRecord r = record.orElseThrow();
    return written(
        r.claim(),
        r.definitionHash(),
        r.timeZone(),
        r.storedQuery().fingerprint(),
        r.indexes(),
        r.attributes(),
        Arrays.asList(names));
  }

  private World written(
      Claim claim,
      @Nullable String hash,
      String timeZone,
      String fingerprint,
      List<RecordedIndex> indexes,
      Attributes attributes,
      List<String> scratch) {
    ViewRecord written =
        new ViewRecord(
            claim,
            false,
            hash,
            timeZone,
            new StoredQuery(fingerprint, hash == null ? "" : SOURCE_COLUMNS),
            indexes,
            attributes,
            scratch,
            List.of(),
            List.of());
    return new World(schema, relation, Optional.of(written), probe);
  }

  /** The object that the view belonged to is gone. */
  World vacated() {
    return new World(schema, relation, observed().vacated().record(), probe);
  }

  World probed(Probe showed) {
    return new World(schema, relation, record, showed);
  }
}
