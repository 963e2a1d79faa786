package dev.matviews.controller;

import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Observation;
import dev.matviews.refresh.Run;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The truth table of the conditions: computed from a situation, never set.
 *
 * @param reconciling the operator goes on by itself
 * @param stalled the user has to act
 */
record Verdict(
    ConditionStatus ready, Reason reason, String message, boolean reconciling, boolean stalled) {

  static Verdict of(Situation situation) {
    Problem problem = situation.problem();
    if (problem != null) {
      return ofProblem(problem);
    }
    if (situation.changing() != null) {
      return progressing(Reason.ChangingDefinition, situation.changing());
    }
    Observation seen = situation.seen();
    if (seen != null && seen.view().populated()) {
      return settled(Reason.InSync, "the view matches its spec");
    }
    return ofUnpopulated(situation, seen);
  }

  private static Verdict ofUnpopulated(Situation situation, @Nullable Observation seen) {
    DesiredView desired = situation.desired();
    if (desired != null && (!desired.refresh().fillAtOnce() || desired.refresh().suspended())) {
      return settled(Reason.NotPopulated, "the view matches its spec and holds no data yet");
    }
    Optional<Run> failed =
        seen == null
            ? Optional.empty()
            : seen.refresh().lastRun().filter(run -> run.result() == Run.Result.Failed);
    return failed
        .filter(run -> isOfThisView(run, seen))
        .map(run -> progressing(run.reason(), "the first fill failed: " + messageOf(run)))
        .orElse(progressing(Reason.Populating, "the first fill is running or about to"));
  }

  /** A run that ended before the view was made again says nothing about the new one. */
  private static boolean isOfThisView(Run run, @Nullable Observation seen) {
    long oid = seen == null ? 0 : seen.view().relation().map(ObservedView.Relation::oid).orElse(0L);
    return !run.id().startsWith("Initial/") || run.id().equals("Initial/" + oid);
  }

  static String messageOf(Run run) {
    String message = run.message();
    return message == null ? run.reason().name() : message;
  }

  static Verdict ofProblem(Problem problem) {
    Reason reason = problem.reason();
    return switch (reason.retry()) {
      case Never -> new Verdict(ConditionStatus.FALSE, reason, problem.message(), false, true);
      case None -> new Verdict(ConditionStatus.FALSE, reason, problem.message(), false, false);
      case Slow, OnEvent, Backoff ->
          new Verdict(
              isUnknown(reason) ? ConditionStatus.UNKNOWN : ConditionStatus.FALSE,
              reason,
              problem.message(),
              true,
              false);
    };
  }

  /** Whether the view may well be as wanted, only nobody can look. */
  private static boolean isUnknown(Reason reason) {
    return switch (reason) {
      case ConnectionNotReady, DatabaseUnavailable, TooManyConnections, ReadOnlyServer -> true;
      default -> false;
    };
  }

  static Verdict settled(Reason reason, String message) {
    return new Verdict(ConditionStatus.TRUE, reason, message, false, false);
  }

  private static Verdict progressing(Reason reason, String message) {
    return new Verdict(ConditionStatus.FALSE, reason, message, true, false);
  }
}
