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
import dev.matviews.refresh.RefreshPolicy;
import dev.matviews.refresh.RefreshState;
import dev.matviews.refresh.RowCounting;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.Trigger;
import dev.matviews.refresh.Upstream;
import dev.matviews.refresh.Upstreams;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts a situation into a status. Pure: equal situations give equal statuses, and an equal status
 * is not written.
 */
final class Status {

  private Status() {}

  /**
   * The next status.
   *
   * @param old what the object says now; while nothing can be seen, what it says of the view stays
   * @param freshness how old the data may be
   */
  static MaterializedViewStatus next(
      @Nullable MaterializedViewStatus old,
      long generation,
      Situation situation,
      Freshness freshness,
      Instant now) {
    return Brevity.fit(whole(old, generation, situation, freshness, now));
  }

  private static MaterializedViewStatus whole(
      @Nullable MaterializedViewStatus old,
      long generation,
      Situation situation,
      Freshness freshness,
      Instant now) {
    List<Condition> before = old == null ? List.of() : old.conditions();
    Conditions conditions = new Conditions(before, generation, now).add(Verdict.of(situation));
    Observation seen = situation.seen();
    DesiredView desired = situation.desired();
    if (seen == null || desired == null) {
      conditions.keep(ConditionType.REFRESHED).keep(ConditionType.DRIFTED);
      if (old == null) {
        return new MaterializedViewStatus(generation, conditions.list());
      }
      freshness.addTo(conditions, old.populated(), old.dataAsOf(), now);
      return old.with(generation, conditions.list());
    }
    boolean ours = seen.view().isClaimedBy(desired.claim());
    // Of a view that is somebody else's, nothing is told but that it is in the way.
    RefreshState refresh = ours ? seen.refresh() : RefreshState.NONE;
    addRefreshed(conditions, situation.refreshProblem(), refresh.lastOfData());
    situation.drift().stream()
        .findFirst()
        .ifPresent(
            d ->
                conditions.add(
                    ConditionType.DRIFTED, ConditionStatus.TRUE, d.reason(), d.message()));
    Optional<Relation> view = seen.view().relation().filter(r -> ours && r.isMaterializedView());
    Boolean populated = view.map(Relation::populated).orElse(null);
    Instant dataAsOf = Boolean.TRUE.equals(populated) ? refresh.dataAsOf() : null;
    freshness.addTo(conditions, populated, dataAsOf, now);
    ModeChoice mode = situation.mode();
    return new MaterializedViewStatus(
        generation,
        conditions.list(),
        desired.name().toString(),
        view.map(Relation::oid).orElse(null),
        view.map(Relation::owner).orElse(null),
        mode == null ? null : effective(mode.mode()),
        mode == null ? null : mode.why(),
        schedule(desired.refresh()),
        populated,
        view.filter(Relation::populated)
            .flatMap(v -> rowCount(v, desired.refresh().options().rowCount(), refresh))
            .orElse(null),
        view.flatMap(Status::size).orElse(null),
        lastSlot(refresh).orElse(old == null || !ours ? null : old.lastScheduleTime()),
        situation.nextSlot().orElse(null),
        situation.running().filter(run -> ours).map(Running::shown).orElse(null),
        refresh.lastRun().map(Status::attempt).orElse(null),
        refresh.lastSuccess(),
        dataAsOf,
        refresh.consecutiveFailures(),
        refresh.handledRequest(),
        refresh.runs().stream().map(Status::past).toList(),
        view.map(Status::indexes).orElse(List.of()),
        view.map(v -> dependencies(v, situation.upstreams())).orElse(List.of()),
        view.map(Status::dependents).orElse(null),
        ours ? situation.warnings() : List.of(),
        situation.planned().orElse(null));
  }

  private static Optional<RowCount> rowCount(
      Relation view, RowCounting wanted, RefreshState refresh) {
    return switch (wanted) {
      case None -> Optional.empty();
      case Estimated -> estimated(view);
      case Exact -> counted(refresh).or(() -> estimated(view));
    };
  }

  private static Optional<RowCount> estimated(Relation view) {
    return view.rows() < 0
        ? Optional.empty()
        : Optional.of(new RowCount(view.rows(), RowCountKind.Estimated));
  }

  /** Before the first VACUUM or ANALYZE the server calls a table empty that is not. */
  private static Optional<Long> size(Relation view) {
    return view.populated() && view.rows() < 0 ? Optional.empty() : Optional.of(view.bytes());
  }

  /** Only of the last run that put data in place: an older count is one of other data. */
  private static Optional<RowCount> counted(RefreshState refresh) {
    return refresh.runs().stream()
        .filter(run -> run.result() == Run.Result.Succeeded)
        .findFirst()
        .filter(Run::rowsExact)
        .map(Run::rowsAfter)
        .map(rows -> new RowCount(rows, RowCountKind.Exact));
  }

  private static @Nullable String schedule(RefreshPolicy refresh) {
    List<String> parts =
        Stream.concat(
                refresh.schedule().map(Object::toString).stream(),
                refresh.followsUpstream() ? Stream.of("after upstream") : Stream.empty())
            .toList();
    return parts.isEmpty() ? null : String.join(", ", parts);
  }

  private static List<String> dependencies(Relation view, Upstreams upstreams) {
    return Stream.concat(view.sources().stream(), upstreams.all().stream().map(Upstream::name))
        .distinct()
        .toList();
  }

  private static Dependents dependents(Relation view) {
    return new Dependents(view.dependents().size(), view.dependents());
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
        .max(Comparator.naturalOrder());
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
        run.mode() == null ? null : effective(run.mode()),
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
        .map(i -> new IndexStatus(i.name(), i.unique(), i.valid()))
        .toList();
  }
}
