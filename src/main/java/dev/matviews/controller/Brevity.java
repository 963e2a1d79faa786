package dev.matviews.controller;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.Dependents;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.PlannedChange;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much of everything a status tells. Names and messages are others' and may all be long at
 * once; whoever watches thousands of views still gets small objects.
 *
 * @param names of what the view reads, and of what stands on it
 * @param lines of warnings, and of a planned change
 * @param characters in each message
 */
record Brevity(int names, int indexes, int lines, int characters, int runs) {

  private static final String MORE = "…";

  private static final int LESS_THAN_BYTES = 8192;

  private static final Brevity SHORTEST = new Brevity(3, 7, 4, 128, 2);

  /** From what is told of nearly every view to what always fits. */
  private static final List<Brevity> STEPS =
      List.of(
          new Brevity(20, 28, 32, 512, 5),
          new Brevity(10, 28, 16, 256, 5),
          new Brevity(5, 14, 8, 160, 5),
          SHORTEST);

  /** As much of it as there is room for; what fits stays as it is. */
  static MaterializedViewStatus fit(MaterializedViewStatus whole) {
    return STEPS.stream()
        .map(step -> step.of(whole))
        .filter(Brevity::fits)
        .findFirst()
        .orElseGet(() -> SHORTEST.of(whole));
  }

  private static boolean fits(MaterializedViewStatus status) {
    return Serialization.asJson(status).getBytes(StandardCharsets.UTF_8).length < LESS_THAN_BYTES;
  }

  private MaterializedViewStatus of(MaterializedViewStatus whole) {
    return new MaterializedViewStatus(
        whole.observedGeneration(),
        whole.conditions().stream().map(this::of).toList(),
        whole.qualifiedName(),
        whole.oid(),
        whole.owner(),
        whole.effectiveMode(),
        whole.effectiveModeReason(),
        whole.schedule(),
        whole.populated(),
        whole.rowCount(),
        whole.sizeBytes(),
        whole.lastScheduleTime(),
        whole.nextScheduleTime(),
        whole.currentRun(),
        whole.lastAttempt(),
        whole.lastSuccessfulRefreshTime(),
        whole.dataAsOf(),
        whole.consecutiveFailures(),
        whole.lastHandledRefreshRequest(),
        first(runs, whole.history()),
        first(indexes, whole.indexes()),
        marked(whole.dependencies()),
        of(whole.dependents()),
        lines(whole.warnings()),
        of(whole.plannedChange()));
  }

  private Condition of(Condition condition) {
    return new Condition(
        condition.type(),
        condition.status(),
        condition.observedGeneration(),
        condition.lastTransitionTime(),
        condition.reason(),
        ShortText.characters(condition.message(), characters));
  }

  /** Who asks whether the view reads something has to know that not all of it is told. */
  private List<String> marked(List<String> all) {
    return all.size() <= names
        ? all
        : Stream.concat(all.stream().limit(names - 1L), Stream.of(MORE)).toList();
  }

  private @Nullable Dependents of(@Nullable Dependents all) {
    return all == null ? null : new Dependents(all.count(), first(names, all.names()));
  }

  private @Nullable PlannedChange of(@Nullable PlannedChange change) {
    return change == null
        ? null
        : new PlannedChange(
            change.hash(), lines(change.steps()), change.locks(), change.needsBytes());
  }

  private List<String> lines(List<String> all) {
    return all.stream().limit(lines).map(text -> ShortText.characters(text, characters)).toList();
  }

  private static <T> List<T> first(int most, List<T> all) {
    return all.stream().limit(most).toList();
  }
}
