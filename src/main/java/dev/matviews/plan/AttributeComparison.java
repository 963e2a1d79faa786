package dev.matviews.plan;

import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * What a spec declares beside the rows, what it declared last, and what is there.
 *
 * <p>What follows from an edit is always done; what another hand undid is put right or reported.
 */
final class AttributeComparison {

  private final Desired desired;
  private final ObservedView observed;
  private final Attributes last;
  private final List<Step> all;
  private final List<Step> edits;

  AttributeComparison(Desired desired, ObservedView observed) {
    this.desired = desired;
    this.observed = observed;
    this.last = observed.record().map(ViewRecord::attributes).orElse(Attributes.NONE);
    Attributes wanted = desired.attributes();
    this.all = plan(wanted, last);
    this.edits = changesOwner() ? all : plan(wanted.beside(last), last.beside(wanted));
  }

  /** Privileges change hands with the view, so that grants nobody edited are to be made again. */
  private boolean changesOwner() {
    String owner = desired.attributes().owner();
    return owner != null && !owner.equals(last.owner());
  }

  private List<Step> plan(Attributes wanted, Attributes before) {
    return new AttributePlan(
            desired.name(), wanted, before, observed.relation().orElseThrow().attributes())
        .steps();
  }

  List<Step> steps() {
    List<Step> steps = new ArrayList<>(desired.policies().correctDrift() ? all : edits);
    Attributes declared = declared();
    if (!declared.equals(last)) {
      steps.add(new Step.WriteAttributes(desired.name(), declared));
    }
    return steps;
  }

  /** A tablespace is written down when the view stands in it: until then, its move is an edit. */
  private Attributes declared() {
    Attributes wanted = desired.attributes();
    String there = observed.relation().orElseThrow().attributes().tablespace();
    boolean moved = wanted.tablespace() == null || wanted.tablespace().equals(there);
    return moved ? wanted : wanted.in(last.tablespace());
  }

  /** What is left as it is. */
  List<Drift> drift() {
    List<Drift> drift = new ArrayList<>();
    if (desired.policies().correctDrift()) {
      return drift;
    }
    List<Step> left = new ArrayList<>(all);
    left.removeAll(edits);
    if (left.removeIf(step -> step instanceof Step.SetOwner)) {
      drift.add(drift(Reason.OwnershipChanged, "the owner"));
    }
    if (!left.isEmpty()) {
      drift.add(drift(Reason.AttributesChanged, "grants, comment or storage parameters"));
    }
    return drift;
  }

  private Drift drift(Reason reason, String what) {
    return new Drift(
        reason,
        "%s of %s changed by another hand; set driftPolicy: Correct to put it right"
            .formatted(what, desired.name()));
  }
}
