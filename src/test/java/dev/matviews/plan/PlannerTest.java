package dev.matviews.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wanted × what is there × what a scratch view showed → steps, or why none. */
class PlannerTest {

  private static final QualifiedName NAME = new QualifiedName("app", "board");
  private static final Claim US = new Claim("default", "team", "board");
  private static final Claim ANOTHER_OBJECT = new Claim("default", "team", "other");
  private static final Claim ANOTHER_OPERATOR = new Claim("staging", "team", "board");

  private static final Index BY_ID = new Index("by_id", true, List.of("id"));
  private static final Index BY_TEAM = new Index("by_team", false, List.of("team", "id"));

  private static final ViewDefinition PLAIN = wanted();
  private static final ViewDefinition INDEXED = wanted(BY_ID);

  private static final String FINGERPRINT = "18:abc";

  @ParameterizedTest(name = "{0}")
  @DisplayName("the steps are those that are missing, in an order that any crash may cut short")
  @MethodSource
  void plansSteps(String sentence, ViewDefinition desired, World world, List<Step> steps) {
    assertThat(Planner.plan(desired, world.observed(), world.probe))
        .isEqualTo(new Plan.Steps(steps));
  }

  static Stream<Arguments> plansSteps() {
    return Stream.of(
        row("nothing there: made whole", PLAIN, absent(), create(PLAIN)),
        row("nothing there, indexes wanted: made with them", INDEXED, absent(), create(INDEXED)),
        row(
            "dropped by hand, our record is left: made again",
            INDEXED,
            absent().recorded(US, INDEXED, "by_id"),
            create(INDEXED)),
        row("in sync: nothing", PLAIN, filled().recorded(US, PLAIN)),
        row(
            "in sync with an index: nothing",
            INDEXED,
            filled().with(index(BY_ID)).recorded(US, INDEXED, "by_id")),
        row("in sync, without data: nothing", PLAIN, empty().recorded(US, PLAIN)),
        row(
            "another spelling of the same query: only written down",
            PLAIN,
            filled().recorded(US, otherSql()).probed(Probe.Same),
            write(PLAIN)),
        row(
            "another fingerprint, as after a server upgrade, of the same query: only written down",
            PLAIN,
            filled().recordedWith("17:abc", US, PLAIN).probed(Probe.Same),
            write(PLAIN)),
        row(
            "the same query and an index that is missing: both names and hash first, then the index",
            INDEXED,
            filled().recorded(US, otherSql()).probed(Probe.Same),
            write(INDEXED, "by_id"),
            createIndex(BY_ID, true)),
        row(
            "another query and no data yet: replaced",
            INDEXED,
            empty().recorded(US, otherSql()).probed(Probe.Different),
            new Step.ReplaceUnpopulatedView(INDEXED)),
        row(
            "index missing, data there: its name is written down, then it is built concurrently",
            INDEXED,
            filled().recorded(US, INDEXED),
            write(INDEXED, "by_id"),
            createIndex(BY_ID, true)),
        row(
            "index missing, no data: built plainly",
            INDEXED,
            empty().recorded(US, INDEXED),
            write(INDEXED, "by_id"),
            createIndex(BY_ID, false)),
        row(
            "index of ours dropped by hand: built again, nothing to write down",
            INDEXED,
            filled().recorded(US, INDEXED, "by_id"),
            createIndex(BY_ID, true)),
        row(
            "index of ours left invalid by a crash: dropped and built again",
            INDEXED,
            filled().with(invalid(BY_ID)).recorded(US, INDEXED, "by_id"),
            dropIndex("by_id", true),
            createIndex(BY_ID, true)),
        row(
            "index of ours with other columns: dropped and built again",
            INDEXED,
            filled().with(index(reshaped(BY_ID))).recorded(US, INDEXED, "by_id"),
            dropIndex("by_id", true),
            createIndex(BY_ID, true)),
        row(
            "index of ours that is not unique any more, no data: dropped and built again plainly",
            INDEXED,
            empty()
                .with(index(new Index("by_id", false, List.of("id"))))
                .recorded(US, INDEXED, "by_id"),
            dropIndex("by_id", false),
            createIndex(BY_ID, false)),
        row(
            "index of ours with a predicate put in by hand: dropped and built again",
            INDEXED,
            filled().with(special(BY_ID)).recorded(US, INDEXED, "by_id"),
            dropIndex("by_id", true),
            createIndex(BY_ID, true)),
        row(
            "index left the spec: dropped, then crossed out",
            PLAIN,
            filled().with(index(BY_ID)).recorded(US, PLAIN, "by_id"),
            dropIndex("by_id", true),
            write(PLAIN)),
        row(
            "index left the spec, no data: dropped plainly, then crossed out",
            PLAIN,
            empty().with(index(BY_ID)).recorded(US, PLAIN, "by_id"),
            dropIndex("by_id", false),
            write(PLAIN)),
        row(
            "index left the spec and was dropped already: crossed out",
            PLAIN,
            filled().recorded(US, PLAIN, "by_id"),
            write(PLAIN)),
        row(
            "one index for another: both names first, the old one goes, the new one comes",
            wanted(BY_TEAM),
            filled().with(index(BY_ID)).recorded(US, PLAIN, "by_id"),
            write(wanted(BY_TEAM), "by_id", "by_team"),
            dropIndex("by_id", true),
            createIndex(BY_TEAM, true),
            write(wanted(BY_TEAM), "by_team")),
        row(
            "an index that somebody else made is none of our business",
            PLAIN,
            filled().with(index(BY_TEAM)).recorded(US, PLAIN)),
        row(
            "an invalid index that somebody else is building is none of our business",
            INDEXED,
            filled().with(index(BY_ID), invalid(BY_TEAM)).recorded(US, INDEXED, "by_id")),
        row(
            "somebody else's index of the wanted name and shape: taken over",
            INDEXED,
            filled().with(index(BY_ID)).recorded(US, INDEXED),
            write(INDEXED, "by_id")),
        row(
            "indexes in another order than the spec's: nothing",
            wanted(BY_ID, BY_TEAM),
            filled().with(index(BY_TEAM), index(BY_ID)).recorded(US, INDEXED, "by_team", "by_id")));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("what may not be touched is refused with its reason, and the message names it")
  @MethodSource
  void refuses(
      String sentence, ViewDefinition desired, World world, Reason reason, List<String> named) {
    Plan plan = Planner.plan(desired, world.observed(), world.probe);
    assertThat(plan)
        .isInstanceOfSatisfying(
            Plan.Refusal.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(reason);
              assertThat(refusal.message()).contains(named);
            });
  }

