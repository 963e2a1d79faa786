package dev.matviews.plan;

import static dev.matviews.plan.World.NAME;
import static dev.matviews.plan.World.US;
import static dev.matviews.plan.World.absent;
import static dev.matviews.plan.World.different;
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

/** Whose the view was × how it is wanted → whose it is from now on, and what that takes. */
class ClaimingTest {

  private static final Claim OLDER = new Claim("default", "team", "older");
  private static final ViewDefinition VIEW =
      new ViewDefinition(NAME, US, "SELECT 1", List.of("app"), "UTC", List.of());
  private static final ViewDefinition OTHER =
      new ViewDefinition(NAME, US, "SELECT 2", List.of("app"), "UTC", List.of());
  private static final Policies REPORT = new Policies(false, false, false, null);

  private static final Step TAKE_OVER = new Step.TakeOver(NAME, OLDER, US);
  private static final Step REGISTER = new Step.Register(NAME, US);

  @ParameterizedTest(name = "{0}")
  @DisplayName("the younger takes over what the older left, before all else")
  @MethodSource
  void takesOver(String sentence, World world, Policies policies, List<Step> steps) {
    assertThat(plan(world.vacated(), policies)).isEqualTo(new Plan.Steps(steps));
    assertThat(plan(world, policies))
        .isInstanceOfSatisfying(
            Plan.Refusal.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TargetConflict));
  }

  static Stream<Arguments> takesOver() {
    return Stream.of(
        row("as wanted", filled().recorded(OLDER, VIEW), TAKE_OVER),
        row(
            "of another definition: the operator's own, so that nothing is adopted",
            filled().recorded(OLDER, OTHER).probed(different(VIEW)),
            TAKE_OVER,
            new Step.Rebuild(VIEW, null, true)),
        row(
            "only refreshed, as wanted",
            filled().registered(OLDER).probed(same(VIEW)),
            TAKE_OVER,
            new Step.WriteRecord(VIEW, World.LIVE, List.of())),
        row(
            "dropped by hand",
            absent().recorded(OLDER, OTHER),
            TAKE_OVER,
            new Step.CreateView(VIEW, null, null),
            new Step.WriteAttributes(NAME, Attributes.NONE)),
        Arguments.of(
            "dropped by hand before it was ours, Report",
            absent().recorded(OLDER, VIEW),
            REPORT,
            List.of(
                TAKE_OVER,
                new Step.CreateView(VIEW, null, null),
                new Step.WriteAttributes(NAME, Attributes.NONE))));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a view that is only refreshed is registered, and nothing else changes")
  @MethodSource
  void registers(String sentence, World world, List<Step> steps) {
    assertThat(Registration.plan(NAME, US, world.observed())).isEqualTo(new Plan.Steps(steps));
  }

  static Stream<Arguments> registers() {
    return Stream.of(
        Arguments.of("nobody's", filled(), List.of(REGISTER)),
        Arguments.of("registered", filled().registered(US), List.of()),
        Arguments.of(
            "another role's, with MAINTAIN",
            filled().ownedBy("dba").maintainable(),
            List.of(REGISTER)),
        Arguments.of("managed before", filled().recorded(US, VIEW), List.of(REGISTER)),
        Arguments.of(
            "something half done: stays", filled().registered(US).scratch("half"), List.of()),
        Arguments.of(
            "registered by an older object",
            filled().registered(OLDER).vacated(),
            List.of(TAKE_OVER)),
        Arguments.of(
            "managed by an older object",
            filled().recorded(OLDER, VIEW).vacated(),
            List.of(TAKE_OVER, REGISTER)));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("what cannot be refreshed is refused with its reason")
  @MethodSource
  void refusesToRegister(String sentence, World world, Reason reason, String named) {
    assertThat(Registration.plan(NAME, US, world.observed()))
        .isInstanceOfSatisfying(
            Plan.Refusal.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(reason);
              assertThat(refusal.message()).contains(named);
            });
  }

  static Stream<Arguments> refusesToRegister() {
    return Stream.of(
        Arguments.of("no schema", noSchema(), Reason.SchemaMissing, "schema app"),
        Arguments.of("missing", absent(), Reason.ViewMissing, "app.board"),
        Arguments.of(
            "missing, registered before", absent().registered(US), Reason.ViewMissing, "app.board"),
        Arguments.of("a view", World.a("view"), Reason.NotAMaterializedView, "app.board is a view"),
        Arguments.of(
            "neither owner nor MAINTAIN",
            filled().ownedBy("dba"),
            Reason.PermissionDenied,
            "GRANT dba"),
        Arguments.of(
            "another object's", filled().registered(OLDER), Reason.TargetConflict, "team/older"));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a view dropped by hand is made again, but not under Report and a spec as it was")
  @MethodSource
  void missing(String sentence, World world, boolean made) {
    Plan plan = plan(world, REPORT);
    if (made) {
      assertThat(((Plan.Steps) plan).steps()).contains(new Step.CreateView(VIEW, null, null));
    } else {
      assertThat(((Plan.Refusal) plan).reason()).isEqualTo(Reason.ObjectMissing);
    }
  }

  static Stream<Arguments> missing() {
    return Stream.of(
        Arguments.of("never made", absent(), true),
        Arguments.of("made once", absent().recorded(US, VIEW), false),
        Arguments.of("made once of another definition", absent().recorded(US, OTHER), true),
        Arguments.of("only refreshed", absent().registered(US), true));
  }

  private static Plan plan(World world, Policies policies) {
    return Planner.plan(
        new Desired(VIEW, Attributes.NONE, policies), world.observed(), world.probe());
  }

  private static Arguments row(String sentence, World world, Step... steps) {
    return Arguments.of(sentence, world, Policies.DEFAULT, List.of(steps));
  }
}
