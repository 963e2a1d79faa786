package dev.matviews.controller;

import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.api.v1alpha1.MaterializedViewRefreshStatus;
import dev.matviews.api.v1alpha1.RefreshResult;
import dev.matviews.controller.AskedRuns.Answer;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Run;
import java.time.Instant;
import java.util.List;

/** Puts what is known of a run that was asked for into its status. Pure. */
final class RunStatus {

  private RunStatus() {}

  static MaterializedViewRefreshStatus of(Answer answer, long generation, Instant now) {
    if (answer instanceof Answer.Ended ended) {
      return ended(ended.run(), new Conditions(List.of(), generation, now));
    }
    if (answer instanceof Answer.Refused refused) {
      return refused(refused.problem(), new Conditions(List.of(), generation, now), now);
    }
    if (answer instanceof Answer.Running running) {
      return new MaterializedViewRefreshStatus(running.since(), null);
    }
    Reason waits = ((Answer.Waits) answer).problem().reason();
    return new MaterializedViewRefreshStatus(null, waits.name());
  }

  private static MaterializedViewRefreshStatus ended(Run run, Conditions conditions) {
    boolean succeeded = run.result() == Run.Result.Succeeded;
    conditions.add(
        succeeded ? ConditionType.COMPLETE : ConditionType.FAILED,
        ConditionStatus.TRUE,
        run.reason(),
        said(run));
    return new MaterializedViewRefreshStatus(
        conditions.list(),
        run.startedAt(),
        run.finishedAt(),
        run.duration().toMillis() / 1000.0,
        RefreshResult.valueOf(run.result().name()),
        run.reason().name(),
        run.sqlState(),
        run.rowsBefore(),
        run.rowsAfter());
  }

  private static String said(Run run) {
    return switch (run.result()) {
      case Succeeded -> "the view was refreshed";
      case Skipped ->
          "another run of the view was going on; create another MaterializedViewRefresh once it has"
              + " ended";
      case Failed, Missed, Cancelled -> run.said();
    };
  }

  private static MaterializedViewRefreshStatus refused(
      Problem problem, Conditions conditions, Instant now) {
    conditions.add(
        ConditionType.FAILED,
        ConditionStatus.TRUE,
        problem.reason(),
        "not refreshed: " + problem.message());
    return new MaterializedViewRefreshStatus(
        conditions.list(),
        null,
        now,
        null,
        RefreshResult.Failed,
        problem.reason().name(),
        null,
        null,
        null);
  }
}
