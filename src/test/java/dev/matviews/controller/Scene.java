package dev.matviews.controller;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Observed;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Observation;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.ModeFacts;
import dev.matviews.refresh.RefreshState;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.Trigger;
import dev.matviews.refresh.Upstream;
import dev.matviews.refresh.Upstreams;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A view and its world, a word at a time, as the one look at it would have found them. */
record Scene(
    DesiredView desired,
    Optional<Relation> relation,
    Claim claim,
    List<Run> runs,
    int failures,
    @Nullable Problem problem,
    @Nullable String changing,
    boolean seen,
    Upstreams upstreams) {

  static final Instant NOW = Instant.parse("2026-01-05T10:00:00.123456Z");

  /** Declared so, and not there yet. */
  static Scene absent(String spec) {
    DesiredView desired = DesiredView.of(Manifests.view(spec), "default");
    return new Scene(
        desired, Optional.empty(), desired.claim(), List.of(), 0, null, null, true, Upstreams.NONE);
  }

  static Scene empty(String spec) {
    return absent(spec).with(16400, false, List.of());
  }

  static Scene filled(String spec) {
    return absent(spec).with(16400, true, List.of());
  }

  static Scene unseen(Reason reason, String message) {
    return absent("").problem(reason, message).unseen();
  }

  /** By another hand, a moment ago. */
  Scene neverVacuumed() {
    Relation r = relation.orElseThrow();
    return with(r.oid(), r.populated(), -1, 0, r.indexes());
  }

  private Scene with(long oid, boolean populated, List<ObservedIndex> indexes) {
    return with(oid, populated, 100, 8192, indexes);
  }

  private Scene with(
      long oid, boolean populated, long rows, long bytes, List<ObservedIndex> indexes) {
    Relation view =
        Observed.relation(
            oid,
            Relation.MATERIALIZED_VIEW,
            "app",
            true,
            populated,
            "18:a",
            rows,
            bytes,
            List.of(),
            indexes);
    return new Scene(
        desired, Optional.of(view), claim, runs, failures, problem, changing, seen, upstreams);
  }

  Scene oid(long oid) {
    return with(oid, relation.orElseThrow().populated(), relation.orElseThrow().indexes());
  }

  Scene indexes(ObservedIndex... indexes) {
    Relation r = relation.orElseThrow();
    return with(r.oid(), r.populated(), Arrays.asList(indexes));
  }

  Scene underOthers() {
    Optional<Relation> under = relation.map(Observed::underOthers);
    return new Scene(desired, under, claim, runs, failures, problem, changing, seen, upstreams);
  }

  /** Newest first. */
  Scene runs(Run... ended) {
    int failed =
        (int)
            Arrays.stream(ended)
                .takeWhile(run -> run.result() != Run.Result.Succeeded)
                .filter(run -> run.result() == Run.Result.Failed)
                .count();
    return new Scene(
        desired, relation, claim, Arrays.asList(ended), failed, problem, changing, seen, upstreams);
  }

  Scene problem(Reason reason, String message) {
    Problem met = new Problem(reason, message);
    return new Scene(desired, relation, claim, runs, failures, met, changing, seen, upstreams);
  }

  /** On a view that holds no data yet. */
  Scene onEmpty(String upstream, boolean fillsItself) {
    Upstream below = new Upstream(upstream, false, fillsItself, null, null, List.of(), false);
    Upstreams all = new Upstreams(List.of(below));
    return new Scene(desired, relation, claim, runs, failures, problem, changing, seen, all);
  }

  Scene changing(String what) {
    return new Scene(desired, relation, claim, runs, failures, problem, what, seen, upstreams);
  }

  Scene claimedBy(Claim other) {
    return new Scene(desired, relation, other, runs, failures, problem, changing, seen, upstreams);
  }

  private Scene unseen() {
    return new Scene(desired, relation, claim, runs, failures, problem, changing, false, upstreams);
  }

  Situation situation() {
    if (!seen && problem != null) {
      return Situation.unseen(problem, NOW);
    }
    ViewRecord record = Observed.record(claim, "hash", "18:a", List.of());
    ObservedView view = new ObservedView(desired.name(), true, relation, Optional.of(record));
    Instant success =
        runs.stream()
            .filter(run -> run.result() == Run.Result.Succeeded)
            .map(Run::finishedAt)
            .findFirst()
            .orElse(null);
    RefreshState state =
        new RefreshState("", NOW, null, success, success, failures, null, runs, null);
    boolean ours = claim.equals(desired.claim());
    ModeChoice mode =
        relation.isPresent() && ours
            ? ModeChoice.of(desired.refresh().mode(), ModeFacts.of(view, state))
            : null;
    return new Situation(
        desired,
        new Observation(view, state, 16400, List.of()),
        mode,
        problem,
        null,
        Optional.ofNullable(changing),
        List.of(),
        Optional.empty(),
        new Warnings(null).of(desired, view, mode, true),
        Optional.empty(),
        upstreams,
        Optional.empty(),
        NOW);
  }

  MaterializedViewStatus after(@Nullable MaterializedViewStatus old) {
    return after(old, NOW);
  }

  MaterializedViewStatus after(@Nullable MaterializedViewStatus old, Instant now) {
    return Status.next(old, 1, situation(), Freshness.UNASKED, now);
  }

  MaterializedViewStatus status() {
    return after(null);
  }

  static ObservedIndex index(String name, boolean unique, boolean valid) {
    return new ObservedIndex(name, unique, valid, unique && valid, "a shape");
  }

  /**
   * Begun at this second of the minute before {@link #NOW}, and ended a second and a half later.
   */
  static Run run(String id, Reason reason, int second) {
    Run.Result result =
        switch (reason) {
          case Succeeded -> Run.Result.Succeeded;
          case RefreshInProgress -> Run.Result.Skipped;
          case Missed -> Run.Result.Missed;
          case Cancelled -> Run.Result.Cancelled;
          default -> Run.Result.Failed;
        };
    boolean sent = result != Run.Result.Skipped && result != Run.Result.Missed;
    Instant at = Instant.parse("2026-01-05T09:59:00Z").plusSeconds(second);
    return new Run(
        id,
        Trigger.valueOf(id.substring(0, id.indexOf('/'))),
        sent ? Mode.Standard : null,
        at,
        at.plusMillis(1500),
        result,
        reason,
        result == Run.Result.Failed ? "22012" : null,
        result == Run.Result.Failed ? "the query failed on its data" : null,
        1,
        100L,
        null,
        false,
        null,
        null);
  }

  static Run counted(Run run, long rows) {
    return new Run(
        run.id(),
        run.trigger(),
        run.mode(),
        run.startedAt(),
        run.finishedAt(),
        run.result(),
        run.reason(),
        run.sqlState(),
        run.message(),
        run.tries(),
        run.rowsBefore(),
        rows,
        true,
        null,
        null);
  }

  /** {@code Ready True InSync, Refreshed False QueryFailed}. */
  static String text(List<Condition> conditions) {
    return conditions.stream()
        .map(c -> "%s %s %s".formatted(c.type(), text(c.status()), c.reason()))
        .collect(Collectors.joining(", "));
  }

  private static String text(ConditionStatus status) {
    return switch (status) {
      case TRUE -> "True";
      case FALSE -> "False";
      case UNKNOWN -> "Unknown";
    };
  }
}
