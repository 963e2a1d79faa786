package dev.matviews.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;

/** Any history of edits, crashes and other people's hands, then one pass that is left alone. */
class PlannerConvergesTest {

  @Property
  @Domain(Stories.class)
  @Label("a plan that was applied leaves an empty plan, whatever happened before")
  void converges(@ForAll List<Stories.Chapter> story) {
    PretendDatabase database = new PretendDatabase(World.NAME);
    for (Stories.Chapter chapter : story) {
      chapter.happenings().forEach(happening -> happening.to(database, chapter.wish()));
    }
    Stories.Wish wish = story.get(story.size() - 1).wish();
    Plan plan = wish.plan(database);
    if (plan instanceof Plan.Refusal refusal) {
      assertIsDue(refusal, database, wish);
      return;
    }
    Plan.Steps left = applied(database, wish, (Plan.Steps) plan);
    assertThat(left.steps()).as("%s", database).isEmpty();
    if (wish.managed()) {
      assertHolds(left, database, wish);
      approve(left, database, wish);
    } else {
      assertThat(((Plan.Steps) plan).steps()).allMatch(Step::onlyRecords);
    }
  }

  /** Nothing of others is lost on the way, and what is left of the plan. */
  private static Plan.Steps applied(PretendDatabase database, Stories.Wish wish, Plan.Steps plan) {
    List<Index> strangers = new ArrayList<>(database.strangersIndexes());
    Set<String> grants = database.attributes.strangers();
    plan.steps().forEach(database::apply);
    strangers.removeIf(wish.desired().definition().indexes()::contains);
    assertThat(database.attributes.strangers()).containsAll(grants);
    assertThat(database.strangersIndexes()).containsAll(strangers);
    Plan.Steps next = (Plan.Steps) wish.plan(database);
    if (plan.steps().stream().anyMatch(step -> step instanceof Step.Rebuild)) {
      assertThat(next.steps()).allMatch(step -> step instanceof Step.WriteAttributes);
      next.steps().forEach(database::apply);
      next = (Plan.Steps) wish.plan(database);
    }
    return next;
  }

  /** All is as wanted, but for what is told. */
  private static void assertHolds(Plan.Steps left, PretendDatabase database, Stories.Wish wish) {
    Desired desired = wish.desired();
    if (desired.policies().correctDrift()) {
      assertThat(left.drift()).extracting(Drift::reason).isSubsetOf(Reason.SourceColumnsChanged);
    }
    if (left.planned().isEmpty()) {
      assertThat(database.holds(desired.definition())).isTrue();
    }
    if (left.planned().isEmpty() && left.drift().isEmpty()) {
      assertThat(database.operatorsIndexes())
          .containsExactlyInAnyOrderElementsOf(desired.definition().indexes());
      database.attributes.assertHold(desired.attributes());
    }
  }

  private static void approve(Plan.Steps left, PretendDatabase database, Stories.Wish wish) {
    if (left.planned().isEmpty()) {
      return;
    }
    Stories.Wish approved = wish.approving(left.planned().get().hash());
    Plan plan = approved.plan(database);
    if (plan instanceof Plan.Refusal refusal) {
      assertIsDue(refusal, database, approved);
      return;
    }
    Plan.Steps then = applied(database, approved, (Plan.Steps) plan);
    assertThat(then.steps()).as("%s", database).isEmpty();
    assertThat(then.planned()).isEmpty();
    assertThat(database.holds(wish.desired().definition())).isTrue();
  }

  private static void assertIsDue(
      Plan.Refusal refusal, PretendDatabase database, Stories.Wish wish) {
    Desired desired = wish.desired();
    boolean due =
        switch (refusal.reason()) {
          case ViewMissing -> !wish.managed() && !database.exists();
          case ObjectMissing -> !desired.policies().correctDrift() && !database.exists();
          case AlreadyExists -> !desired.policies().adoptAlways() && !database.isAdopted();
          case DependentsExist -> database.isStoodOn();
          case TargetConflict ->
              database.isHeldByAnother(desired.definition().claim())
                  || desired.definition().indexes().stream()
                      .map(Index::name)
                      .anyMatch(
                          name ->
                              database.strangersIndexes().stream()
                                  .anyMatch(index -> index.name().equals(name)));
          default -> false;
        };
    assertThat(due).as("%s of %s", refusal, database).isTrue();
  }
}
