package dev.matviews.plan;

import static dev.matviews.plan.World.NAME;
import static dev.matviews.plan.World.US;
import static dev.matviews.plan.World.different;
import static dev.matviews.plan.World.empty;
import static dev.matviews.plan.World.entry;
import static dev.matviews.plan.World.filled;
import static dev.matviews.plan.World.index;
import static dev.matviews.plan.World.invalid;
import static dev.matviews.plan.World.same;
import static dev.matviews.plan.World.shape;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Indexes that are wanted × those that are there × those that are written down → steps. */
class IndexPlanTest {

  private static final Index BY_ID = Index.of("by_id", true, List.of("id"));
  private static final Index BY_TEAM = Index.of("by_team", false, List.of("team", "id"));
  private static final Index OTHER_COLUMNS = Index.of("by_id", true, List.of("team"));
  private static final Index REORDERED = Index.of("by_team", false, List.of("id", "team"));
  private static final Index NOT_UNIQUE = Index.of("by_id", false, List.of("id"));
  private static final Index PARTIAL = where("id > 0");
  private static final Index RESPELLED = where("id>0");

  private static final ViewDefinition NONE = wanted();
  private static final ViewDefinition INDEXED = wanted(BY_ID);

  @ParameterizedTest(name = "{0}")
  @DisplayName("with or without a scratch view's answer, where what is written down tells enough")
  @MethodSource
  void plansStepsWithoutAsking(
      String sentence, ViewDefinition desired, World world, List<Step> steps) {
    assertThat(Planner.needsProbe(corrected(desired), world.observed())).isFalse();
    assertThat(plan(desired, world, new Probe.NotNeeded())).isEqualTo(new Plan.Steps(steps));
    assertThat(plan(desired, world, same(desired))).isEqualTo(new Plan.Steps(steps));
  }

