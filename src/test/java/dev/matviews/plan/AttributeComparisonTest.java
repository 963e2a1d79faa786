package dev.matviews.plan;

import static dev.matviews.plan.World.NAME;
import static dev.matviews.plan.World.US;
import static dev.matviews.plan.World.attributes;
import static dev.matviews.plan.World.filled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.ObservedAttributes.Privilege;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is declared × what was declared last × what is there → changes, or what is left and told.
 */
class AttributeComparisonTest {

  private static final Policies REPORT = new Policies(false, false, false, null);
  private static final ViewDefinition VIEW =
      new ViewDefinition(NAME, US, "SELECT 1", List.of("app"), "UTC", List.of());

  private static final Attributes NONE = Attributes.NONE;
  private static final Attributes OWNED = owner("app_other");
  private static final Attributes READ = grants(grant("reader", "SELECT"));
  private static final Attributes PASSED_ON = grants(new Grant("reader", Set.of("SELECT"), true));
  private static final Attributes SAID = comment("said");
  private static final Attributes PACKED = parameters(Map.of("fillfactor", "70"));

  private static final ObservedAttributes PLAIN = attributes("app");
  private static final ObservedAttributes READABLE = attributes("app", byOwner("reader", "SELECT"));
  private static final ObservedAttributes READABLE_BY_DBA =
      attributes("app", new Privilege("reader", "SELECT", false, false));
  private static final ObservedAttributes PASSABLE =
      attributes("app", new Privilege("reader", "SELECT", true, true));

  @ParameterizedTest(name = "{0}")
  @DisplayName("an edit brings about what is missing and takes back what the spec gave")
  @MethodSource
  void follows(
      String sentence,
      Attributes wanted,
      Attributes last,
      ObservedAttributes there,
      List<Step> steps) {
    assertThat(plan(wanted, last, there, Policies.DEFAULT)).isEqualTo(edited(wanted, last, steps));
    assertThat(plan(wanted, last, there, REPORT)).isEqualTo(edited(wanted, last, steps));
  }

