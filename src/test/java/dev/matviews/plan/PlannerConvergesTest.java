package dev.matviews.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Any history of edits, crashes and other people's hands, then one pass that is left alone. */
class PlannerConvergesTest {

  private static final QualifiedName NAME = new QualifiedName("app", "board");
  private static final Claim US = new Claim("default", "team", "board");
  private static final List<String> INDEX_NAMES = List.of("one", "two", "three");

  /** Something that happens between or in passes. */
  interface Happening {
    void to(PretendDatabase database, ViewDefinition desired);
  }

  /** A spec, and what happened while it held. */
  record Chapter(ViewDefinition desired, List<Happening> happenings) {}

  @Property
  @Label("a plan that was applied leaves an empty plan, whatever happened before")
  void converges(@ForAll("stories") List<Chapter> story) {
    PretendDatabase database = new PretendDatabase(NAME);
    for (Chapter chapter : story) {
      chapter.happenings().forEach(happening -> happening.to(database, chapter.desired()));
    }
    ViewDefinition desired = story.get(story.size() - 1).desired();
    List<Index> strangers = new ArrayList<>(database.strangersIndexes());
    Plan plan = plan(database, desired);
    if (plan instanceof Plan.Refusal refusal) {
      assertIsDue(refusal, database, desired);
      return;
    }
    ((Plan.Steps) plan).steps().forEach(database::apply);
    assertThat(plan(database, desired)).as("%s", database).isEqualTo(new Plan.Steps(List.of()));
    List<Index> wanted = desired.indexes();
    assertThat(database.operatorsIndexes()).containsExactlyInAnyOrderElementsOf(wanted);
    if (!replaces(plan)) {
      strangers.removeIf(wanted::contains);
      assertThat(database.strangersIndexes()).containsExactlyInAnyOrderElementsOf(strangers);
    }
  }

  private static void assertIsDue(
      Plan.Refusal refusal, PretendDatabase database, ViewDefinition desired) {
    if (refusal.reason() == Reason.DefinitionChanged) {
      assertThat(database.holdsDataOfAnother(desired)).isTrue();
      return;
    }
    assertThat(refusal.reason()).isEqualTo(Reason.TargetConflict);
    assertThat(desired.indexes().stream().map(Index::name))
        .containsAnyElementsOf(database.strangersIndexes().stream().map(Index::name).toList());
  }

  /** A view that nobody can read yet goes with all that stands on it. */
  private static boolean replaces(Plan plan) {
    return plan instanceof Plan.Steps steps
        && steps.steps().stream().anyMatch(s -> s instanceof Step.ReplaceUnpopulatedView);
  }

  private static Plan plan(PretendDatabase database, ViewDefinition desired) {
    ObservedView observed = database.observe();
    Probe probe = Planner.needsProbe(desired, observed) ? database.probe(desired) : Probe.NotNeeded;
    return Planner.plan(desired, observed, probe);
  }

  @Provide
  Arbitrary<List<Chapter>> stories() {
    return Combinators.combine(definitions(), happenings().list().ofMaxSize(6))
        .as(Chapter::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(5);
  }

  private Arbitrary<ViewDefinition> definitions() {
    Arbitrary<String> queries = Arbitraries.of("SELECT 1", "SELECT 2");
    return Combinators.combine(queries, indexes().set().uniqueElements(Index::name))
        .as(
            (query, indexes) ->
                new ViewDefinition(NAME, US, query, List.of("app"), "UTC", List.copyOf(indexes)));
  }

  private Arbitrary<Index> indexes() {
    Arbitrary<List<String>> columns =
        Arbitraries.of(List.of("a"), List.of("a", "b"), List.of("b", "a"));
    return Combinators.combine(Arbitraries.of(INDEX_NAMES), Arbitraries.of(true, false), columns)
        .as(Index::new);
  }

  private Arbitrary<Happening> happenings() {
    return Arbitraries.frequencyOf(Tuple.of(4, passes()), Tuple.of(3, hands()));
  }

  /** A pass that is cut short after some steps, perhaps in the middle of the next one. */
  private Arbitrary<Happening> passes() {
    return Combinators.combine(Arbitraries.integers().between(0, 8), Arbitraries.of(true, false))
        .as(
            (whole, half) ->
                (database, desired) -> {
                  if (plan(database, desired) instanceof Plan.Steps plan) {
                    List<Step> steps = plan.steps();
                    steps.stream().limit(whole).forEach(database::apply);
                    if (half && whole < steps.size()) {
                      database.applyHalf(steps.get(whole));
                    }
                  }
                });
  }

  private Arbitrary<Happening> hands() {
    Arbitrary<Index> index = indexes();
    return Arbitraries.oneOf(
        Arbitraries.just((database, desired) -> database.fill()),
        Arbitraries.just((database, desired) -> database.dropByHand()),
        Arbitraries.just((database, desired) -> database.upgradeServer()),
        index.map(i -> (database, desired) -> database.makeIndexByHand(i, true)),
        index.map(i -> (database, desired) -> database.makeIndexByHand(i, false)),
        index.map(i -> (database, desired) -> database.dropIndexByHand(i.name())),
        index.map(i -> (database, desired) -> database.spoilIndex(i.name())));
  }
}