  static Stream<Arguments> plansStepsWithoutAsking() {
    return Stream.of(
        row("in sync", INDEXED, filled().with(index(BY_ID)).recorded(US, INDEXED, entry(BY_ID))),
        row(
            "in sync, in another order than the spec's",
            wanted(BY_ID, BY_TEAM),
            filled()
                .with(index(BY_TEAM), index(BY_ID))
                .recorded(US, INDEXED, entry(BY_TEAM), entry(BY_ID))),
        row(
            "somebody else's index is none of our business",
            NONE,
            filled().with(index(BY_TEAM)).recorded(US, NONE)),
        row(
            "somebody else's index that is being built is none of our business",
            INDEXED,
            filled().with(index(BY_ID), invalid(BY_TEAM)).recorded(US, INDEXED, entry(BY_ID))),
        row(
            "left the spec: dropped",
            NONE,
            filled().with(index(BY_ID)).recorded(US, NONE, entry(BY_ID)),
            drop("by_id", true)),
        row(
            "left the spec, no data: dropped plainly",
            NONE,
            empty().with(index(BY_ID)).recorded(US, NONE, entry(BY_ID)),
            drop("by_id", false)),
        row(
            "left the spec, and its drop was cut short: dropped",
            NONE,
            filled().with(invalid(BY_ID)).recorded(US, NONE, entry(BY_ID)),
            drop("by_id", true)),
        row(
            "left the spec and was dropped already: crossed out",
            NONE,
            filled().recorded(US, NONE, entry(BY_ID)),
            write(NONE)),
        row(
            "a build was cut short: what it left goes",
            INDEXED,
            filled().with(index(BY_ID)).recorded(US, INDEXED, entry(BY_ID)).scratch("a", "b"),
            new Step.DropScratch(NAME, List.of("a", "b"), true)),
        row(
            "a build was cut short, and the view lost its data since: what it left goes plainly",
            NONE,
            empty().recorded(US, NONE).scratch("a"),
            new Step.DropScratch(NAME, List.of("a"), false)));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("where it does not, a scratch view is asked first, and then the steps are the least")
  @MethodSource
  void plansStepsAfterAsking(
      String sentence, ViewDefinition desired, World world, List<Step> steps) {
    assertThat(Planner.needsProbe(corrected(desired), world.observed())).isTrue();
    assertThat(plan(desired, world, same(desired))).isEqualTo(new Plan.Steps(steps));
  }

  static Stream<Arguments> plansStepsAfterAsking() {
    return Stream.of(
        row(
            "missing, data there: built concurrently",
            INDEXED,
            filled().recorded(US, INDEXED),
            create(BY_ID, true)),
        row(
            "missing, no data: built plainly",
            INDEXED,
            empty().recorded(US, INDEXED),
            create(BY_ID, false)),
        row(
            "dropped by hand: built again",
            INDEXED,
            filled().recorded(US, INDEXED, entry(BY_ID)),
            create(BY_ID, true)),
        row(
            "ours and invalid: built again",
            INDEXED,
            filled().with(invalid(BY_ID)).recorded(US, INDEXED, entry(BY_ID)),
            create(BY_ID, true)),
        row(
            "ours, and the spec names other columns: built again",
            INDEXED,
            filled().with(index(OTHER_COLUMNS)).recorded(US, INDEXED, entry(OTHER_COLUMNS)),
            create(BY_ID, true)),
        row(
            "ours, and the spec names its columns in another order: built again",
            wanted(BY_TEAM),
            filled().with(index(REORDERED)).recorded(US, INDEXED, entry(REORDERED)),
            new Step.CreateIndex(wanted(BY_TEAM), BY_TEAM, true)),
        row(
            "ours, made another by hand: built again",
            INDEXED,
            filled().with(index(NOT_UNIQUE)).recorded(US, INDEXED, entry(BY_ID)),
            create(BY_ID, true)),
        row(
            "ours, made another by hand, no data: built again plainly",
            INDEXED,
            empty().with(index(NOT_UNIQUE)).recorded(US, INDEXED, entry(BY_ID)),
            create(BY_ID, false)),
        row(
            "ours, and the spec spells the same otherwise: only written down",
            wanted(RESPELLED),
            filled().with(index(PARTIAL)).recorded(US, NONE, entry(PARTIAL)),
            write(wanted(RESPELLED), entry(RESPELLED))),
        row(
            "ours, the server prints it otherwise, as after an upgrade: only written down",
            INDEXED,
            filled()
                .with(index(BY_ID))
                .recorded(US, INDEXED, new RecordedIndex("by_id", BY_ID.hash(), "older")),
            write(INDEXED, entry(BY_ID))),
        row(
            "somebody else's, just as wanted: taken over",
            INDEXED,
            filled().with(index(BY_ID)).recorded(US, INDEXED),
            write(INDEXED, entry(BY_ID))),
        row(
            "one for another: the new one comes, then the old one goes",
            wanted(BY_TEAM),
            filled().with(index(BY_ID)).recorded(US, NONE, entry(BY_ID)),
            new Step.CreateIndex(wanted(BY_TEAM), BY_TEAM, true),
            drop("by_id", true)),
        row(
            "another name for the same: the new one comes, then the old one goes",
            wanted(Index.of("renamed", true, List.of("id"))),
            filled().with(index(BY_ID)).recorded(US, NONE, entry(BY_ID)),
            new Step.CreateIndex(
                wanted(Index.of("renamed", true, List.of("id"))),
                Index.of("renamed", true, List.of("id")),
                true),
            drop("by_id", true)),
        row(
            "all at once: leftovers, record, new ones, old ones",
            wanted(BY_TEAM, RESPELLED),
            filled()
                .with(index(PARTIAL), index(Index.of("old", false, List.of("id"))))
                .recorded(US, NONE, entry(PARTIAL), entry(Index.of("old", false, List.of("id"))))
                .scratch("half"),
            new Step.DropScratch(NAME, List.of("half"), true),
            write(
                wanted(BY_TEAM, RESPELLED),
                entry(RESPELLED),
                entry(Index.of("old", false, List.of("id")))),
            new Step.CreateIndex(wanted(BY_TEAM, RESPELLED), BY_TEAM, true),
            drop("old", true)));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("an index of somebody else that is not as wanted is left, and the message names it")
  @MethodSource
  void refuses(String sentence, World world, Probe probe) {
    assertThat(plan(INDEXED, world.recorded(US, INDEXED), probe))
        .isInstanceOfSatisfying(
            Plan.Refusal.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.TargetConflict);
              assertThat(refusal.message()).contains("index by_id", "app.board");
            });
  }

