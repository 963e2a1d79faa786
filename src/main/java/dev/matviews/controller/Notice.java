package dev.matviews.controller;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.api.v1alpha1.EffectiveMode;
import dev.matviews.api.v1alpha1.IndexStatus;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.PastRefresh;
import dev.matviews.api.v1alpha1.RefreshAttempt;
import dev.matviews.api.v1alpha1.RefreshResult;
import dev.matviews.api.v1alpha1.RefreshTrigger;
import dev.matviews.plan.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Something worth a Kubernetes Event: what has changed from one status to the next.
 *
 * <p>Both are kept by Kubernetes, so a restart of the operator repeats nothing. A scheduled refresh
 * that succeeds is no news.
 *
 * @param action what was done, in one word
 */
record Notice(boolean warning, String reason, String action, String note) {

  private static final String REFRESH = "Refresh";

  /** Drift that a view cannot be Ready with. */
  private static final Set<String> DRIFT =
      Set.of(
          Reason.DefinitionChanged.name(),
          Reason.OwnershipChanged.name(),
          Reason.ObjectMissing.name());

  /**
   * What is news in the second.
   *
   * @param since when the object was made
   */
  static List<Notice> between(
      @Nullable MaterializedViewStatus old, MaterializedViewStatus next, Instant since) {
    List<Notice> notices = new ArrayList<>();
    made(old, next, since).ifPresent(notices::add);
    notices.addAll(indexesMade(old, next));
    drift(old, next).ifPresent(notices::add);
    notices.addAll(warnings(old, next));
    run(old, next).ifPresent(notices::add);
    return notices;
  }

  /** Of those the log has a line anyway, which says more. */
  boolean isOfRun() {
    return action.equals(REFRESH);
  }

  private static Optional<Notice> made(
      @Nullable MaterializedViewStatus old, MaterializedViewStatus next, Instant since) {
    Long oid = next.oid();
    if (oid == null || (old != null && oid.equals(old.oid())) || next.populated() == null) {
      return Optional.empty();
    }
    String view = "materialized view " + next.qualifiedName();
    if (old == null || old.oid() == null) {
      // Of one that is made and filled at once, this can be the first status.
      boolean filled =
          next.history().stream()
              .filter(run -> run.trigger() == RefreshTrigger.Initial)
              .anyMatch(run -> run.startTime() != null && !run.startTime().isBefore(since));
      return Optional.of(
          Boolean.TRUE.equals(next.populated()) && !filled
              ? normal("Adopted", "Adopt", view + " was found in place and taken over")
              : normal("Created", "Create", view + " was made"));
    }
    List<PastRefresh> replaced = replacedSince(old, next);
    if (replaced.isEmpty()) {
      return Optional.of(normal("Created", "Create", view + " was made again"));
    }
    // A swap is a refresh like any other, of which the schedule makes thousands.
    return replaced.stream().anyMatch(run -> run.trigger() == RefreshTrigger.Definition)
        ? Optional.of(normal("Rebuilt", "Rebuild", view + " was replaced by its new definition"))
        : Optional.empty();
  }

  /** Runs that have put another view in place; several may have ended since the old status. */
  private static List<PastRefresh> replacedSince(
      MaterializedViewStatus old, MaterializedViewStatus next) {
    Set<String> known =
        replacements(old).map(PastRefresh::id).collect(Collectors.toUnmodifiableSet());
    return replacements(next).filter(run -> !known.contains(run.id())).toList();
  }

  private static Stream<PastRefresh> replacements(MaterializedViewStatus status) {
    return status.history().stream()
        .filter(run -> run.result() == RefreshResult.Succeeded)
        .filter(
            run -> run.trigger() == RefreshTrigger.Definition || run.mode() == EffectiveMode.Swap);
  }

