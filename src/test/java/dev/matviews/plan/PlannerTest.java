package dev.matviews.plan;

import static dev.matviews.plan.World.NAME;
import static dev.matviews.plan.World.US;
import static dev.matviews.plan.World.a;
import static dev.matviews.plan.World.absent;
import static dev.matviews.plan.World.different;
import static dev.matviews.plan.World.empty;
import static dev.matviews.plan.World.entry;
import static dev.matviews.plan.World.filled;
import static dev.matviews.plan.World.noSchema;
import static dev.matviews.plan.World.same;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wanted × what is there × what a scratch view showed → steps, or why none. */
class PlannerTest {

  private static final Claim ANOTHER_OBJECT = new Claim("default", "team", "other");
  private static final Claim ANOTHER_OPERATOR = new Claim("staging", "team", "board");

  private static final Index BY_ID = Index.of("by_id", true, List.of("id"));

  private static final ViewDefinition PLAIN = wanted();
  private static final ViewDefinition INDEXED = wanted(BY_ID);

  @ParameterizedTest(name = "{0}")
  @DisplayName("the steps are those that are missing, in an order that any crash may cut short")
  @MethodSource
  void plansSteps(String sentence, ViewDefinition desired, World world, List<Step> steps) {
    assertThat(plan(desired, world)).isEqualTo(new Plan.Steps(steps));
  }

  static Stream<Arguments> plansSteps() {
    return Stream.of(
        row("nothing there: made whole", PLAIN, absent(), register(), create(PLAIN), declare()),
        row(
            "nothing there, indexes wanted: made with them",
            INDEXED,
            absent(),
            register(),
            create(INDEXED),
            declare()),
        row(
            "dropped by hand, our record is left: made again",
            INDEXED,
            absent().recorded(US, INDEXED, entry(BY_ID)),
            create(INDEXED),
            declare()),
        row(
            "dropped by hand, it was only refreshed before: made",
            PLAIN,
            absent().registered(US),
            create(PLAIN),
            declare()),
        row(
            "dropped by hand, with something half done: made again, and the rest goes",
            INDEXED,
            absent().recorded(US, INDEXED).scratch("half"),
            create(INDEXED),
            declare(),
            new Step.DropScratch(NAME, List.of("half"), false)),
        row("in sync: nothing", PLAIN, filled().recorded(US, PLAIN)),
        row("in sync, without data: nothing", PLAIN, empty().recorded(US, PLAIN)),
        row(
            "another spelling of the same query: only written down",
            PLAIN,
            filled().recorded(US, otherSql()).probed(same(PLAIN)),
            write(PLAIN)),
        row(
            "another search path to the same tables: only written down",
            PLAIN,
            filled().recorded(US, otherPath()).probed(same(PLAIN)),
            write(PLAIN)),
        row(
            "another fingerprint, as after a server upgrade, of the same query: only written down",
            PLAIN,
            filled().recordedWith("17:abc", US, PLAIN).probed(same(PLAIN)),
            write(PLAIN)),
        row(
            "a source with one more column, of which the query knows nothing: only written down",
            PLAIN,
            filled().sourceHasNewColumn().recorded(US, PLAIN).probed(same(PLAIN)),
            new Step.WriteRecord(PLAIN, filled().sourceHasNewColumn().live(), List.of())),
        row(
            "another query: built anew",
            INDEXED,
            filled().recorded(US, otherSql()).probed(different(INDEXED)),
            rebuild(INDEXED, true)),
        row(
            "another search path to other tables: built anew",
            PLAIN,
            filled().recorded(US, otherPath()).probed(different(PLAIN)),
            rebuild(PLAIN, true)),
        row(
            "another time zone of the same query: built anew",
            PLAIN,
            filled().recorded(US, otherZone()).probed(same(PLAIN)),
            rebuild(PLAIN, true)),
        row(
            "another query and no data yet: built anew, and it needs no data either",
            INDEXED,
            empty().recorded(US, otherSql()).probed(different(INDEXED)),
            rebuild(INDEXED, false)),
        row(
            "another query, and something half done: a rebuild drops that by itself",
            INDEXED,
            filled().recorded(US, otherSql()).scratch("half").probed(different(INDEXED)),
            rebuild(INDEXED, true)));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("what may not be touched is refused with its reason, and the message names it")
  @MethodSource
  void refuses(
      String sentence, ViewDefinition desired, World world, Reason reason, List<String> named) {
    assertThat(plan(desired, world))
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
            filled().probed(different(PLAIN)),
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
            "nobody's, and of a role of which we are no member",
            PLAIN,
            filled().ownedBy("dba"),
            Reason.AlreadyExists,
            "role dba",
            "app.board"));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a scratch view is made only where hash and fingerprint leave it open")
  @MethodSource
  void asksForAProbe(String sentence, World world, boolean needed) {
    assertThat(Planner.needsProbe(desired(PLAIN), world.observed())).isEqualTo(needed);
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
        Arguments.of("other columns", filled().sourceHasNewColumn().recorded(US, PLAIN), true),
        Arguments.of("nobody's", filled(), true),
        Arguments.of("only refreshed before", filled().registered(US), true),
        Arguments.of("a table", a("table").recorded(US, otherSql()), false),
        Arguments.of("another object's", filled().recorded(ANOTHER_OBJECT, otherSql()), false),
        Arguments.of("another role's", filled().ownedBy("dba").recorded(US, otherSql()), false),
        Arguments.of("no schema", noSchema(), false));
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

  private static ViewDefinition otherPath() {
    return new ViewDefinition(NAME, US, "SELECT 1", List.of("x"), "UTC", List.of());
  }

  private static ViewDefinition otherZone() {
    return new ViewDefinition(NAME, US, "SELECT 1", List.of("app"), "Asia/Tokyo", List.of());
  }

  private static Plan plan(ViewDefinition wanted, World world) {
    return Planner.plan(desired(wanted), world.observed(), world.probe());
  }

  private static Desired desired(ViewDefinition wanted) {
    return new Desired(wanted, Attributes.NONE, Policies.DEFAULT);
  }

  private static Step create(ViewDefinition definition) {
    return new Step.CreateView(definition, null, null);
  }

  private static Step rebuild(ViewDefinition definition, boolean fill) {
    return new Step.Rebuild(definition, null, fill);
  }

  private static Step register() {
    return new Step.Register(NAME, US);
  }

  private static Step declare() {
    return new Step.WriteAttributes(NAME, Attributes.NONE);
  }

  private static Step write(ViewDefinition definition) {
    return new Step.WriteRecord(definition, World.LIVE, List.of());
  }
}
