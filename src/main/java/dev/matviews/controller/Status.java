package dev.matviews.controller;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.api.v1alpha1.Dependents;
import dev.matviews.api.v1alpha1.EffectiveMode;
import dev.matviews.api.v1alpha1.IndexStatus;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.PastRefresh;
import dev.matviews.api.v1alpha1.RefreshAttempt;
import dev.matviews.api.v1alpha1.RefreshResult;
import dev.matviews.api.v1alpha1.RefreshTrigger;
import dev.matviews.api.v1alpha1.RowCount;
import dev.matviews.api.v1alpha1.RowCountKind;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.postgres.Observation;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.RefreshState;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.Trigger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts a situation into a status. Pure: equal situations give equal statuses, and an equal status
 * is not written.
 */
final class Status {

  private static final int HISTORY = 5;

  private static final int NAMES = 20;

  /** Others may have made any number of indexes. */
  private static final int INDEXES = 32;

  private Status() {}

  /**
   * The next status.
   *
   * @param old what the object says now; while nothing can be seen, what it says of the view stays
   */
  static MaterializedViewStatus next(
      @Nullable MaterializedViewStatus old, long generation, Situation situation, Instant now) {
    List<Condition> before = old == null ? List.of() : old.conditions();
    Conditions conditions = new Conditions(before, generation, now).add(Verdict.of(situation));
    Observation seen = situation.seen();
    DesiredView desired = situation.desired();
    if (seen == null || desired == null) {
      List<Condition> unseen =
          conditions.keep(ConditionType.REFRESHED).keep(ConditionType.DRIFTED).list();
      return old == null
          ? new MaterializedViewStatus(generation, unseen)
          : old.with(generation, unseen);
    }
    boolean ours = seen.view().isClaimedBy(desired.claim());
    // Of a view that is somebody else's, nothing is told but that it is in the way.
    RefreshState refresh = ours ? seen.refresh() : RefreshState.NONE;
    addRefreshed(conditions, situation.refreshProblem(), refreshed(refresh));
    situation.drift().stream()
        .findFirst()
        .ifPresent(
            d ->
                conditions.add(
                    ConditionType.DRIFTED, ConditionStatus.TRUE, d.reason(), d.message()));
    Optional<Relation> view = seen.view().relation().filter(r -> ours && r.isMaterializedView());
    ModeChoice mode = situation.mode();
    return new MaterializedViewStatus(
        generation,
        conditions.list(),
        desired.name().toString(),
        view.map(Relation::oid).orElse(null),
        view.map(Relation::owner).orElse(null),
        mode == null ? null : effective(mode.mode()),
        mode == null ? null : mode.why(),
        desired.refresh().schedule().map(Object::toString).orElse(null),
        view.map(Relation::populated).orElse(null),
        view.filter(r -> r.populated() && r.rows() >= 0)
            .map(r -> new RowCount(r.rows(), RowCountKind.Estimated))
            .orElse(null),
        view.map(Relation::bytes).orElse(null),
        lastSlot(refresh).orElse(old == null || !ours ? null : old.lastScheduleTime()),
        situation.nextSlot().orElse(null),
        refresh.lastRun().map(Status::attempt).orElse(null),
        refresh.lastSuccess(),
        view.filter(Relation::populated).isPresent() ? refresh.dataAsOf() : null,
        refresh.consecutiveFailures(),
        refresh.handledRequest(),
        refresh.runs().stream().limit(HISTORY).map(Status::past).toList(),
        view.map(Status::indexes).orElse(List.of()),
        view.map(v -> first(v.sources())).orElse(List.of()),
        view.map(Status::dependents).orElse(null),
        ours ? situation.warnings() : List.of(),
        situation.planned().orElse(null));
  }

  private static Dependents dependents(Relation view) {
    return new Dependents(view.dependents().size(), first(view.dependents()));
  }

  private static List<String> first(List<String> names) {
    return names.stream().limit(NAMES).toList();
  }

  /** Whether a view reads a relation, by what its status says; one with too many to name may. */
  static boolean mayRead(@Nullable MaterializedViewStatus status, String name) {
    return status != null
        && (status.dependencies().contains(name) || status.dependencies().size() == NAMES);
  }

  /** The newest run that says something about the data, unlike a slot that was skipped. */
  private static Optional<Run> refreshed(RefreshState refresh) {
    return refresh.runs().stream().filter(Status::concernsData).findFirst();
  }

  private static boolean concernsData(Run run) {
    boolean changed = run.trigger() == Trigger.Definition && run.result() == Run.Result.Succeeded;
    return run.mode() != null || changed;
  }

  private static void addRefreshed(
      Conditions conditions, @Nullable Problem problem, Optional<Run> last) {
    if (problem != null) {
      conditions.add(
          ConditionType.REFRESHED, ConditionStatus.FALSE, problem.reason(), problem.message());
    } else {
      last.ifPresent(run -> addRefreshed(conditions, run));
    }
  }

  private static void addRefreshed(Conditions conditions, Run run) {
    boolean succeeded = run.result() == Run.Result.Succeeded;
    conditions.add(
        ConditionType.REFRESHED,
        succeeded ? ConditionStatus.TRUE : ConditionStatus.FALSE,
        run.reason(),
        succeeded ? "the last refresh succeeded" : run.said());
  }

  private static Optional<Instant> lastSlot(RefreshState refresh) {
    return refresh.runs().stream()
        .filter(run -> run.trigger() == Trigger.Schedule)
        .map(run -> Instant.parse(run.id().substring(run.id().indexOf('/') + 1)))
        .findFirst();
  }

  private static RefreshAttempt attempt(Run run) {
    return new RefreshAttempt(
        run.id(),
        RefreshTrigger.valueOf(run.trigger().name()),
        run.mode() == null ? null : effective(run.mode()),
        run.startedAt(),
        run.finishedAt(),
        seconds(run),
        RefreshResult.valueOf(run.result().name()),
        run.reason().name(),
        run.sqlState(),
        run.message(),
        run.rowsBefore(),
        run.rowsAfter());
  }

  private static PastRefresh past(Run run) {
    return new PastRefresh(
        run.id(),
        RefreshTrigger.valueOf(run.trigger().name()),
        run.startedAt(),
        seconds(run),
        RefreshResult.valueOf(run.result().name()),
        run.reason().name());
  }

  private static double seconds(Run run) {
    return run.duration().toMillis() / 1000.0;
  }

  private static EffectiveMode effective(Mode mode) {
    return EffectiveMode.valueOf(mode.name());
  }

  private static List<IndexStatus> indexes(Relation view) {
    return view.indexes().stream()
        .limit(INDEXES)
        .map(i -> new IndexStatus(i.name(), i.unique(), i.valid()))
        .toList();
  }
}
