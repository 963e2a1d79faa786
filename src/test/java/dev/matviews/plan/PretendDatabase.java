package dev.matviews.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One view of a database as far as plans are concerned. It knows what a plan cannot see: who has
 * made which index, and it fails when a step touches one that is not the operator's.
 */
final class PretendDatabase {

  private enum Maker {
    Operator,
    Stranger
  }

  private record Made(Index index, boolean valid, Maker maker) {}

  /**
   * What stands under the name.
   *
   * @param star how many columns * stood for when it was made, 0 where there is none
   */
  private record Stored(String query, int star) {}

  private final QualifiedName name;
  private final Map<String, Made> indexes = new TreeMap<>();
  private final Set<Claim> gone = new HashSet<>();
  final PretendAttributes attributes = new PretendAttributes();
  private @Nullable Stored stored;
  private boolean populated;
  private boolean readsReplaced;
  private boolean stoodOn;
  private int sourceColumns = 1;
  private int dialect = 15;
  private long oid = 16384;
  private @Nullable ViewRecord record;

  PretendDatabase(QualifiedName name) {
    this.name = name;
  }

  /** As an object sees it that exists. */
  ObservedView observe(Claim by) {
    gone.remove(by);
    ObservedView seen =
        new ObservedView(
            name,
            true,
            Optional.ofNullable(stored).map(this::relation),
            Optional.ofNullable(record));
    return isHeldByAnother(by) || record == null || record.claim().equals(by)
        ? seen
        : seen.vacated();
  }

  boolean isHeldByAnother(Claim claim) {
    return record != null && !record.claim().equals(claim) && !gone.contains(record.claim());
  }

  private Relation relation(Stored view) {
    return new Relation(
        oid,
        Relation.MATERIALIZED_VIEW,
        attributes.observe(),
        true,
        false,
        populated,
        storedQuery(view),
        -1,
        0,
        List.of(),
        readsReplaced,
        List.of(),
        List.of(),
        List.of(),
        indexes.values().stream().map(made -> observed(made, view)).toList(),
        new Standing(true, Standing.OnTop.Nothing, false));
  }

  private static ObservedIndex observed(Made made, Stored on) {
    Index index = made.index();
    return new ObservedIndex(
        index.name(),
        index.unique(),
        made.valid(),
        index.unique() && made.valid(),
        shape(index, on));
  }

  /** An expression names columns by their numbers. */
  private static String shape(Index index, Stored on) {
    return index.unique() + " " + index.keys() + " " + on.star();
  }

  private StoredQuery storedQuery(Stored view) {
    String fingerprint = dialect + ":" + view + (readsReplaced ? " of one aside" : "");
    return new StoredQuery(fingerprint, String.valueOf(sourceColumns));
  }

  Probe.Seen probe(ViewDefinition desired) {
    Stored scratch = store(desired);
    Map<String, String> shapes =
        desired.indexes().stream()
            .collect(Collectors.toMap(Index::name, index -> shape(index, scratch)));
    Dependent function =
        new Dependent(
            "function f()", Dependent.Kind.Other, null, null, false, false, false, true, List.of());
    return new Probe.Seen(
        scratch.equals(stored) && !readsReplaced,
        desired.sql().contains("*"),
        List.of(),
        shapes,
        List.of(),
        stoodOn ? List.of(function) : List.of(),
        List.of());
  }

  private Stored store(ViewDefinition definition) {
    return new Stored(definition.sql(), definition.sql().contains("*") ? sourceColumns : 0);
  }

  void apply(Step step) {
    if (step instanceof Step.CreateView create) {
      assertThat(stored).as("made only where nothing is").isNull();
      attributes.made(create.owner(), create.tablespace());
      populated = false;
      make(create.definition());
    } else if (step instanceof Step.Rebuild rebuild) {
      rebuild(rebuild);
    } else if (step instanceof Step.CreateIndex create) {
      createIndex(create);
    } else if (step instanceof Step.DropIndex drop) {
      dropIndex(drop);
    } else if (step instanceof Step.DropScratch drop) {
      dropScratch(drop);
    } else if (step instanceof Step.OfAttributes change) {
      attributes.apply(change);
    } else {
      write(step);
    }
  }

