package dev.matviews.plan;

import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a view that has another definition or stands in another tablespace than its spec
 * says: either takes a rebuild.
 */
final class Redefinition {

  /** What is to be done about it. */
  enum Course {
    /** It is as its spec says. */
    None,
    Rebuild,
    /** To be rebuilt as soon as somebody approves. */
    Await,
    /** Another hand's change, which stays unless somebody approves that it is undone. */
    Leave
  }

  private final Desired desired;
  private final Relation relation;
  private final Probe probe;
  private final @Nullable ViewRecord record;
  private final @Nullable String lastTablespace;

  Redefinition(Desired desired, ObservedView observed, Probe probe) {
    this.desired = desired;
    this.relation = observed.relation().orElseThrow();
    this.probe = probe;
    this.record = observed.record().filter(ViewRecord::managed).orElse(null);
    this.lastTablespace = observed.record().map(r -> r.attributes().tablespace()).orElse(null);
  }

  /** Whether it is written down that nothing differs, so that no scratch view has to tell. */
  boolean isRecorded() {
    return record != null
        && !isEdited(record)
        && relation.storedQuery().equals(record.storedQuery());
  }

  Optional<Plan.Refusal> refusal() {
    if (record == null && differs() && !desired.policies().adoptAlways()) {
      return Optional.of(alreadyExists());
    }
    boolean wanted = course() == Course.Rebuild || course() == Course.Await;
    return wanted && probe instanceof Probe.Seen seen
        ? Replacement.refusal(desired.name(), seen)
        : Optional.empty();
  }

  Course course() {
    if (!differs() && !movesTablespace()) {
      return Course.None;
    }
    if (plannedHash().equals(desired.policies().approvedChange())) {
      return Course.Rebuild;
    }
    if (differs() ? definitionIsLeft() : tablespaceIsLeft()) {
      return Course.Leave;
    }
    boolean waits = desired.policies().changeNeedsApproval() && !onlyFollowsSource();
    return waits ? Course.Await : Course.Rebuild;
  }

  /** A query that reads the same gives other rows in another time zone, at::date being one. */
  boolean differs() {
    boolean otherZone =
        record != null && !record.timeZone().equals(desired.definition().timeZone());
    return probe instanceof Probe.Seen seen && (!seen.sameDefinition() || otherZone);
  }

  boolean movesTablespace() {
    String wanted = desired.attributes().tablespace();
    return wanted != null && !wanted.equals(relation.attributes().tablespace());
  }

  Step.Rebuild rebuild() {
    return new Step.Rebuild(
        desired.definition(), desired.attributes().tablespace(), relation.populated());
  }

  Optional<PlannedChange> planned() {
    boolean unmet = course() == Course.Await || (movesTablespace() && !tablespaceIsLeft());
    return course() == Course.Await || course() == Course.Leave
        ? Optional.of(new PlannedChange(plannedHash(), rebuild(), unmet))
        : Optional.empty();
  }

  /** What is left as it is. */
  List<Drift> drift() {
    List<Drift> drift = new ArrayList<>();
    if (course() == Course.Leave) {
      definitionDrift().ifPresent(drift::add);
      if (tablespaceIsLeft()) {
        drift.add(tablespaceDrift());
      }
    }
    return drift;
  }

  private Plan.Refusal alreadyExists() {
    return new Plan.Refusal(
        Reason.AlreadyExists,
        ("materialized view %s exists, was not made by this operator and has another definition than"
                + " the spec; make them equal, set adoptionPolicy: Always to give it the spec's, or"
                + " managementPolicy: RefreshOnly to leave it")
            .formatted(desired.name()));
  }

  private boolean isEdited(ViewRecord last) {
    return !desired.definition().hash().equals(last.definitionHash());
  }

  /** The operator itself replaced a source, which stands aside until this view has moved on. */
  private boolean onlyFollowsSource() {
    return record != null && !isEdited(record) && sourceWasReplaced() && !movesTablespace();
  }

  private boolean definitionIsLeft() {
    return definitionDrift()
        .filter(
            d -> !desired.policies().correctDrift() || d.reason() == Reason.SourceColumnsChanged)
        .isPresent();
  }

  private boolean tablespaceIsLeft() {
    return movesTablespace()
        && !desired.policies().correctDrift()
        && Objects.equals(desired.attributes().tablespace(), lastTablespace);
  }

  /** Empty when the user changed the spec, or when the operator itself replaced a source. */
  private Optional<Drift> definitionDrift() {
    if (record == null || isEdited(record) || !differs() || sourceWasReplaced()) {
      return Optional.empty();
    }
    boolean sameView =
        relation.storedQuery().fingerprint().equals(record.storedQuery().fingerprint());
    return Optional.of(
        sameView || meansOtherColumns()
            ? new Drift(
                Reason.SourceColumnsChanged,
                ("a source of %s has other columns than when the view was made, and its SQL now means"
                        + " others; edit the SQL, or approve the change, to build it anew")
                    .formatted(desired.name()))
            : new Drift(
                Reason.DefinitionChanged,
                ("the definition of %s changed by another hand; set driftPolicy: Correct, or approve"
                        + " the change, to build it anew")
                    .formatted(desired.name())));
  }

  /** By us, which says nothing of the others. */
  private boolean sourceWasReplaced() {
    return relation.readsReplaced() && !meansOtherColumns();
  }

  /**
   * Whether a star stands for other columns than when the view was made. A renamed one, an upgrade
   * of the server and a source of ours that was replaced change the view's fingerprint as well.
   */
  private boolean meansOtherColumns() {
    return record != null
        && probe instanceof Probe.Seen seen
        && seen.followsColumns()
        && !relation.storedQuery().sourceColumns().equals(record.storedQuery().sourceColumns());
  }

  private Drift tablespaceDrift() {
    return new Drift(
        Reason.AttributesChanged,
        ("another hand moved %s to another tablespace; set driftPolicy: Correct, or approve the"
                + " change, to build it anew in %s")
            .formatted(desired.name(), desired.attributes().tablespace()));
  }

  /** Of all that the outline of the change shows. */
  private String plannedHash() {
    StoredQuery live = relation.storedQuery();
    Digest digest =
        new Digest().add(desired.hash()).add(live.fingerprint()).add(live.sourceColumns());
    return digest.hex().substring(0, 16);
  }
}
