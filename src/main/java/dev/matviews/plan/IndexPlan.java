package dev.matviews.plan;

import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What must change in the indexes of a view of ours that stands.
 *
 * <p>New ones come before old ones go, so that a unique index that serves a concurrent refresh
 * never goes before its successor.
 */
final class IndexPlan {

  private final ViewDefinition desired;
  private final boolean correctDrift;
  private final Relation relation;
  private final List<RecordedIndex> recorded;
  private final List<String> scratch;
  private final Map<String, String> shapes;
  private final List<String> takenNames;

  /**
   * Looks at both sides.
   *
   * @param shapes of the wanted indexes by their names; where one is missing, only what was written
   *     down can tell that nothing is to be done
   * @param takenNames of the wanted indexes, those that another relation of the schema has
   */
  IndexPlan(
      Desired desired, ObservedView observed, Map<String, String> shapes, List<String> takenNames) {
    this.desired = desired.definition();
    this.correctDrift = desired.policies().correctDrift();
    this.relation = observed.relation().orElseThrow();
    this.recorded = observed.record().map(ViewRecord::indexes).orElse(List.of());
    this.scratch = observed.record().map(ViewRecord::scratch).orElse(List.of());
    this.shapes = shapes;
    this.takenNames = takenNames;
  }

  /** Whether a wanted index stands as it was written down for the same wish. */
  static boolean isRecordedAsLive(Index index, ObservedView observed) {
    Optional<ObservedIndex> there = observed.relation().flatMap(r -> r.index(index.name()));
    return there.filter(ObservedIndex::valid).isPresent()
        && observed
            .record()
            .flatMap(r -> r.index(index.name()))
            .equals(there.map(i -> entry(index, i.shape())));
  }

  /** An index of somebody else that is in the way. */
  Optional<Plan.Refusal> conflict() {
    return desired.indexes().stream()
        .filter(this::isTaken)
        .findFirst()
        .map(
            index ->
                new Plan.Refusal(
                    Reason.TargetConflict,
                    "index %s on %s was made by somebody else and has another shape; rename one of them"
                        .formatted(index.name(), desired.name())))
        .or(this::takenName);
  }

  /** Told before anything is built: PostgreSQL would only say so in the last step. */
  private Optional<Plan.Refusal> takenName() {
    return takenNames.stream()
        .findFirst()
        .map(
            name ->
                new Plan.Refusal(
                    Reason.TargetConflict,
                    "index %s of %s: another relation of the schema has that name; rename one of them"
                        .formatted(name, desired.name())));
  }

  boolean areRecorded() {
    return entries().equals(recorded);
  }

  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    desired.indexes().stream()
        .filter(index -> !isLive(index) && !isLeft(index))
        .map(index -> new Step.CreateIndex(desired, index, relation.populated()))
        .forEach(steps::add);
    entries().stream()
        .filter(entry -> wanted(entry.name()).isEmpty())
        .map(entry -> new Step.DropIndex(desired.name(), entry.name(), relation.populated()))
        .forEach(steps::add);
    return steps;
  }

  /** What is left as it is. */
  List<Drift> drift() {
    List<String> left = desired.indexes().stream().filter(this::isLeft).map(Index::name).toList();
    return left.isEmpty()
        ? List.of()
        : List.of(
            new Drift(
                Reason.IndexesChanged,
                "index %s of %s was dropped or changed by another hand; set driftPolicy: Correct to put it right"
                    .formatted(String.join(", ", left), desired.name())));
  }

  List<Step> leftovers() {
    return leftovers(desired.name(), scratch, relation.populated());
  }

  /** What a change that was cut short has left behind. */
  static List<Step> leftovers(QualifiedName view, List<String> scratch, boolean populated) {
    List<Step> steps = new ArrayList<>();
    if (!scratch.isEmpty()) {
      steps.add(new Step.DropScratch(view, scratch, populated));
    }
    return steps;
  }

  private Optional<RecordedIndex> recorded(String name) {
    return recorded.stream().filter(i -> i.name().equals(name)).findFirst();
  }

  /** What is to be written down before anything is built: indexes just as wanted are ours. */
  List<RecordedIndex> entries() {
    List<RecordedIndex> entries = new ArrayList<>();
    for (RecordedIndex entry : recorded) {
      boolean gone = relation.index(entry.name()).isEmpty();
      Optional<Index> wanted = wanted(entry.name());
      if (wanted.filter(this::isLive).isPresent()) {
        entries.add(entry(wanted.get(), shape(entry.name())));
      } else if (!gone || wanted.isPresent()) {
        entries.add(entry);
      }
    }
    desired.indexes().stream()
        .filter(index -> recorded(index.name()).isEmpty() && isLive(index))
        .map(index -> entry(index, shape(index.name())))
        .forEach(entries::add);
    return entries;
  }

  private static RecordedIndex entry(Index index, String shape) {
    return new RecordedIndex(index.name(), index.hash(), shape);
  }

  private String shape(String name) {
    return relation.index(name).orElseThrow().shape();
  }

  private Optional<Index> wanted(String name) {
    return desired.indexes().stream().filter(index -> index.name().equals(name)).findFirst();
  }

  private boolean isTaken(Index index) {
    return recorded(index.name()).isEmpty()
        && relation.index(index.name()).isPresent()
        && !isLive(index);
  }

  private boolean isLive(Index index) {
    Optional<ObservedIndex> there = relation.index(index.name()).filter(ObservedIndex::valid);
    return there.isPresent()
        && (shapes.containsKey(index.name())
            ? Objects.equals(shapes.get(index.name()), there.get().shape())
            : recorded(index.name()).equals(Optional.of(entry(index, there.get().shape()))));
  }

  /** An invalid one is no choice of anybody's: something that made or dropped it was cut short. */
  private boolean isLeft(Index index) {
    Optional<ObservedIndex> there = relation.index(index.name());
    return !correctDrift
        && !isLive(index)
        && there.map(ObservedIndex::valid).orElse(true)
        && recorded(index.name())
            .filter(entry -> entry.hash().equals(index.hash()))
            .filter(entry -> there.filter(i -> i.shape().equals(entry.shape())).isEmpty())
            .isPresent();
  }
}