  private void write(Step step) {
    if (step instanceof Step.Register register) {
      assertThat(record == null || record.claim().equals(register.claim())).isTrue();
      record =
          record(
              register.claim(),
              null,
              "",
              new StoredQuery("", ""),
              List.of(),
              Attributes.NONE,
              scratch());
      indexes.replaceAll((n, made) -> new Made(made.index(), made.valid(), Maker.Stranger));
    } else if (step instanceof Step.TakeOver take) {
      assertThat(known().claim()).isEqualTo(take.from());
      assertThat(gone).as("whose object is gone").contains(take.from());
      record = record(take.to(), known());
    } else if (step instanceof Step.WriteAttributes write) {
      record(known().indexes(), write.attributes(), scratch());
    } else if (step instanceof Step.WriteRecord write) {
      write(write.definition(), write.live(), write.indexes());
    }
  }

  private void rebuild(Step.Rebuild rebuild) {
    assertThat(stoodOn).as("nothing of others stands on it").isFalse();
    assertThat(rebuild.fill()).as("data are never lost").isEqualTo(populated);
    Set<String> wanted =
        rebuild.definition().indexes().stream().map(Index::name).collect(Collectors.toSet());
    indexes.values().stream()
        .filter(made -> made.maker() == Maker.Stranger && wanted.contains(made.index().name()))
        .forEach(made -> assertThat(rebuild.definition().indexes()).contains(made.index()));
    indexes.values().removeIf(made -> made.maker() == Maker.Operator);
    attributes.move(rebuild.tablespace());
    readsReplaced = false;
    make(rebuild.definition());
    record(known().indexes(), known().attributes(), List.of());
  }

  /** What a crash in the middle of a step leaves; most are transactions and leave nothing. */
  void applyHalf(Step step) {
    if (step instanceof Step.CreateIndex create && create.concurrently()) {
      boolean replaces = indexes.containsKey(create.index().name());
      if (replaces) {
        createIndex(create);
      }
      leaveScratch(replaces ? "retired" : "built");
    } else if (step instanceof Step.DropIndex drop && drop.concurrently()) {
      Made made = ours(drop.name());
      indexes.put(drop.name(), new Made(made.index(), false, made.maker()));
    } else if (step instanceof Step.Rebuild) {
      leaveScratch("shadow");
    }
  }

  private void make(ViewDefinition definition) {
    Stored made = store(definition);
    stored = made;
    oid++;
    definition.indexes().forEach(i -> indexes.put(i.name(), new Made(i, true, Maker.Operator)));
    write(
        definition,
        storedQuery(made),
        definition.indexes().stream().map(i -> entry(i, made)).toList());
  }

  private static RecordedIndex entry(Index index, Stored on) {
    return new RecordedIndex(index.name(), index.hash(), shape(index, on));
  }

  private void createIndex(Step.CreateIndex create) {
    Index index = create.index();
    if (indexes.containsKey(index.name())) {
      ours(index.name());
    }
    assertThat(create.concurrently())
        .as("concurrently when there are readers")
        .isEqualTo(populated);
    indexes.put(index.name(), new Made(index, true, Maker.Operator));
    List<RecordedIndex> entries = recordedBut(index.name());
    entries.add(entry(index, Objects.requireNonNull(stored)));
    record(entries, known().attributes(), scratch());
  }

  private void dropIndex(Step.DropIndex drop) {
    ours(drop.name());
    assertThat(drop.concurrently()).as("concurrently when there are readers").isEqualTo(populated);
    indexes.remove(drop.name());
    record(recordedBut(drop.name()), known().attributes(), scratch());
  }

  private void dropScratch(Step.DropScratch drop) {
    assertThat(scratch()).as("written down as ours to drop").containsAll(drop.names());
    assertThat(drop.concurrently()).as("concurrently when there are readers").isEqualTo(populated);
    List<String> left = new ArrayList<>(scratch());
    left.removeAll(drop.names());
    record(known().indexes(), known().attributes(), left);
  }

  private void leaveScratch(String what) {
    List<String> names = new ArrayList<>(scratch());
    names.add(what + " " + names.size());
    record(known().indexes(), known().attributes(), names);
  }

  private void record(List<RecordedIndex> entries, Attributes declared, List<String> scratch) {
    ViewRecord r = known();
    record =
        record(
            r.claim(),
            r.definitionHash(),
            r.timeZone(),
            r.storedQuery(),
            entries,
            declared,
            scratch);
  }

  private static ViewRecord record(Claim claim, ViewRecord r) {
    return record(
        claim,
        r.definitionHash(),
        r.timeZone(),
        r.storedQuery(),
        r.indexes(),
        r.attributes(),
        r.scratch());
  }