  static Stream<Arguments> refuses() {
    return Stream.of(
        Arguments.of("other columns", filled().with(index(OTHER_COLUMNS)), same(INDEXED)),
        Arguments.of("not unique", filled().with(index(NOT_UNIQUE)), same(INDEXED)),
        Arguments.of("a predicate", filled().with(index(PARTIAL)), same(INDEXED)),
        Arguments.of(
            "invalid: they may be building it", filled().with(invalid(BY_ID)), same(INDEXED)),
        Arguments.of("no data", empty().with(index(OTHER_COLUMNS)), same(INDEXED)),
        Arguments.of(
            "a rebuild would drop it", filled().with(index(OTHER_COLUMNS)), different(INDEXED)));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName(
      "under Report an index of ours that another hand dropped or changed is left and told")
  @MethodSource
  void leavesDrift(String sentence, World world) {
    World known = world.recorded(US, INDEXED, entry(BY_ID));
    assertThat(Planner.needsProbe(reported(INDEXED), known.observed())).isTrue();
    assertThat(Planner.plan(reported(INDEXED), known.observed(), same(INDEXED)))
        .isInstanceOfSatisfying(
            Plan.Steps.class,
            plan -> {
              assertThat(plan.steps()).isEmpty();
              assertThat(plan.drift())
                  .singleElement()
                  .satisfies(
                      drift -> {
                        assertThat(drift.reason()).isEqualTo(Reason.IndexesChanged);
                        assertThat(drift.message()).contains("index by_id", "app.board");
                      });
            });
  }

  static Stream<Arguments> leavesDrift() {
    return Stream.of(
        Arguments.of("dropped", filled()),
        Arguments.of("dropped, no data", empty()),
        Arguments.of("other columns", filled().with(index(OTHER_COLUMNS))),
        Arguments.of("no longer unique", filled().with(index(NOT_UNIQUE))));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("under Report an edit of the list is no drift, nor is what a crash left")
  @MethodSource
  void changesWhatWasEdited(
      String sentence, ViewDefinition desired, World world, List<Step> steps) {
    assertThat(Planner.plan(reported(desired), world.observed(), same(desired)))
        .isEqualTo(new Plan.Steps(steps));
  }

  static Stream<Arguments> changesWhatWasEdited() {
    return Stream.of(
        row("new in the spec", INDEXED, filled().recorded(US, INDEXED), create(BY_ID, true)),
        row(
            "another one in the spec",
            INDEXED,
            filled().with(index(OTHER_COLUMNS)).recorded(US, INDEXED, entry(OTHER_COLUMNS)),
            create(BY_ID, true)),
        row(
            "another one in the spec, and dropped by hand",
            INDEXED,
            filled().recorded(US, INDEXED, entry(OTHER_COLUMNS)),
            create(BY_ID, true)),
        row(
            "left the spec",
            NONE,
            filled().with(index(BY_ID)).recorded(US, NONE, entry(BY_ID)),
            drop("by_id", true)),
        row(
            "left the spec, and dropped by hand",
            NONE,
            filled().recorded(US, NONE, entry(BY_ID)),
            write(NONE)),
        row(
            "invalid",
            INDEXED,
            filled().with(invalid(BY_ID)).recorded(US, INDEXED, entry(BY_ID)),
            create(BY_ID, true)),
        row(
            "invalid, and of other columns",
            INDEXED,
            filled().with(invalid(OTHER_COLUMNS)).recorded(US, INDEXED, entry(BY_ID)),
            create(BY_ID, true)),
        row(
            "printed otherwise since a server upgrade",
            INDEXED,
            filled()
                .with(index(BY_ID))
                .recorded(US, INDEXED, new RecordedIndex("by_id", BY_ID.hash(), "older")),
            write(INDEXED, entry(BY_ID))),
        row(
            "as it was made, but its text means another one since",
            wanted(PARTIAL),
            filled()
                .with(index(BY_ID))
                .recorded(US, NONE, new RecordedIndex("by_id", PARTIAL.hash(), shape(BY_ID))),
            new Step.CreateIndex(wanted(PARTIAL), PARTIAL, true)));
  }

  @Test
  @DisplayName("only what is built or dropped concurrently has no place on a reconcile thread")
  void growsWithData() {
    assertThat(grow(new Step.CreateView(INDEXED, null, null))).isFalse();
    assertThat(grow(write(INDEXED))).isFalse();
    assertThat(grow(create(BY_ID, false), drop("i", false))).isFalse();
    assertThat(grow(new Step.DropScratch(NAME, List.of("i"), false))).isFalse();
    assertThat(grow(write(INDEXED), create(BY_ID, true))).isTrue();
    assertThat(grow(drop("by_id", true))).isTrue();
    assertThat(grow(new Step.Rebuild(INDEXED, null, false))).isTrue();
    assertThat(grow(new Step.DropScratch(NAME, List.of("i"), true))).isTrue();
  }

  private static Plan plan(ViewDefinition wanted, World world, Probe probe) {
    return Planner.plan(corrected(wanted), world.observed(), probe);
  }

  private static Desired corrected(ViewDefinition wanted) {
    return new Desired(wanted, Attributes.NONE, Policies.DEFAULT);
  }

  private static Desired reported(ViewDefinition wanted) {
    return new Desired(wanted, Attributes.NONE, new Policies(false, false, false, null));
  }

  private static Arguments row(
      String sentence, ViewDefinition desired, World world, Step... steps) {
    return Arguments.of(sentence, desired, world, List.of(steps));
  }

  private static ViewDefinition wanted(Index... indexes) {
    return new ViewDefinition(NAME, US, "SELECT 1", List.of("app"), "UTC", List.of(indexes));
  }

  private static Index where(String text) {
    return new Index(
        "by_id",
        true,
        List.of(Index.Key.column("id")),
        List.of(),
        text,
        Index.Method.Btree,
        false,
        Map.of());
  }

  private static boolean grow(Step... steps) {
    return Stream.of(steps).anyMatch(Step::growsWithData);
  }

  private static Step create(Index index, boolean concurrently) {
    return new Step.CreateIndex(INDEXED, index, concurrently);
  }

  private static Step drop(String name, boolean concurrently) {
    return new Step.DropIndex(NAME, name, concurrently);
  }

  private static Step write(ViewDefinition definition, RecordedIndex... entries) {
    return new Step.WriteRecord(definition, World.LIVE, List.of(entries));
  }
}
