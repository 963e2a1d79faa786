package dev.matviews.controller;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The next list of conditions, by the Kubernetes API conventions: a condition's transition time
 * moves only with its status, and Reconciling and Stalled are there only while they are true, as
 * kstatus wants it.
 */
final class Conditions {

  /** Who waits for others for longer than this has probably made a mistake. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final int LONGEST_MESSAGE = 512;

  private final List<Condition> old;
  private final long generation;
  private final Instant now;
  private final List<Condition> next = new ArrayList<>();

  Conditions(List<Condition> old, long generation, Instant now) {
    this.old = old;
    this.generation = generation;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  /** Stalled goes first: of the two, kstatus believes the one that it meets first. */
  Conditions add(Verdict verdict) {
    add(ConditionType.READY, verdict.ready(), verdict.reason(), verdict.message());
    if (verdict.course() == Verdict.Course.Stalled || waitsTooLong(verdict)) {
      add(ConditionType.STALLED, ConditionStatus.TRUE, verdict.reason(), verdict.message());
    }
    if (verdict.reconciling()) {
      add(ConditionType.RECONCILING, ConditionStatus.TRUE, verdict.reason(), verdict.message());
    }
    return this;
  }

  Conditions add(String type, ConditionStatus status, Reason reason, String message) {
    Instant since =
        find(type)
            .filter(c -> c.status() == status)
            // Patience is with one reason: what comes after a long wait has just begun to wait.
            .filter(
                c -> !type.equals(ConditionType.RECONCILING) || c.reason().equals(reason.name()))
            .map(Condition::lastTransitionTime)
            .orElse(now);
    next.add(
        new Condition(
            type,
            status,
            generation,
            since,
            reason.name(),
            ShortText.characters(message, LONGEST_MESSAGE)));
    return this;
  }

  /** As it was, for what cannot be seen now. */
  Conditions keep(String type) {
    find(type).ifPresent(next::add);
    return this;
  }

  List<Condition> list() {
    return List.copyOf(next);
  }

  private boolean waitsTooLong(Verdict verdict) {
    return verdict.course() == Verdict.Course.Waiting && isLong(old, verdict.reason(), now);
  }

  /** Whether it has gone on for longer than patience lasts. */
  static boolean isLong(List<Condition> conditions, Reason reason, Instant now) {
    return find(conditions, ConditionType.RECONCILING)
        .filter(c -> c.reason().equals(reason.name()))
        .filter(c -> !c.lastTransitionTime().plus(PATIENCE).isAfter(now))
        .isPresent();
  }

  private Optional<Condition> find(String type) {
    return find(old, type);
  }

  static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions.stream().filter(c -> c.type().equals(type)).findFirst();
  }
}
