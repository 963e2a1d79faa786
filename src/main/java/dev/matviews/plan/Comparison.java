package dev.matviews.plan;

import dev.matviews.plan.Redefinition.Course;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A spec beside the view that is live.
 *
 * <p>Three things are compared, as {@code kubectl apply} does: what the spec says, what it said
 * when it was brought to life last, and what is there. A difference to a spec that was not edited
 * since is drift: another hand changed the database.
 */
final class Comparison {

  private final Desired desired;
  private final ObservedView observed;
  private final Redefinition redefinition;
  private final IndexPlan indexes;

  Comparison(Desired desired, ObservedView observed, Probe probe) {
    this.desired = desired;
    this.observed = observed;
    this.redefinition = new Redefinition(desired, observed, probe);
    this.indexes = new IndexPlan(desired, observed, shapes(probe), takenNames(probe));
  }

  private static List<String> takenNames(Probe probe) {
    return probe instanceof Probe.Seen seen ? seen.takenNames() : List.of();
  }

  /**
   * On a view of another definition the wanted indexes would have other shapes than on the wanted
   * one. What is written down for the same wish is then as good as it can be.
   */
  private Map<String, String> shapes(Probe probe) {
    if (!(probe instanceof Probe.Seen seen)) {
      return Map.of();
    }
    Map<String, String> shapes = new HashMap<>(seen.indexShapes());
    if (redefinition.differs()) {
      desired.definition().indexes().stream()
          .filter(index -> IndexPlan.isRecordedAsLive(index, observed))
          .forEach(index -> shapes.remove(index.name()));
    }
    return shapes;
  }

  /** Whether only a scratch view can tell. */
  boolean isOpen() {
    return !redefinition.isRecorded()
        || redefinition.movesTablespace()
        || !desired.definition().indexes().stream()
            .allMatch(index -> IndexPlan.isRecordedAsLive(index, observed));
  }

  Plan plan() {
    Optional<Plan.Refusal> refusal = redefinition.refusal().or(indexes::conflict);
    return refusal.isPresent() ? refusal.get() : steps();
  }

  private Plan steps() {
    AttributeComparison attributes = new AttributeComparison(desired, observed);
    List<Drift> drift = redefinition.drift();
    drift.addAll(attributes.drift());
    List<Step> steps =
        new ArrayList<>(Claiming.steps(desired.name(), desired.definition().claim(), observed));
    steps.addAll(attributes.steps());
    if (redefinition.course() == Course.Rebuild) {
      // Drops the leftovers and makes the indexes by itself.
      steps.add(redefinition.rebuild());
    } else {
      steps.addAll(indexes.leftovers());
      addIndexes(steps, drift);
    }
    return new Plan.Steps(steps, drift, redefinition.planned());
  }

  /** Those of a definition that is still to come may need columns that it brings. */
  private void addIndexes(List<Step> steps, List<Drift> drift) {
    if (redefinition.differs() && redefinition.course() == Course.Await) {
      return;
    }
    // A definition that is left as it is must not be written down as the wanted one.
    boolean written = redefinition.isRecorded() && indexes.areRecorded();
    if (!written && !redefinition.differs()) {
      StoredQuery live = observed.relation().orElseThrow().storedQuery();
      steps.add(new Step.WriteRecord(desired.definition(), live, indexes.entries()));
    }
    steps.addAll(indexes.steps());
    drift.addAll(indexes.drift());
  }
}