  private static ViewRecord record(
      Claim claim,
      @Nullable String hash,
      String timeZone,
      StoredQuery storedQuery,
      List<RecordedIndex> indexes,
      Attributes attributes,
      List<String> scratch) {
    return new ViewRecord(
        claim,
        false,
        hash,
        timeZone,
        storedQuery,
        indexes,
        attributes,
        scratch,
        List.of(),
        List.of());
  }

  private Made ours(String index) {
    assertThat(indexes).as("dropped only where there is one").containsKey(index);
    Made made =
        indexes.getOrDefault(
            index, new Made(Index.of(index, false, List.of()), true, Maker.Stranger));
    assertThat(made.maker()).as("index %s is the operator's", index).isEqualTo(Maker.Operator);
    return made;
  }

  /** An index under a wanted name is taken over, but only one just as wanted. */
  private void write(ViewDefinition definition, StoredQuery live, List<RecordedIndex> entries) {
    Map<String, Index> wanted = new HashMap<>();
    definition.indexes().forEach(i -> wanted.put(i.name(), i));
    for (RecordedIndex entry : entries) {
      Made made = indexes.get(entry.name());
      if (made != null && made.maker() == Maker.Stranger) {
        assertThat(made.index()).as("taken over").isEqualTo(wanted.get(entry.name()));
        assertThat(made.valid()).as("taken over whole").isTrue();
        indexes.put(entry.name(), new Made(made.index(), true, Maker.Operator));
      }
    }
    assertThat(known().claim()).as("whose record it is").isEqualTo(definition.claim());
    record =
        record(
            definition.claim(),
            definition.hash(),
            definition.timeZone(),
            live,
            entries,
            known().attributes(),
            scratch());
  }

  private ViewRecord known() {
    return Objects.requireNonNull(record, "only a view of ours is changed");
  }

  private List<String> scratch() {
    return record == null ? List.of() : record.scratch();
  }

  private List<RecordedIndex> recordedBut(String name) {
    return new ArrayList<>(
        known().indexes().stream().filter(entry -> !entry.name().equals(name)).toList());
  }

  private boolean isRecorded(String name) {
    return record != null && record.index(name).isPresent();
  }

  List<Index> strangersIndexes() {
    return indexes.values().stream()
        .filter(made -> made.maker() == Maker.Stranger)
        .map(Made::index)
        .toList();
  }

  List<Index> operatorsIndexes() {
    return indexes.values().stream()
        .filter(made -> made.maker() == Maker.Operator && made.valid())
        .map(Made::index)
        .toList();
  }

  boolean exists() {
    return stored != null;
  }

  boolean isStoodOn() {
    return stoodOn;
  }

  boolean isAdopted() {
    return record != null && record.managed();
  }

  boolean holds(ViewDefinition definition) {
    return store(definition).equals(stored)
        && !readsReplaced
        && known().timeZone().equals(definition.timeZone());
  }

  void fill() {
    populated = stored != null;
  }

  void delete(Claim claim) {
    gone.add(claim);
  }

  void makeByHand(String query) {
    if (stored == null) {
      attributes.made(null, null);
      changeByHand(query);
      populated = true;
    }
  }

  void changeByHand(String query) {
    stored = new Stored(query, query.contains("*") ? sourceColumns : 0);
    oid++;
  }

  /** By the operator, which moved the old one aside. */
  void replaceSource() {
    readsReplaced = isAdopted() && stored != null;
  }

  void addSourceColumn() {
    sourceColumns++;
  }

  void standOnIt(boolean stand) {
    stoodOn = stand && stored != null;
  }

  void dropByHand() {
    stored = null;
    populated = false;
    readsReplaced = false;
    stoodOn = false;
    attributes.made(null, null);
    indexes.clear();
  }

  void upgradeServer() {
    dialect++;
  }

  /** A name that is written down is the operator's, whoever types CREATE INDEX. */
  void makeIndexByHand(Index index, boolean valid) {
    if (stored != null && !indexes.containsKey(index.name())) {
      Maker maker = isRecorded(index.name()) ? Maker.Operator : Maker.Stranger;
      indexes.put(index.name(), new Made(index, valid, maker));
    }
  }

  void dropIndexByHand(String index) {
    indexes.remove(index);
  }

  void spoilIndex(String index) {
    indexes.computeIfPresent(index, (n, made) -> new Made(made.index(), false, made.maker()));
  }

  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    parts.add(stored == null ? "absent" : stored + (populated ? " filled" : " empty"));
    parts.add(attributes.toString());
    indexes.values().forEach(made -> parts.add(made.toString()));
    parts.add(String.valueOf(record));
    return String.join(", ", parts);
  }
}
