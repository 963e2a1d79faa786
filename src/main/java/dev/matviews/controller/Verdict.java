package dev.matviews.controller;

import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Observation;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.Trigger;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The truth table of the conditions: computed from a situation, never set. */
record Verdict(ConditionStatus ready, Reason reason, String message, Course course) {

  /** What comes next. */
  enum Course {
    /** Nothing. */
    Settled,
    /** The operator goes on by itself. */
    Reconciling,
    /** It goes on once something has happened that may never happen. */
    Waiting,
    /** The user has to act. */
    Stalled;

    static Course of(Reason reason) {
      return switch (reason.retry()) {
        case None -> Settled;
        case Slow, Backoff -> Reconciling;
        case OnEvent -> Waiting;
        case Never -> Stalled;
      };
    }
  }

  static Verdict of(Situation situation) {
    Problem problem = situation.problem();
    if (problem != null) {
      Verdict verdict = ofProblem(problem);
      return problem.reason() == Reason.UpstreamNotPopulated && situation.sourcesFillThemselves()
          ? verdict.taking(Course.Reconciling)
          : verdict;
    }
    if (situation.building().isPresent()) {
      return progressing(Reason.ChangingDefinition, situation.building().get());
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
    Problem trouble = situation.refreshProblem();
    if (trouble != null) {
      return progressing(trouble.reason(), "the first fill cannot start: " + trouble.message());
    }
    return Optional.ofNullable(seen)
        .flatMap(Verdict::failedFill)
        .map(run -> progressing(run.reason(), "the first fill failed: " + run.said()))
        .orElse(progressing(Reason.Populating, "the first fill is running or about to"));
  }

  private static Optional<Run> failedFill(Observation seen) {
    RunId fill = seen.refresh().fillOf(seen.view());
    return seen.refresh()
        .lastRun()
        .filter(run -> run.result() != Run.Result.Succeeded)
        .filter(run -> run.trigger() != Trigger.Initial || run.is(fill));
  }

  static Verdict ofProblem(Problem problem) {
    Reason reason = problem.reason();
    return new Verdict(
        isUnknown(reason) ? ConditionStatus.UNKNOWN : ConditionStatus.FALSE,
        reason,
        problem.message(),
        Course.of(reason));
  }

  private Verdict taking(Course other) {
    return new Verdict(ready, reason, message, other);
  }

  boolean reconciling() {
    return course == Course.Reconciling || course == Course.Waiting;
  }

  /** Whether the view may well be as wanted, only nobody can look. */
  private static boolean isUnknown(Reason reason) {
    return switch (reason) {
      case ConnectionNotReady, DatabaseUnavailable, TooManyConnections, ReadOnlyServer -> true;
      default -> false;
    };
  }

  static Verdict settled(Reason reason, String message) {
    return new Verdict(ConditionStatus.TRUE, reason, message, Course.Settled);
  }

  private static Verdict progressing(Reason reason, String message) {
    Course course = reason.retry() == Reason.Retry.OnEvent ? Course.Waiting : Course.Reconciling;
    return new Verdict(ConditionStatus.FALSE, reason, message, course);
  }
}
