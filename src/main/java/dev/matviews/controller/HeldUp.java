package dev.matviews.controller;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.plan.Dependent;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A deletion that waits: in words, in the status, and for how long. Pure. */
final class HeldUp {

  /** Of a message that Kubernetes and people can still read, after which the way out follows. */
  private static final int LONGEST_CAUSE = 380;

  private static final int LONGEST_LIST = 200;
  private static final int LONGEST_NAME = 100;

  /**
   * What tells the condition of a deletion from one that the living view had for the same reason.
   */
  private static final String NOT_DROPPED = " is not dropped yet: ";

  private static final String WAY_OUT =
      "set spec.deletionPolicy to Retain to let the object go and keep the view";

  private HeldUp() {}

  static Problem by(QualifiedName view, List<Dependent> dependents) {
    return new Problem(
        Reason.DependentsExist,
        "%s%s%s. Drop what stands on it, or %s"
            .formatted(
                ShortText.characters(view.toString(), LONGEST_NAME),
                NOT_DROPPED,
                list(dependents),
                WAY_OUT));
  }

  static Problem by(Problem cause) {
    return new Problem(
        cause.reason(),
        "the view%s%s. Mend that, or %s"
            .formatted(NOT_DROPPED, ShortText.characters(cause.message(), LONGEST_CAUSE), WAY_OUT));
  }

  private static String list(List<Dependent> dependents) {
    StringBuilder names = new StringBuilder();
    int named = 0;
    for (Dependent dependent : dependents) {
      String name = ShortText.characters(dependent.description(), LONGEST_NAME);
      if (names.length() + name.length() > LONGEST_LIST) {
        break;
      }
      names.append(named == 0 ? "" : ", ").append(name);
      named++;
    }
    int more = dependents.size() - named;
    return switch (dependents.size()) {
      case 0 -> "other objects stand on it";
      case 1 -> names + " stands on it";
      default ->
          "%d objects stand on it: %s%s"
              .formatted(dependents.size(), names, more > 0 ? " and " + more + " more" : "");
    };
  }

  /** What the object says of the view stays, for the view is as it was. */
  static MaterializedViewStatus status(
      @Nullable MaterializedViewStatus old, long generation, Problem problem, Instant now) {
    List<Condition> conditions =
        new Conditions(old == null ? List.of() : old.conditions(), generation, now)
            .add(
                new Verdict(
                    ConditionStatus.FALSE,
                    problem.reason(),
                    problem.message(),
                    Verdict.Course.Stalled))
            .keep(ConditionType.REFRESHED)
            .list();
    return old == null
        ? new MaterializedViewStatus(generation, conditions)
        : old.with(generation, conditions);
  }

  /** An Event for each cause, not for each try. */
  static Optional<Notice> notice(
      @Nullable MaterializedViewStatus old, MaterializedViewStatus next) {
    return stalled(next)
        .filter(
            now ->
                Optional.ofNullable(old)
                    .flatMap(HeldUp::stalled)
                    .filter(before -> before.message().contains(NOT_DROPPED))
                    .filter(before -> before.reason().equals(now.reason()))
                    .isEmpty())
        .map(now -> new Notice(true, now.reason(), "Delete", now.message()));
  }

  private static Optional<Condition> stalled(MaterializedViewStatus status) {
    return Conditions.find(status.conditions(), ConditionType.STALLED);
  }

  /**
   * Until the next try.
   *
   * @param failures how many have failed, at least 1
   * @param recheck while it is for somebody else to act
   * @param longest while it is the database that does not let us
   */
  static Duration pause(Reason reason, int failures, Duration recheck, Duration longest) {
    if (reason.retry() != Reason.Retry.Backoff && !reason.concernsConnection()) {
      return recheck;
    }
    // A wrong password must lock nobody's account, whatever its reason says of retries.
    Duration pause = Backoff.pause(Reason.DatabaseUnavailable, failures);
    return pause.compareTo(longest) < 0 ? pause : longest;
  }
}
