package dev.matviews.plan;

import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** Decides what must change. Pure: the same spec and the same world give the same plan. */
public final class Planner {

  private Planner() {}

  /**
   * Whether hash and fingerprint leave open if the view still has the wanted definition, so that
   * only a scratch view can tell.
   */
  public static boolean needsProbe(ViewDefinition desired, ObservedView observed) {
    return refusal(desired, observed).isEmpty()
        && observed.relation().isPresent()
        && !recordedAsLive(desired, observed);
  }

  /** A plan right after this one was applied is empty. */
  public static Plan plan(ViewDefinition desired, ObservedView observed, Probe probe) {
    Optional<Plan.Refusal> refusal = refusal(desired, observed);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (observed.relation().isEmpty()) {
      return new Plan.Steps(List.of(new Step.CreateView(desired)));
    }
    if (probe == Probe.Different) {
      return observed.populated()
          ? definitionChanged(desired)
          : new Plan.Steps(List.of(new Step.ReplaceUnpopulatedView(desired)));
    }
    return indexPlan(desired, observed);
  }

  private static Optional<Plan.Refusal> refusal(ViewDefinition desired, ObservedView observed) {
    QualifiedName name = desired.name();
    if (!observed.schemaExists()) {
      return refuse(
          Reason.SchemaMissing,
          "schema %s does not exist; create it, and the view is made".formatted(name.schema()));
    }
    Optional<Relation> relation = observed.relation();
    if (relation.isPresent() && !relation.get().isMaterializedView()) {
      return refuse(
          Reason.NotAMaterializedView,
          "%s is a %s; rename it, or give the view another name"
              .formatted(name, relation.get().kind()));
    }
    Optional<ViewRecord> record = observed.record();
    if (record.isPresent() && !record.get().claim().equals(desired.claim())) {
      return refuse(
          Reason.TargetConflict,
          "%s is managed by %s; one view has one MaterializedView"
              .formatted(name, record.get().claim()));
    }
    if (relation.isPresent() && record.isEmpty()) {
      return refuse(
          Reason.AlreadyExists,
          "materialized view %s exists and was not made by this operator; rename or drop it"
              .formatted(name));
    }
    if (relation.isPresent() && !relation.get().ownedByUs()) {
      return refuse(
          Reason.OwnershipChanged,
          ("materialized view %s belongs to role %s, of which the connecting role is no member;"
                  + " give it back with ALTER MATERIALIZED VIEW … OWNER TO")
              .formatted(name, relation.get().owner()));
    }
    return Optional.empty();
  }

  private static Optional<Plan.Refusal> refuse(Reason reason, String message) {
    return Optional.of(new Plan.Refusal(reason, message));
  }

  private static boolean recordedAsLive(ViewDefinition desired, ObservedView observed) {
    String fingerprint = observed.relation().map(Relation::fingerprint).orElse("");
    return observed
        .record()
        .filter(r -> r.definitionHash().equals(desired.hash()))
        .filter(r -> r.fingerprint().equals(fingerprint))
        .isPresent();
  }

  private static Plan definitionChanged(ViewDefinition desired) {
    return new Plan.Refusal(
        Reason.DefinitionChanged,
        ("materialized view %s holds data of another definition than the spec's; it is left as it is"
                + " and still refreshed. Put the old definition back, or DROP MATERIALIZED VIEW %s:"
                + " it is then made again from the spec")
            .formatted(desired.name(), desired.name()));
  }

  private static Plan indexPlan(ViewDefinition desired, ObservedView observed) {
    Relation relation = observed.relation().orElseThrow();
    List<String> ours = observed.record().orElseThrow().indexes();
    List<Step> changes = new ArrayList<>();
    for (String name : ours) {
      boolean wanted = desired.indexes().stream().anyMatch(i -> i.name().equals(name));
      if (!wanted && relation.index(name).isPresent()) {
        changes.add(drop(desired, relation, name));
      }
    }
    for (Index index : desired.indexes()) {
      Optional<ObservedIndex> there = relation.index(index.name());
      if (there.isPresent() && there.get().hasShapeOf(index) && there.get().valid()) {
        continue;
      }
      if (there.isPresent() && !ours.contains(index.name())) {
        return conflict(desired, index);
      }
      there.ifPresent(old -> changes.add(drop(desired, relation, old.name())));
      changes.add(new Step.CreateIndex(desired.name(), index, relation.populated()));
    }
    return new Plan.Steps(recorded(desired, observed, ours, changes));
  }

  private static Step drop(ViewDefinition desired, Relation relation, String name) {
    return new Step.DropIndex(desired.name(), name, relation.populated());
  }

  private static Plan conflict(ViewDefinition desired, Index index) {
    return new Plan.Refusal(
        Reason.TargetConflict,
        "index %s on %s was made by somebody else and has another shape; rename one of them"
            .formatted(index.name(), desired.name()));
  }

  private static List<Step> recorded(
      ViewDefinition desired, ObservedView observed, List<String> ours, List<Step> changes) {
    List<String> wanted = desired.indexes().stream().map(Index::name).toList();
    LinkedHashSet<String> meanwhile = new LinkedHashSet<>(ours);
    meanwhile.addAll(wanted);
    List<Step> steps = new ArrayList<>();
    if (!recordedAsLive(desired, observed) || meanwhile.size() > ours.size()) {
      steps.add(new Step.WriteRecord(desired, List.copyOf(meanwhile)));
    }
    steps.addAll(changes);
    if (meanwhile.size() > wanted.size()) {
      steps.add(new Step.WriteRecord(desired, wanted));
    }
    return steps;
  }
}
