package dev.matviews.plan;

import static dev.matviews.plan.World.NAME;
import static dev.matviews.plan.World.US;
import static dev.matviews.plan.World.different;
import static dev.matviews.plan.World.differentByStar;
import static dev.matviews.plan.World.empty;
import static dev.matviews.plan.World.entry;
import static dev.matviews.plan.World.filled;
import static dev.matviews.plan.World.index;
import static dev.matviews.plan.World.same;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Another definition or tablespace × policies → rebuilt, awaited, left and told, or refused. */
class RedefinitionTest {

  private static final Policies CORRECT = Policies.DEFAULT;
  private static final Policies REPORT = new Policies(false, false, false, null);
  private static final Policies ASK = new Policies(true, false, true, null);
  private static final Policies ASK_AND_REPORT = new Policies(true, false, false, null);
  private static final Policies ADOPT = new Policies(false, true, true, null);
  private static final Policies ASK_AND_ADOPT = new Policies(true, true, true, null);

  private static final Index BY_ID = Index.of("by_id", true, List.of("id"));
  private static final Index OTHER = Index.of("other", false, List.of("id"));
  private static final ViewDefinition NEW = sql("SELECT 1");
  private static final ViewDefinition OLD = sql("SELECT 2");
  private static final Step REBUILD = new Step.Rebuild(NEW, null, true);
  private static final Attributes FAST = new Attributes(null, List.of(), null, "fast", Map.of());

  private static final World EDITED = filled().recorded(US, OLD).probed(different(NEW));
  private static final World EDITED_ZONE =
      filled()
          .recorded(
              US, new ViewDefinition(NAME, US, "SELECT 1", List.of("app"), "Asia/Tokyo", List.of()))
          .probed(same(NEW));
  private static final World CHANGED_BY_HAND =
      filled().recordedWith("18:before", US, NEW).probed(different(NEW));
  private static final World NEW_COLUMN =
      filled().sourceHasNewColumn().recorded(US, NEW).probed(different(NEW));
  private static final World SOURCE_REPLACED =
      filled().readsReplaced().recordedWith("18:before", US, NEW).probed(different(NEW));
  private static final World NEW_COLUMN_AND_UPGRADED =
      filled().sourceHasNewColumn().recordedWith("17:before", US, NEW).probed(differentByStar(NEW));
  private static final World NEW_COLUMN_AND_SOURCE_REPLACED =
      filled()
          .readsReplaced()
          .sourceHasNewColumn()
          .recordedWith("18:before", US, NEW)
          .probed(differentByStar(NEW));
  private static final World MOVED = filled().in("slow").recorded(US, NEW).probed(same(NEW));

  /** What a row expects: a rebuild, a change that waits, drift that is left. */
  private record Expected(boolean rebuilt, @Nullable Boolean required, List<Reason> drift) {}

  private static final Expected REBUILT = new Expected(true, null, List.of());
  private static final Expected AWAITED = new Expected(false, true, List.of());

