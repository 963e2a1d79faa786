package dev.matviews.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

  private final QualifiedName name;
  private final Map<String, Made> indexes = new TreeMap<>();
  private @Nullable String query;
  private boolean populated;
  private int dialect = 15;
  private long oid = 16384;
  private @Nullable ViewRecord record;

  PretendDatabase(QualifiedName name) {
    this.name = name;
  }

  ObservedView observe() {
    return new ObservedView(
        name, true, Optional.ofNullable(query).map(this::relation), Optional.ofNullable(record));
  }

  private Relation relation(String stored) {
    return new Relation(
        oid,
        Relation.MATERIALIZED_VIEW,
        "app",
        true,
        populated,
        fingerprint(stored),
        -1,
        0,
        List.of(),
        indexes.values().stream().map(PretendDatabase::observed).toList());
  }

  private static ObservedIndex observed(Made made) {
    Index index = made.index();
    return new ObservedIndex(
        index.name(),
        index.unique(),
        true,
        made.valid(),
        index.unique() && made.valid(),
        index.columns());
  }

  private String fingerprint(String stored) {
    return dialect + ":" + stored;
  }

  Probe probe(ViewDefinition desired) {
    return desired.sql().equals(query) ? Probe.Same : Probe.Different;
  }

  void apply(Step step) {
    if (step instanceof Step.CreateView create) {
      assertThat(query).as("made only where nothing is").isNull();
      make(create.definition());
    } else if (step instanceof Step.ReplaceUnpopulatedView replace) {
      assertThat(populated).as("data are never dropped").isFalse();
      make(replace.definition());
    } else if (step instanceof Step.CreateIndex create) {
      createIndex(create, true);
    } else if (step instanceof Step.DropIndex drop) {
      dropIndex(drop.name());
    } else if (step instanceof Step.WriteRecord write) {
      write(write.definition(), write.indexes());
    }
  }

  /** What a crash in the middle of a step leaves; most are transactions and leave nothing. */
  void applyHalf(Step step) {
    if (step instanceof Step.CreateIndex create && create.concurrently()) {
      createIndex(create, false);
    } else if (step instanceof Step.DropIndex drop && drop.concurrently()) {
      Made made = ours(drop.name());
      indexes.put(drop.name(), new Made(made.index(), false, made.maker()));
    }
  }

  private void make(ViewDefinition definition) {
    query = definition.sql();
    populated = false;
    oid++;
    indexes.clear();
    definition.indexes().forEach(i -> indexes.put(i.name(), new Made(i, true, Maker.Operator)));
    write(definition, definition.indexes().stream().map(Index::name).toList());
  }

  private void createIndex(Step.CreateIndex create, boolean whole) {
    Index index = create.index();
    assertThat(indexes).as("42P07: the name is taken").doesNotContainKey(index.name());
    assertThat(recorded()).as("written down before it is built").contains(index.name());
    assertThat(create.concurrently())
        .as("concurrently when there are readers")
        .isEqualTo(populated);
    indexes.put(index.name(), new Made(index, whole, Maker.Operator));
  }

  private void dropIndex(String index) {
    ours(index);
    indexes.remove(index);
  }

  private Made ours(String index) {
    assertThat(indexes).as("dropped only where there is one").containsKey(index);
    Made made =
        indexes.getOrDefault(
            index, new Made(new Index(index, false, List.of()), true, Maker.Stranger));
    assertThat(made.maker()).as("index %s is the operator's", index).isEqualTo(Maker.Operator);
    return made;
  }

  /** An index under a wanted name is taken over, but only one just as wanted. */
  private void write(ViewDefinition definition, List<String> names) {
    Map<String, Index> wanted = new HashMap<>();
    definition.indexes().forEach(i -> wanted.put(i.name(), i));
    for (String written : names) {
      Made made = indexes.get(written);
      if (made != null && made.maker() == Maker.Stranger) {
        assertThat(made.index()).as("taken over").isEqualTo(wanted.get(written));
        assertThat(made.valid()).as("taken over whole").isTrue();
        indexes.put(written, new Made(made.index(), true, Maker.Operator));
      }
    }
    record =
        new ViewRecord(
            definition.claim(), definition.hash(), fingerprint(String.valueOf(query)), names);
  }

  private List<String> recorded() {
    return record == null ? List.of() : record.indexes();
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

  boolean holdsDataOfAnother(ViewDefinition desired) {
    return populated && !desired.sql().equals(query);
  }

  void fill() {
    populated = query != null;
  }

  void dropByHand() {
    query = null;
    populated = false;
    indexes.clear();
  }

  void upgradeServer() {
    dialect++;
  }

  /** A name that is written down is the operator's, whoever types CREATE INDEX. */
  void makeIndexByHand(Index index, boolean valid) {
    if (query != null && !indexes.containsKey(index.name())) {
      Maker maker = recorded().contains(index.name()) ? Maker.Operator : Maker.Stranger;
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
    parts.add(query == null ? "absent" : query + (populated ? " filled" : " empty"));
    indexes.values().forEach(made -> parts.add(made.toString()));
    parts.add(String.valueOf(record));
    return String.join(", ", parts);
  }
}
