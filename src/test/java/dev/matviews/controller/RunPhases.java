package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import dev.matviews.api.v1alpha1.MaterializedViewRefreshStatus;
import dev.matviews.controller.AskedRuns.Answer;
import dev.matviews.plan.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run on request through its life. */
final class RunPhases {

  private static final String ID = "Run/7b7d1a3e";

  private RunPhases() {}

  static List<Phase> all() {
    return List.of(
        phase("not-looked-at", null),
        phase("waiting", new Answer.Waits(new Problem(Reason.LockTimeout, "readers hold it"))),
        phase("running", new Answer.Running(Scene.NOW)),
        phase("succeeded", ended(Reason.Succeeded)),
        phase("failed", ended(Reason.QueryFailed)),
        phase("skipped", ended(Reason.RefreshInProgress)),
        phase("cancelled", ended(Reason.Cancelled)),
        phase(
            "refused",
            new Answer.Refused(
                new Problem(Reason.ViewMissing, "MaterializedView board does not exist"))));
  }

  private static Answer ended(Reason reason) {
    return new Answer.Ended(Scene.run(ID, reason, 0));
  }

  private static Phase phase(String name, @Nullable Answer answer) {
    MaterializedViewRefreshStatus status =
        answer == null ? null : RunStatus.of(answer, 1, Scene.NOW);
    MaterializedViewRefresh object = Manifests.run();
    object.setStatus(status);
    return Phase.of(name, object);
  }
}
