package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.ObservedStatus;
import dev.matviews.api.v1alpha1.PlannedChange;
import dev.matviews.plan.Drift;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Run;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The truth table of the conditions as whole objects: what tools around Kubernetes see. */
final class ViewPhases {

  private static final Run DONE = Scene.run("Schedule/2026-01-05T09:59:00Z", Reason.Succeeded, 0);
  private static final Run BAD = Scene.run("Schedule/2026-01-05T09:59:10Z", Reason.QueryFailed, 10);
  private static final Problem SOURCE =
      new Problem(Reason.SourceMissing, "relation \"orders\" does not exist");

  private static final String DEFERRED = "refresh: {initialPopulation: Deferred}";
  private static final String LIMIT = "maxStaleness: 10m";
  private static final Freshness LIMITED = new Freshness(Optional.of(Duration.ofMinutes(10)));
  private static final String SUSPENDED = "suspend: true";
  private static final Scene FILLED = Scene.filled("").runs(DONE);

  private ViewPhases() {}

  static List<Phase> all() {
    return Stream.of(reconciling(), settled(), stalled()).flatMap(List::stream).toList();
  }

  private static List<Phase> reconciling() {
    MaterializedViewStatus ready = FILLED.status();
    return List.of(
        phase(
            "not-looked-at",
            "",
            new MaterializedViewStatus(ObservedStatus.NOBODY_HAS_LOOKED, List.of())),
        Phase.of("edited", Manifests.view("{generation: 2}", ""), ready),
        phase("populating", "", Scene.empty("")),
        phase(
            "first-fill-failed",
            "",
            Scene.empty("").runs(Scene.run("Initial/16400", Reason.QueryFailed, 0))),
        phase("changing-definition", "", FILLED.changing("the new definition is being built")),
        phase("source-missing", "", Scene.absent("").problem(SOURCE.reason(), SOURCE.message())),
        phase("database-unavailable", "", unseen(ready, Reason.DatabaseUnavailable, "it is away")),
        phase(
            "connection-not-ready",
            "",
            unseen(
                ready,
                Reason.ConnectionNotReady,
                "PostgresConnection db is not ready: AuthenticationFailed: wrong password")),
        phase(
            "suspended-before-it-was-made",
            SUSPENDED,
            Scene.absent(SUSPENDED).problem(Reason.Suspended, "not made while spec.suspend")));
  }

  private static List<Phase> settled() {
    return List.of(
        phase("in-sync", "", FILLED),
        phase("not-populated", DEFERRED, Scene.empty(DEFERRED)),
        phase("refresh-failed", "", Scene.filled("").runs(BAD, DONE)),
        phase(
            "upstream-failed",
            "",
            Status.next(null, 1, upstreamFailed(), Freshness.UNASKED, Scene.NOW)),
        phase("fresh", LIMIT, Status.next(null, 1, FILLED.situation(), LIMITED, Scene.NOW)),
        phase(
            "stale",
            LIMIT,
            Status.next(null, 1, FILLED.situation(), LIMITED, Scene.NOW.plus(Duration.ofHours(1)))),
        phase(
            "drifted",
            "driftPolicy: Report",
            Status.next(null, 1, drifted(), Freshness.UNASKED, Scene.NOW)),
        phase("suspended", SUSPENDED, Scene.filled(SUSPENDED).runs(DONE)));
  }

  private static List<Phase> stalled() {
    MaterializedViewStatus ready = FILLED.status();
    MaterializedViewStatus missing =
        Scene.absent("").problem(SOURCE.reason(), SOURCE.message()).status();
    String deleting = "{generation: 2, deletionTimestamp: '2026-01-05T10:00:00Z'}";
    return List.of(
        phase("invalid-sql", "", Scene.absent("").problem(Reason.InvalidSQL, "line 1, column 8")),
        phase(
            "invalid-sql-while-suspended",
            SUSPENDED,
            Scene.absent(SUSPENDED).problem(Reason.InvalidSQL, "line 1, column 8")),
        phase(
            "source-missing-for-long",
            "",
            Scene.absent("")
                .problem(SOURCE.reason(), SOURCE.message())
                .after(missing, Scene.NOW.plus(Duration.ofMinutes(6)))),
        phase(
            "change-pending-approval",
            "changePolicy: OnApproval",
            Status.next(null, 1, planned(), Freshness.UNASKED, Scene.NOW)),
        Phase.of(
            "deletion-held-up",
            Manifests.view(deleting, "deletionPolicy: Delete"),
            HeldUp.status(
                ready, 2, HeldUp.by(new QualifiedName("public", "board"), List.of()), Scene.NOW)));
  }

  private static MaterializedViewStatus unseen(
      MaterializedViewStatus old, Reason reason, String message) {
    return Scene.unseen(reason, message).after(old);
  }

  private static Situation upstreamFailed() {
    return with(
        FILLED.situation(),
        new Problem(Reason.UpstreamFailed, "public.orders_by_day could not be refreshed"),
        List.of(),
        Optional.empty());
  }

  private static Situation drifted() {
    return with(
        FILLED.situation(),
        null,
        List.of(new Drift(Reason.IndexesChanged, "index board_a is gone")),
        Optional.empty());
  }

  private static Situation planned() {
    Scene waiting = FILLED.problem(Reason.ChangePendingApproval, "waits for approval");
    return with(
        waiting.situation(),
        null,
        List.of(),
        Optional.of(
            new PlannedChange("0a1b2c", List.of("CREATE …"), "ACCESS EXCLUSIVE, 100ms", 8192)));
  }

  private static Situation with(
      Situation s,
      @Nullable Problem refreshProblem,
      List<Drift> drift,
      Optional<PlannedChange> planned) {
    return new Situation(
        s.desired(),
        s.seen(),
        s.mode(),
        s.problem(),
        refreshProblem,
        s.building(),
        drift,
        planned,
        s.warnings(),
        s.nextSlot(),
        s.upstreams(),
        s.running(),
        s.lookAgain());
  }

  private static Phase phase(String name, String spec, Scene scene) {
    return phase(name, spec, scene.status());
  }

  private static Phase phase(String name, String spec, MaterializedViewStatus status) {
    MaterializedView object = Manifests.view("{generation: 1}", spec);
    return Phase.of(name, object, status);
  }
}