  private static List<Notice> warnings(
      @Nullable MaterializedViewStatus old, MaterializedViewStatus next) {
    List<String> known = old == null ? List.of() : old.warnings();
    return next.warnings().stream()
        .filter(warning -> !known.contains(warning))
        .map(warning -> new Notice(true, "ViewWarning", "Compare", warning))
        .toList();
  }

  private static List<Notice> indexesMade(
      @Nullable MaterializedViewStatus old, MaterializedViewStatus next) {
    // Indexes that come with a new view are part of its own notice.
    if (old == null || !Objects.equals(old.oid(), next.oid())) {
      return List.of();
    }
    Set<String> before = valid(old);
    return valid(next).stream()
        .filter(index -> !before.contains(index))
        .map(index -> normal("IndexCreated", "CreateIndex", "index %s was made".formatted(index)))
        .toList();
  }

  /** An index that is being built is there already, but not valid. */
  private static Set<String> valid(MaterializedViewStatus status) {
    return status.indexes().stream()
        .filter(IndexStatus::valid)
        .map(IndexStatus::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Optional<Notice> drift(
      @Nullable MaterializedViewStatus old, MaterializedViewStatus next) {
    List<Condition> before = old == null ? List.of() : old.conditions();
    return drifted(next.conditions())
        .filter(now -> drifted(before).filter(c -> c.reason().equals(now.reason())).isEmpty())
        .map(now -> new Notice(true, now.reason(), "Compare", now.message()));
  }

  /** What says that another hand has changed the view, and that it is left so. */
  static Optional<Condition> drifted(List<Condition> conditions) {
    return Conditions.find(conditions, ConditionType.READY)
        .filter(ready -> DRIFT.contains(ready.reason()))
        .or(() -> Conditions.find(conditions, ConditionType.DRIFTED));
  }

  private static Optional<Notice> run(
      @Nullable MaterializedViewStatus old, MaterializedViewStatus next) {
    RefreshAttempt run = next.lastAttempt();
    // What a view that was only now found in place has gone through before is no news.
    if (run == null || old == null || old.oid() == null) {
      return Optional.empty();
    }
    RefreshAttempt before = old.lastAttempt();
    if (before != null
        && run.id().equals(before.id())
        && Objects.equals(run.reason(), before.reason())) {
      return Optional.empty();
    }
    if (run.result() == RefreshResult.Failed) {
      return isKnown(run, old)
          ? Optional.empty()
          : Optional.of(
              new Notice(true, Objects.requireNonNull(run.reason()), REFRESH, failed(run)));
    }
    if (run.result() != RefreshResult.Succeeded) {
      return Optional.empty();
    }
    Integer failures = old.consecutiveFailures();
    if (failures != null && failures > 0) {
      return Optional.of(
          normal("Recovered", REFRESH, "refreshed after %d failed runs".formatted(failures)));
    }
    return isManual(run)
        ? Optional.of(normal("Refreshed", REFRESH, "refreshed on request " + run.id()))
        : Optional.empty();
  }

  /** What fails again and again for the same reason is news once. */
  private static boolean isKnown(RefreshAttempt run, MaterializedViewStatus old) {
    if (run.trigger() == RefreshTrigger.Definition) {
      // Between its tries the refreshes of the old definition go on.
      return Conditions.find(old.conditions(), ConditionType.READY)
          .filter(ready -> ready.reason().equals(run.reason()))
          .isPresent();
    }
    RefreshAttempt before = old.lastAttempt();
    return before != null
        && before.result() == RefreshResult.Failed
        && Objects.equals(before.reason(), run.reason())
        && !isManual(run);
  }

  private static boolean isManual(RefreshAttempt run) {
    return run.trigger() == RefreshTrigger.Request || run.trigger() == RefreshTrigger.Run;
  }

  private static String failed(RefreshAttempt run) {
    return "run %s failed: %s".formatted(run.id(), run.message());
  }

  private static Notice normal(String reason, String action, String note) {
    return new Notice(false, reason, action, note);
  }
}