  private static Expected left(Reason reason) {
    return new Expected(false, false, List.of(reason));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("the policies decide what becomes of another definition")
  @MethodSource
  void decides(String sentence, Attributes wanted, World world, Policies policies, Expected what) {
    Plan.Steps plan = steps(wanted, world, policies);
    assertThat(plan.steps().stream().anyMatch(step -> step instanceof Step.Rebuild))
        .isEqualTo(what.rebuilt());
    assertThat(plan.planned().map(PlannedChange::required))
        .isEqualTo(Optional.ofNullable(what.required()));
    assertThat(plan.drift()).extracting(Drift::reason).isEqualTo(what.drift());
    assertThat(plan.drift()).allSatisfy(drift -> assertThat(drift.message()).contains("app.board"));
  }

  static Stream<Arguments> decides() {
    World declared = MOVED.declared(FAST);
    return Stream.of(
        row("edited, Automatic", EDITED, CORRECT, REBUILT),
        row("edited, Automatic, Report: an edit is no drift", EDITED, REPORT, REBUILT),
        row("edited, OnApproval", EDITED, ASK, AWAITED),
        row("edited, OnApproval, Report", EDITED, ASK_AND_REPORT, AWAITED),
        row("zone edited, Automatic", EDITED_ZONE, CORRECT, REBUILT),
        row("zone edited, OnApproval", EDITED_ZONE, ASK, AWAITED),
        row("by hand, Correct", CHANGED_BY_HAND, CORRECT, REBUILT),
        row("by hand, Correct, OnApproval", CHANGED_BY_HAND, ASK, AWAITED),
        row("by hand, Report", CHANGED_BY_HAND, REPORT, left(Reason.DefinitionChanged)),
        row(
            "by hand, Report, OnApproval",
            CHANGED_BY_HAND,
            ASK_AND_REPORT,
            left(Reason.DefinitionChanged)),
        row("source column, Correct", NEW_COLUMN, CORRECT, left(Reason.SourceColumnsChanged)),
        row("source column, Report", NEW_COLUMN, REPORT, left(Reason.SourceColumnsChanged)),
        row("source column, OnApproval", NEW_COLUMN, ASK, left(Reason.SourceColumnsChanged)),
        row(
            "source column, then an upgrade, or a source column renamed under a star",
            NEW_COLUMN_AND_UPGRADED,
            CORRECT,
            left(Reason.SourceColumnsChanged)),
        row(
            "source column, then another source replaced by us",
            NEW_COLUMN_AND_SOURCE_REPLACED,
            CORRECT,
            left(Reason.SourceColumnsChanged)),
        row(
            "source column, then another source replaced by us, OnApproval",
            NEW_COLUMN_AND_SOURCE_REPLACED,
            ASK,
            left(Reason.SourceColumnsChanged)),
        row("source replaced by us", SOURCE_REPLACED, CORRECT, REBUILT),
        row("source replaced by us, Report", SOURCE_REPLACED, REPORT, REBUILT),
        row("source replaced by us, OnApproval", SOURCE_REPLACED, ASK_AND_REPORT, REBUILT),
        row(
            "source replaced by us and edited, OnApproval: nobody approved the edit",
            filled().readsReplaced().recorded(US, OLD).probed(different(NEW)),
            ASK,
            AWAITED),
        row("nobody's, Always", filled().probed(different(NEW)), ADOPT, REBUILT),
        row(
            "nobody's, Always, OnApproval",
            filled().probed(different(NEW)),
            ASK_AND_ADOPT,
            AWAITED),
        row(
            "only refreshed before, Always",
            filled().registered(US).probed(different(NEW)),
            ADOPT,
            REBUILT),
        row("tablespace edited", FAST, MOVED, CORRECT, REBUILT),
        row("tablespace edited, Report: an edit is no drift", FAST, MOVED, REPORT, REBUILT),
        row("tablespace edited, OnApproval", FAST, MOVED, ASK, AWAITED),
        row("moved by hand, Correct", FAST, declared, CORRECT, REBUILT),
        row("moved by hand, Report", FAST, declared, REPORT, left(Reason.AttributesChanged)),
        row(
            "moved by hand, Report, and the SQL edited",
            FAST,
            EDITED.in("slow").declared(FAST),
            REPORT,
            REBUILT),
        row(
            "source column, and the tablespace edited: what the spec asks for waits",
            FAST,
            NEW_COLUMN,
            CORRECT,
            new Expected(false, true, List.of(Reason.SourceColumnsChanged))));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("whatever waits or is left is rebuilt once it is approved")
  @MethodSource
  void followsApproval(String sentence, Attributes wanted, World world, Policies policies) {
    String hash = steps(wanted, world, policies).planned().orElseThrow().hash();
    Plan.Steps approved = steps(wanted, world, approved(policies, hash));
    assertThat(approved.steps()).last().isInstanceOf(Step.Rebuild.class);
    assertThat(approved.drift()).isEmpty();
    assertThat(approved.planned()).isEmpty();
    assertThat(steps(wanted, world, approved(policies, "another")))
        .isEqualTo(steps(wanted, world, policies));
  }

  static Stream<Arguments> followsApproval() {
    return Stream.of(
        Arguments.of("edited", Attributes.NONE, EDITED, ASK),
        Arguments.of("changed by hand", Attributes.NONE, CHANGED_BY_HAND, REPORT),
        Arguments.of("a source column", Attributes.NONE, NEW_COLUMN, CORRECT),
        Arguments.of("moved by hand", FAST, MOVED.declared(FAST), REPORT));
  }

  @Test
  @DisplayName("an approval is of one spec and one view in the database")
  void approvalIsOfOnePlan() {
    ViewDefinition indexed =
        new ViewDefinition(NAME, US, "SELECT 1", List.of("app"), "UTC", List.of(BY_ID));
    Stream<String> hashes =
        Stream.of(
            hash(NEW, Attributes.NONE, EDITED),
            hash(sql("SELECT 3"), Attributes.NONE, EDITED.probed(different(sql("SELECT 3")))),
            hash(indexed, Attributes.NONE, EDITED.probed(different(indexed))),
            hash(NEW, FAST, EDITED),
            hash(
                NEW,
                Attributes.NONE,
                filled().sourceHasNewColumn().recorded(US, OLD).probed(different(NEW))));
    assertThat(hashes).doesNotHaveDuplicates();
  }

  private static String hash(ViewDefinition definition, Attributes attributes, World world) {
    Plan plan =
        Planner.plan(new Desired(definition, attributes, ASK), world.observed(), world.probe());
    return ((Plan.Steps) plan).planned().orElseThrow().hash();
  }

  @Test
  @DisplayName("before a view is moved, a scratch view tells what stands on it")
  void probesBeforeItMoves() {
    ObservedView moved = MOVED.observed();
    assertThat(Planner.needsProbe(new Desired(NEW, FAST, CORRECT), moved)).isTrue();
    assertThat(Planner.needsProbe(new Desired(NEW, Attributes.NONE, CORRECT), moved)).isFalse();
  }

  @Test
  @DisplayName("a tablespace is written down once the view stands in it")
  void writesTheTablespaceLast() {
    assertThat(steps(FAST, MOVED, REPORT).steps())
        .containsExactly(new Step.Rebuild(NEW, "fast", true));
    assertThat(steps(FAST, filled().in("fast").recorded(US, NEW), REPORT).steps())
        .containsExactly(new Step.WriteAttributes(NAME, FAST));
  }

  @Test
  @DisplayName("while a new definition waits, what a crash left goes and the indexes stay")
  void waitsWithIndexes() {
    ViewDefinition indexed =
        new ViewDefinition(NAME, US, "SELECT 1", List.of("app"), "UTC", List.of(BY_ID));
    World world = filled().recorded(US, OLD).scratch("half").probed(different(indexed));
    Plan plan =
        Planner.plan(new Desired(indexed, Attributes.NONE, ASK), world.observed(), world.probe());
    assertThat(((Plan.Steps) plan).steps())
        .containsExactly(new Step.DropScratch(NAME, List.of("half"), true));
  }

  @Test
  @DisplayName("a definition that is left is not written down as the wanted one, whatever changes")
  void doesNotForgetDrift() {
    World world =
        filled()
            .with(index(OTHER))
            .recordedWith("18:before", US, NEW, entry(OTHER), entry(BY_ID))
            .probed(different(NEW));
    assertThat(steps(Attributes.NONE, world, REPORT).steps())
        .containsExactly(new Step.DropIndex(NAME, "other", true));
  }

  @Test
  @DisplayName("an index of a definition that is left is made once, though its shape is another")
  void endsWithIndexes() {
    ViewDefinition indexed =
        new ViewDefinition(NAME, US, "SELECT 1", List.of("app"), "UTC", List.of(BY_ID));
    RecordedIndex built = new RecordedIndex("by_id", BY_ID.hash(), "on the other definition");
    World world =
        filled()
            .with(new ObservedView.ObservedIndex("by_id", true, true, true, built.shape()))
            .recordedWith("18:before", US, indexed, built)
            .probed(different(indexed));
    Plan plan =
        Planner.plan(
            new Desired(indexed, Attributes.NONE, REPORT), world.observed(), world.probe());
    assertThat(((Plan.Steps) plan).steps()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("nobody's view is adopted where it is as wanted, and all is written down")
  @MethodSource
  void adopts(String sentence, World world, List<Step> steps) {
    assertThat(steps(Attributes.NONE, world.probed(same(NEW)), CORRECT))
        .isEqualTo(new Plan.Steps(steps));
  }

  static Stream<Arguments> adopts() {
    Step write = new Step.WriteRecord(NEW, World.LIVE, List.of());
    return Stream.of(
        Arguments.of("no record", filled(), List.of(new Step.Register(NAME, US), write)),
        Arguments.of("no record, no data", empty(), List.of(new Step.Register(NAME, US), write)),
        Arguments.of("only refreshed before", filled().registered(US), List.of(write)));
  }

  @Test
  @DisplayName("nothing is written down again and again while an adoption waits")
  void adoptionWaitsQuietly() {
    World world = filled().registered(US).declared(FAST).in("fast").probed(different(NEW));
    assertThat(steps(FAST, world, ASK_AND_ADOPT).steps()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("what others would lose is refused before anything is built, and named")
  @MethodSource
  void refuses(String sentence, Probe.Seen probe, Reason reason, String named) {
    for (Policies policies : List.of(CORRECT, ASK, REPORT)) {
      assertThat(plan(Attributes.NONE, EDITED.probed(probe), policies))
          .isInstanceOfSatisfying(
              Plan.Refusal.class,
              refusal -> {
                assertThat(refusal.reason()).isEqualTo(reason);
                assertThat(refusal.message()).contains("app.board", named);
              });
    }
  }

  static Stream<Arguments> refuses() {
    return Stream.of(
        Arguments.of(
            "a function",
            different(NEW, dependent("function f()", Dependent.Kind.Other, true, false)),
            Reason.DependentsExist,
            "function f()"),
        Arguments.of(
            "a materialized view of nobody",
            different(NEW, dependent("its view", Dependent.Kind.MaterializedView, true, false)),
            Reason.DependentsExist,
            "its view"),
        Arguments.of(
            "a view of a role that we may not become",
            different(NEW, dependent("its view", Dependent.Kind.View, false, false)),
            Reason.DependentsExist,
            "its view of role dba"),
        Arguments.of(
            "a view whose owner may not make it anew",
            different(
                NEW,
                new Dependent(
                    "its view",
                    Dependent.Kind.View,
                    new QualifiedName("app", "on_top"),
                    "reader",
                    true,
                    false,
                    false,
                    true,
                    List.of())),
            Reason.DependentsExist,
            "its view of role reader, which may not CREATE in its schema"),
        Arguments.of(
            "an index name that something else has",
            new Probe.Seen(false, false, List.of(), Map.of(), List.of("key"), List.of(), List.of()),
            Reason.TargetConflict,
            "index key"),
        Arguments.of(
            "a view that needs a column",
            different(
                NEW,
                dependent(
                    "its view", Dependent.Kind.View, true, false, new Column("gone", "text"))),
            Reason.DependentsExist,
            "its view needs gone text"),
        Arguments.of(
            "a view that needs a column of another type",
            different(
                NEW,
                dependent(
                    "its view", Dependent.Kind.View, true, false, new Column("id", "bigint"))),
            Reason.DependentsExist,
            "its view needs id bigint"),
        Arguments.of(
            "more than can be named",
            different(
                NEW,
                IntStream.range(0, 7)
                    .mapToObj(i -> dependent("f" + i, Dependent.Kind.Other, true, false))
                    .toArray(Dependent[]::new)),
            Reason.DependentsExist,
            "f4, and 2 more"),
        Arguments.of(
            "grants by a role that we may not become",
            new Probe.Seen(false, false, List.of(), Map.of(), List.of(), List.of(), List.of("dba")),
            Reason.PermissionDenied,
            "role dba"));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("what moves along, stays on the old one or stands further off is in nobody's way")
  @MethodSource
  void rebuildsUnder(String sentence, Dependent dependent) {
    assertThat(steps(Attributes.NONE, EDITED.probed(different(NEW, dependent)), CORRECT).steps())
        .containsExactly(REBUILD);
  }

  static Stream<Arguments> rebuildsUnder() {
    return Stream.of(
        Arguments.of("a view", dependent("its view", Dependent.Kind.View, true, false)),
        Arguments.of(
            "a view that needs a column that stays",
            dependent("its view", Dependent.Kind.View, true, false, new Column("id", "integer"))),
        Arguments.of(
            "a materialized view of ours",
            dependent("ours", Dependent.Kind.MaterializedView, true, true)),
        Arguments.of(
            "something on top of a view",
            new Dependent(
                "function f()",
                Dependent.Kind.Other,
                null,
                null,
                false,
                false,
                false,
                false,
                List.of())));
  }

  @Test
  @DisplayName("what is only left is not refused, until somebody approves it")
  void leavesUnderDependents() {
    Dependent function = dependent("function f()", Dependent.Kind.Other, true, false);
    World world = CHANGED_BY_HAND.probed(different(NEW, function));
    PlannedChange planned = steps(Attributes.NONE, world, REPORT).planned().orElseThrow();
    assertThat(plan(Attributes.NONE, world, approved(REPORT, planned.hash())))
        .isInstanceOf(Plan.Refusal.class);
  }

  private static Dependent dependent(
      String description,
      Dependent.Kind kind,
      boolean ownerReachable,
      boolean managed,
      Column... columns) {
    return new Dependent(
        description,
        kind,
        new QualifiedName("app", "on_top"),
        ownerReachable ? "app" : "dba",
        ownerReachable,
        true,
        managed,
        true,
        List.of(columns));
  }

  private static Policies approved(Policies policies, String hash) {
    return new Policies(
        policies.changeNeedsApproval(), policies.adoptAlways(), policies.correctDrift(), hash);
  }

  private static Plan plan(Attributes wanted, World world, Policies policies) {
    return Planner.plan(new Desired(NEW, wanted, policies), world.observed(), world.probe());
  }

  private static Plan.Steps steps(Attributes wanted, World world, Policies policies) {
    return (Plan.Steps) plan(wanted, world, policies);
  }

  private static Arguments row(String sentence, World world, Policies policies, Expected expected) {
    return row(sentence, Attributes.NONE, world, policies, expected);
  }

  private static Arguments row(
      String sentence, Attributes wanted, World world, Policies policies, Expected expected) {
    return Arguments.of(sentence, wanted, world, policies, expected);
  }

  private static ViewDefinition sql(String query) {
    return new ViewDefinition(NAME, US, query, List.of("app"), "UTC", List.of());
  }
}