  static Stream<Arguments> refuses() {
    return Stream.of(
        no("the schema is missing", PLAIN, noSchema(), Reason.SchemaMissing, "schema app"),
        no(
            "the schema is missing and somebody else's claim is left",
            PLAIN,
            noSchema().recorded(ANOTHER_OBJECT, PLAIN),
            Reason.SchemaMissing,
            "schema app"),
        no("a table", PLAIN, a("table"), Reason.NotAMaterializedView, "app.board is a table"),
        no("a view", PLAIN, a("view"), Reason.NotAMaterializedView, "app.board is a view"),
        no("a sequence", PLAIN, a("sequence"), Reason.NotAMaterializedView, "a sequence"),
        no("an index", PLAIN, a("index"), Reason.NotAMaterializedView, "index; rename"),
        no("a type", PLAIN, a("type"), Reason.NotAMaterializedView, "is a type"),
        no(
            "a table, and a record of ours from a view before it",
            PLAIN,
            a("table").recorded(US, PLAIN),
            Reason.NotAMaterializedView,
            "is a table"),
        no(
            "a materialized view that nobody claimed",
            PLAIN,
            filled(),
            Reason.AlreadyExists,
            "app.board exists"),
        no(
            "a materialized view that nobody claimed, of the very same query",
            PLAIN,
            filled().probed(Probe.Same),
            Reason.AlreadyExists,
            "app.board exists"),
        no(
            "claimed by another object",
            PLAIN,
            filled().recorded(ANOTHER_OBJECT, PLAIN),
            Reason.TargetConflict,
            "team/other",
            "app.board"),
        no(
            "claimed by another operator for an object of the same name",
            PLAIN,
            filled().recorded(ANOTHER_OPERATOR, PLAIN),
            Reason.TargetConflict,
            "staging"),
        no(
            "claimed by another object, which has not made it yet",
            PLAIN,
            absent().recorded(ANOTHER_OBJECT, PLAIN),
            Reason.TargetConflict,
            "team/other"),
        no(
            "ours, but given to a role of which we are no member",
            PLAIN,
            filled().ownedBy("dba").recorded(US, PLAIN),
            Reason.OwnershipChanged,
            "role dba",
            "app.board"),
        no(
            "data of another definition",
            PLAIN,
            filled().recorded(US, otherSql()).probed(Probe.Different),
            Reason.DefinitionChanged,
            "app.board",
            "DROP MATERIALIZED VIEW app.board"),
        no(
            "data of another definition, and an index of ours is missing",
            INDEXED,
            filled().recorded(US, otherSql()).probed(Probe.Different),
            Reason.DefinitionChanged,
            "app.board"),
        no(
            "somebody else's index has the wanted name and other columns",
            INDEXED,
            filled().with(index(reshaped(BY_ID))).recorded(US, INDEXED),
            Reason.TargetConflict,
            "index by_id",
            "app.board"),
        no(
            "somebody else's index has the wanted name and is not unique",
            INDEXED,
            filled().with(index(new Index("by_id", false, List.of("id")))).recorded(US, INDEXED),
            Reason.TargetConflict,
            "index by_id"),
        no(
            "somebody else's index has the wanted name and columns and a predicate",
            INDEXED,
            filled().with(special(BY_ID)).recorded(US, INDEXED),
            Reason.TargetConflict,
            "index by_id"),
        no(
            "somebody else's invalid index has the wanted name: they may be building it",
            INDEXED,
            filled().with(invalid(BY_ID)).recorded(US, INDEXED),
            Reason.TargetConflict,
            "index by_id"));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a scratch view is made only where hash and fingerprint leave it open")
  @MethodSource
  void asksForAProbe(String sentence, World world, boolean needed) {
    assertThat(Planner.needsProbe(PLAIN, world.observed())).isEqualTo(needed);
  }

  static Stream<Arguments> asksForAProbe() {
    return Stream.of(
        Arguments.of("in sync", filled().recorded(US, PLAIN), false),
        Arguments.of("in sync, no data", empty().recorded(US, PLAIN), false),
        Arguments.of("nothing there", absent(), false),
        Arguments.of("nothing there, record left", absent().recorded(US, otherSql()), false),
        Arguments.of("another hash", filled().recorded(US, otherSql()), true),
        Arguments.of("another hash, no data", empty().recorded(US, otherSql()), true),
        Arguments.of("another fingerprint", filled().recordedWith("17:abc", US, PLAIN), true),
        Arguments.of("not ours", filled(), false),
        Arguments.of("a table", a("table").recorded(US, otherSql()), false),
        Arguments.of("another object's", filled().recorded(ANOTHER_OBJECT, otherSql()), false),
        Arguments.of("another role's", filled().ownedBy("dba").recorded(US, otherSql()), false),
        Arguments.of("no schema", noSchema(), false));
  }

  @Test
  @DisplayName("only what is built or dropped concurrently has no place on a reconcile thread")
  void growsWithData() {
    assertThat(new Plan.Steps(List.of(create(INDEXED))).growsWithData()).isFalse();
    assertThat(new Plan.Steps(List.of(write(INDEXED))).growsWithData()).isFalse();
    assertThat(new Plan.Steps(List.of(createIndex(BY_ID, false))).growsWithData()).isFalse();
    assertThat(new Plan.Steps(List.of(dropIndex("by_id", false))).growsWithData()).isFalse();
    assertThat(new Plan.Steps(List.of(write(INDEXED), createIndex(BY_ID, true))).growsWithData())
        .isTrue();
    assertThat(new Plan.Steps(List.of(dropIndex("by_id", true))).growsWithData()).isTrue();
  }

  private static Arguments row(
      String sentence, ViewDefinition desired, World world, Step... steps) {
    return Arguments.of(sentence, desired, world, List.of(steps));
  }

  private static Arguments no(
      String sentence, ViewDefinition desired, World world, Reason reason, String... named) {
    return Arguments.of(sentence, desired, world, reason, List.of(named));
  }

  private static ViewDefinition wanted(Index... indexes) {
    return new ViewDefinition(NAME, US, "SELECT 1", List.of("app"), "UTC", List.of(indexes));
  }

  private static ViewDefinition otherSql() {
    return new ViewDefinition(NAME, US, "SELECT 2", List.of("app"), "UTC", List.of());
  }

  private static Index reshaped(Index index) {
    return new Index(index.name(), index.unique(), List.of("team"));
  }

  private static Step create(ViewDefinition definition) {
    return new Step.CreateView(definition);
  }

  private static Step write(ViewDefinition definition, String... indexes) {
    return new Step.WriteRecord(definition, List.of(indexes));
  }

  private static Step createIndex(Index index, boolean concurrently) {
    return new Step.CreateIndex(NAME, index, concurrently);
  }

  private static Step dropIndex(String name, boolean concurrently) {
    return new Step.DropIndex(NAME, name, concurrently);
  }

  private static ObservedIndex index(Index index) {
    return new ObservedIndex(
        index.name(), index.unique(), true, true, index.unique(), index.columns());
  }

  private static ObservedIndex invalid(Index index) {
    return new ObservedIndex(index.name(), index.unique(), true, false, false, index.columns());
  }

  /** With a predicate, an operator class or the like. */
  private static ObservedIndex special(Index index) {
    return new ObservedIndex(index.name(), index.unique(), false, true, false, index.columns());
  }

  private static World noSchema() {
    return new World(false, Optional.empty(), Optional.empty(), Probe.NotNeeded);
  }

  private static World absent() {
    return new World(true, Optional.empty(), Optional.empty(), Probe.NotNeeded);
  }

  private static World filled() {
    return a(Relation.MATERIALIZED_VIEW);
  }

  private static World empty() {
    return absent().of(relation(Relation.MATERIALIZED_VIEW, false, "app", List.of()));
  }

  private static World a(String kind) {
    return absent().of(relation(kind, true, "app", List.of()));
  }

  private static Relation relation(
      String kind, boolean populated, String owner, List<ObservedIndex> indexes) {
    return new Relation(
        16400,
        kind,
        owner,
        owner.equals("app"),
        populated,
        FINGERPRINT,
        10,
        8192,
        List.of(),
        indexes);
  }

  /** What is there, row by row. */
  private record World(
      boolean schema, Optional<Relation> relation, Optional<ViewRecord> record, Probe probe) {

    ObservedView observed() {
      return new ObservedView(NAME, schema, relation, record);
    }

    World of(Relation other) {
      return new World(schema, Optional.of(other), record, probe);
    }

    World with(ObservedIndex... indexes) {
      Relation r = relation.orElseThrow();
      return of(PlannerTest.relation(r.kind(), r.populated(), r.owner(), Arrays.asList(indexes)));
    }

    World ownedBy(String role) {
      Relation r = relation.orElseThrow();
      return of(PlannerTest.relation(r.kind(), r.populated(), role, r.indexes()));
    }

    World recorded(Claim claim, ViewDefinition definition, String... indexes) {
      return recordedWith(FINGERPRINT, claim, definition, indexes);
    }

    World recordedWith(
        String fingerprint, Claim claim, ViewDefinition definition, String... indexes) {
      ViewRecord written =
          new ViewRecord(claim, definition.hash(), fingerprint, Arrays.asList(indexes));
      return new World(schema, relation, Optional.of(written), probe);
    }

    World probed(Probe showed) {
      return new World(schema, relation, record, showed);
    }
  }
}