  static Stream<Arguments> follows() {
    return Stream.of(
        row("nothing declared", NONE, NONE, PLAIN),
        row("owner: declared", OWNED, NONE, PLAIN, setOwner("app_other")),
        row("owner: declared and so already", owner("app"), NONE, PLAIN),
        row("owner: same", owner("app"), owner("app"), PLAIN),
        row("owner: edited", OWNED, owner("app"), PLAIN, setOwner("app_other")),
        row("owner: taken back stays", NONE, owner("app"), PLAIN),
        row("owner: by hand, nothing declared", NONE, NONE, attributes("app_hand")),
        row("grant: declared", READ, NONE, PLAIN, give("reader", "SELECT")),
        row("grant: declared and there already", READ, NONE, READABLE),
        row("grant: declared and there by another grantor", READ, NONE, READABLE_BY_DBA),
        row("grant: same", READ, READ, READABLE),
        row(
            "grant: one more privilege",
            grants(grant("reader", "SELECT", "TRIGGER")),
            READ,
            READABLE,
            give("reader", "TRIGGER")),
        row(
            "grant: one privilege less",
            READ,
            grants(grant("reader", "SELECT", "TRIGGER")),
            attributes("app", byOwner("reader", "SELECT"), byOwner("reader", "TRIGGER")),
            take("reader", "TRIGGER")),
        row("grant: taken back", NONE, READ, READABLE, take("reader", "SELECT")),
        row("grant: taken back and gone already", NONE, READ, PLAIN),
        row("grant: taken back, but another grantor gave it", NONE, READ, READABLE_BY_DBA),
        row("grant: by hand, nothing declared", NONE, NONE, READABLE),
        row(
            "grant: by hand, to a role that has another one declared",
            READ,
            READ,
            attributes("app", byOwner("reader", "SELECT"), byOwner("reader", "TRIGGER"))),
        row(
            "grant: to everybody",
            grants(grant("PUBLIC", "SELECT")),
            NONE,
            PLAIN,
            give("PUBLIC", "SELECT")),
        row(
            "grant: to everybody, taken back",
            NONE,
            grants(grant("PUBLIC", "SELECT")),
            attributes("app", byOwner("PUBLIC", "SELECT")),
            take("PUBLIC", "SELECT")),
        row("grant: to the owner, who has all", grants(grant("app", "SELECT")), NONE, PLAIN),
        row("grant: to the owner, taken back", NONE, grants(grant("app", "SELECT")), PLAIN),
        row(
            "grant: that becomes the owner's is not taken from it",
            owner("app_reader"),
            grants(grant("app_reader", "SELECT")),
            attributes("app", byOwner("app_reader", "SELECT")),
            setOwner("app_reader")),
        row(
            "grant: to the owner, who is replaced",
            new Attributes("app_other", List.of(grant("app", "SELECT")), null, null, Map.of()),
            new Attributes("app", List.of(grant("app", "SELECT")), null, null, Map.of()),
            PLAIN,
            setOwner("app_other"),
            give("app", "SELECT")),
        row(
            "grant option: gained",
            PASSED_ON,
            READ,
            READABLE,
            new Step.GrantPrivileges(NAME, new Grant("reader", Set.of("SELECT"), true))),
        row("grant option: same", PASSED_ON, PASSED_ON, PASSABLE),
        row(
            "grant option: lost",
            READ,
            PASSED_ON,
            PASSABLE,
            new Step.RevokePrivileges(NAME, "reader", Set.of("SELECT"), true)),
        row("grant option: lost and gone already", READ, PASSED_ON, READABLE),
        row("grant option: by hand, never declared", READ, READ, PASSABLE),
        row("comment: declared", SAID, NONE, PLAIN, new Step.SetComment(NAME, "said")),
        row("comment: same", SAID, SAID, says("said")),
        row(
            "comment: edited",
            comment("more"),
            SAID,
            says("said"),
            new Step.SetComment(NAME, "more")),
        row("comment: taken back", NONE, SAID, says("said"), new Step.SetComment(NAME, null)),
        row("comment: taken back, but another hand's since", NONE, SAID, says("by hand")),
        row("comment: by hand, nothing declared", NONE, NONE, says("by hand")),
        row("comment: declared as none, and there is none", comment(""), NONE, PLAIN),
        row(
            "comment: declared as none, and there is one",
            comment(""),
            NONE,
            says("by hand"),
            new Step.SetComment(NAME, "")),
        row(
            "parameter: declared",
            PACKED,
            NONE,
            PLAIN,
            new Step.SetParameters(NAME, Map.of("fillfactor", "70"))),
        row("parameter: same", PACKED, PACKED, stored(Map.of("fillfactor", "70"))),
        row(
            "parameter: edited",
            parameters(Map.of("fillfactor", "80")),
            PACKED,
            stored(Map.of("fillfactor", "70")),
            new Step.SetParameters(NAME, Map.of("fillfactor", "80"))),
        row(
            "parameter: taken back",
            NONE,
            PACKED,
            stored(Map.of("fillfactor", "70", "autovacuum_enabled", "false")),
            new Step.ResetParameters(NAME, Set.of("fillfactor"))),
        row(
            "parameter: taken back, but another hand's since",
            NONE,
            PACKED,
            stored(Map.of("fillfactor", "90"))),
        row("parameter: taken back and gone already", NONE, PACKED, PLAIN),
        row(
            "parameter: by hand, another one declared",
            PACKED,
            PACKED,
            stored(Map.of("fillfactor", "70", "autovacuum_enabled", "false"))));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("what another hand undid is put right under Correct, left and told under Report")
  @MethodSource
  void drifts(
      String sentence, Attributes declared, ObservedAttributes there, Reason reason, Step step) {
    assertThat(plan(declared, declared, there, Policies.DEFAULT))
        .isEqualTo(new Plan.Steps(List.of(step)));
    assertThat(plan(declared, declared, there, REPORT))
        .isInstanceOfSatisfying(
            Plan.Steps.class,
            plan -> {
              assertThat(plan.steps()).isEmpty();
              assertThat(plan.drift()).extracting(Drift::reason).containsExactly(reason);
              assertThat(plan.drift().get(0).message()).contains("app.board", "driftPolicy");
            });
  }

  static Stream<Arguments> drifts() {
    return Stream.of(
        Arguments.of("owner", OWNED, PLAIN, Reason.OwnershipChanged, setOwner("app_other")),
        Arguments.of("grant", READ, PLAIN, Reason.AttributesChanged, give("reader", "SELECT")),
        Arguments.of(
            "grant option",
            PASSED_ON,
            READABLE,
            Reason.AttributesChanged,
            new Step.GrantPrivileges(NAME, new Grant("reader", Set.of("SELECT"), true))),
        Arguments.of(
            "comment",
            SAID,
            says("by hand"),
            Reason.AttributesChanged,
            new Step.SetComment(NAME, "said")),
        Arguments.of(
            "parameter",
            PACKED,
            stored(Map.of("fillfactor", "90")),
            Reason.AttributesChanged,
            new Step.SetParameters(NAME, Map.of("fillfactor", "70"))));
  }

  @Test
  @DisplayName("under Report an edit of one thing does not put another one right")
  void editsAreApart() {
    Attributes last = new Attributes("app_other", List.of(), "said", null, Map.of());
    Attributes wanted = new Attributes("app_other", List.of(), "more", null, Map.of());
    assertThat(plan(wanted, last, PLAIN, REPORT))
        .isInstanceOfSatisfying(
            Plan.Steps.class,
            plan -> {
              assertThat(plan.steps())
                  .containsExactly(
                      new Step.SetComment(NAME, "more"), new Step.WriteAttributes(NAME, wanted));
              assertThat(plan.drift())
                  .extracting(Drift::reason)
                  .containsExactly(Reason.OwnershipChanged);
            });
  }

  @Test
  @DisplayName("under Report owner and grants are told apart, the owner first")
  void driftsAreApart() {
    Attributes declared =
        new Attributes("app_other", List.of(grant("reader", "SELECT")), null, null, Map.of());
    assertThat(plan(declared, declared, PLAIN, REPORT))
        .isInstanceOfSatisfying(
            Plan.Steps.class,
            plan ->
                assertThat(plan.drift())
                    .extracting(Drift::reason)
                    .containsExactly(Reason.OwnershipChanged, Reason.AttributesChanged));
  }

  @Test
  @DisplayName("a view that is made gets all that is declared, and its owner needs no grants")
  void madeWithAll() {
    Attributes wanted =
        new Attributes(
            "app_other",
            List.of(grant("app_other", "SELECT"), grant("reader", "SELECT")),
            "said",
            "fast",
            Map.of("fillfactor", "70"));
    Plan plan =
        Planner.plan(
            new Desired(VIEW, wanted, REPORT), World.absent().observed(), new Probe.NotNeeded());
    assertThat(plan)
        .isEqualTo(
            new Plan.Steps(
                List.of(
                    new Step.Register(NAME, US),
                    new Step.CreateView(VIEW, "app_other", "fast"),
                    give("reader", "SELECT"),
                    new Step.SetComment(NAME, "said"),
                    new Step.SetParameters(NAME, Map.of("fillfactor", "70")),
                    new Step.WriteAttributes(NAME, wanted))));
  }

  private static Plan plan(
      Attributes wanted, Attributes last, ObservedAttributes there, Policies policies) {
    World world = filled().with(there).recorded(US, VIEW).declared(last);
    return Planner.plan(
        new Desired(VIEW, wanted, policies), world.observed(), new Probe.NotNeeded());
  }

  /** An edit is written down after all that it changes. */
  private static Plan edited(Attributes wanted, Attributes last, List<Step> steps) {
    Stream<Step> written =
        wanted.equals(last) ? Stream.of() : Stream.of(new Step.WriteAttributes(NAME, wanted));
    return new Plan.Steps(Stream.concat(steps.stream(), written).toList());
  }

  private static Arguments row(
      String sentence,
      Attributes wanted,
      Attributes last,
      ObservedAttributes there,
      Step... steps) {
    return Arguments.of(sentence, wanted, last, there, List.of(steps));
  }

  private static Attributes owner(String role) {
    return new Attributes(role, List.of(), null, null, Map.of());
  }

  private static Attributes grants(Grant... grants) {
    return new Attributes(null, Arrays.asList(grants), null, null, Map.of());
  }

  private static Attributes comment(String text) {
    return new Attributes(null, List.of(), text, null, Map.of());
  }

  private static Attributes parameters(Map<String, String> parameters) {
    return new Attributes(null, List.of(), null, null, parameters);
  }

  private static Grant grant(String role, String... privileges) {
    return new Grant(role, Set.of(privileges), false);
  }

  private static Privilege byOwner(String role, String privilege) {
    return new Privilege(role, privilege, false, true);
  }

  private static ObservedAttributes says(@Nullable String comment) {
    return new ObservedAttributes("app", comment, null, Map.of(), List.of());
  }

  private static ObservedAttributes stored(Map<String, String> parameters) {
    return new ObservedAttributes("app", null, null, parameters, List.of());
  }

  private static Step setOwner(String role) {
    return new Step.SetOwner(NAME, role);
  }

  private static Step give(String role, String... privileges) {
    return new Step.GrantPrivileges(NAME, grant(role, privileges));
  }

  private static Step take(String role, String... privileges) {
    return new Step.RevokePrivileges(NAME, role, Set.of(privileges), false);
  }
}
