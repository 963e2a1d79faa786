package dev.matviews.plan;

import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.List;
import java.util.Optional;

/** Whether an object may have the name it wants, and how it comes by it. */
final class Claiming {

  private Claiming() {}

  /** Why the name cannot be this object's. */
  static Optional<Plan.Refusal> refusal(QualifiedName name, Claim claim, ObservedView observed) {
    if (!observed.schemaExists()) {
      return refuse(
          Reason.SchemaMissing,
          "schema %s does not exist; create it, and the view is made".formatted(name.schema()));
    }
    Optional<String> otherKind =
        observed.relation().filter(r -> !r.isMaterializedView()).map(r -> r.kind());
    if (otherKind.isPresent()) {
      return refuse(
          Reason.NotAMaterializedView,
          "%s is a %s; rename it, or give the view another name".formatted(name, otherKind.get()));
    }
    Optional<Claim> holder =
        observed
            .record()
            .filter(r -> !r.vacant())
            .map(ViewRecord::claim)
            .filter(c -> !c.equals(claim));
    return holder.flatMap(
        c ->
            refuse(
                Reason.TargetConflict,
                "%s is managed by %s; one view has one MaterializedView".formatted(name, c)));
  }

  /** What is to be written down before anything else, so that all that follows has its record. */
  static List<Step> steps(QualifiedName name, Claim claim, ObservedView observed) {
    if (observed.record().isEmpty()) {
      return List.of(new Step.Register(name, claim));
    }
    Claim holder = observed.record().get().claim();
    return holder.equals(claim) ? List.of() : List.of(new Step.TakeOver(name, holder, claim));
  }

  private static Optional<Plan.Refusal> refuse(Reason reason, String message) {
    return Optional.of(new Plan.Refusal(reason, message));
  }
}
