package dev.matviews.plan;

import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Plans for a view that is only refreshed: whoever made it goes on caring for its definition, and
 * no plan changes anything but the operator's own record.
 */
public final class Registration {

  private Registration() {}

  public static Plan plan(QualifiedName name, Claim claim, ObservedView observed) {
    Optional<Plan.Refusal> refusal =
        Claiming.refusal(name, claim, observed).or(() -> refusal(name, observed.relation()));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    List<Step> steps = new ArrayList<>(Claiming.steps(name, claim, observed));
    if (observed.record().filter(ViewRecord::managed).isPresent()) {
      steps.add(new Step.Register(name, claim));
    }
    return new Plan.Steps(steps);
  }

  private static Optional<Plan.Refusal> refusal(QualifiedName name, Optional<Relation> relation) {
    if (relation.isEmpty()) {
      return Optional.of(
          new Plan.Refusal(
              Reason.ViewMissing,
              ("materialized view %s does not exist, and managementPolicy RefreshOnly never makes one;"
                      + " create it, or set managementPolicy: Manage with its SQL")
                  .formatted(name)));
    }
    return relation
        .filter(r -> !r.actsAsOwner() && !r.maintainable())
        .map(
            r ->
                new Plan.Refusal(
                    Reason.PermissionDenied,
                    ("the connecting role may not refresh %s; GRANT MAINTAIN on it (PostgreSQL 17 and"
                            + " newer), or GRANT %s to the connecting role")
                        .formatted(name, r.owner())));
  }
}
