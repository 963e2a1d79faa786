package dev.matviews.plan;

import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides what must change. Pure: the same spec and the same world give the same plan. */
public final class Planner {

  private Planner() {}

  /**
   * Whether the record leaves open if the view still has the wanted definition, so that only a
   * scratch view can tell.
   */
  public static boolean needsProbe(Desired desired, ObservedView observed) {
    return refusal(desired, observed).isEmpty()
        && observed.relation().isPresent()
        && new Comparison(desired, observed, new Probe.NotNeeded()).isOpen();
  }

  /**
   * A plan right after this one was applied is empty. After a rebuild into another tablespace, it
   * writes down that the view has moved.
   */
  public static Plan plan(Desired desired, ObservedView observed, Probe probe) {
    Optional<Plan.Refusal> refusal = refusal(desired, observed);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    return observed.relation().isPresent()
        ? new Comparison(desired, observed, probe).plan()
        : absent(desired, observed);
  }

  private static Plan absent(Desired desired, ObservedView observed) {
    boolean droppedByHand =
        observed
            .record()
            .filter(r -> r.claim().equals(desired.definition().claim()))
            .filter(r -> desired.definition().hash().equals(r.definitionHash()))
            .isPresent();
    if (droppedByHand && !desired.policies().correctDrift()) {
      return new Plan.Refusal(
          Reason.ObjectMissing,
          ("materialized view %s was dropped by another hand, and spec.driftPolicy is Report; set it"
                  + " to Correct, or edit the definition: it is then made again")
              .formatted(desired.name()));
    }
    return new Plan.Steps(created(desired, observed));
  }

  /** All short, so that one transaction makes all of it or nothing. */
  private static List<Step> created(Desired desired, ObservedView observed) {
    ViewDefinition definition = desired.definition();
    Attributes attributes = desired.attributes();
    List<Step> steps =
        new ArrayList<>(Claiming.steps(definition.name(), definition.claim(), observed));
    steps.add(new Step.CreateView(definition, attributes.owner(), attributes.tablespace()));
    steps.addAll(AttributePlan.ofNew(definition.name(), attributes));
    steps.add(new Step.WriteAttributes(definition.name(), attributes));
    observed
        .record()
        .ifPresent(r -> steps.addAll(IndexPlan.leftovers(definition.name(), r.scratch(), false)));
    return steps;
  }

  private static Optional<Plan.Refusal> refusal(Desired desired, ObservedView observed) {
    QualifiedName name = desired.name();
    return Claiming.refusal(name, desired.definition().claim(), observed)
        .or(() -> ownership(name, observed));
  }

  private static Optional<Plan.Refusal> ownership(QualifiedName name, ObservedView observed) {
    Optional<Relation> relation = observed.relation().filter(r -> !r.actsAsOwner());
    boolean managed = observed.record().filter(ViewRecord::managed).isPresent();
    return relation.map(
        r ->
            managed
                ? new Plan.Refusal(
                    Reason.OwnershipChanged,
                    ("materialized view %s belongs to role %s, of which the connecting role is no"
                            + " member; give it back with ALTER MATERIALIZED VIEW … OWNER TO")
                        .formatted(name, r.owner()))
                : new Plan.Refusal(
                    Reason.AlreadyExists,
                    ("materialized view %s exists and belongs to role %s, of which the connecting"
                            + " role is no member; grant it that role, or set managementPolicy:"
                            + " RefreshOnly")
                        .formatted(name, r.owner())));
  }
}
