package dev.matviews.controller;

import dev.matviews.plan.ObservedView;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Planner;
import dev.matviews.plan.Probe;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.NotNowException;
import dev.matviews.postgres.Observation;
import dev.matviews.postgres.RefreshOrder;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.RefreshDecision;
import dev.matviews.refresh.Trigger;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A look at one view: observe → plan → apply → refresh decision. Short whatever the size of the
 * data; what is not goes to the connection's {@link Worker}.
 */
final class Look {

  /** Each round writes one thing down that the next one then knows. */
  private static final int MOST_DECISIONS = 4;

  private final ResourceID id;
  private final long generation;
  private final DesiredView desired;
  private final Database database;
  private final Worker worker;
  private final Probes probes;
  private final Clock clock;
  private final Runnable onMade;

  private Observation seen;
  private @Nullable Problem problem;
  private @Nullable Problem refreshProblem;
  private boolean building;
  private Optional<Instant> nextSlot;
  private Instant lookAgain = Instant.MAX;

  /**
   * Observes the view.
   *
   * @param onMade told when the view was made, since others may have waited for it
   */
  Look(
      ResourceID id,
      long generation,
      DesiredView desired,
      Connections.State.Ready connection,
      Probes probes,
      Clock clock,
      Runnable onMade) {
    this.id = id;
    this.generation = generation;
    this.desired = desired;
    this.database = connection.database();
    this.worker = connection.worker();
    this.probes = probes;
    this.clock = clock;
    this.onMade = onMade;
    this.seen = database.observe(desired.name());
    this.nextSlot = RefreshDecision.nextSlot(desired.refresh(), clock.instant());
  }

  Situation situation() {
    converge();
    worker
        .trouble(id, Worker.Kind.Indexes, generation)
        .ifPresent(trouble -> meet(Problem.of(trouble.failure())));
    ModeChoice mode = null;
    if (isOurs()) {
      mode = ModeChoice.of(desired.refresh().mode(), seen.view());
      refresh(mode);
      worker
          .trouble(id, Worker.Kind.Refresh, generation)
          .ifPresent(trouble -> refreshProblem = Problem.of(trouble.failure()));
    }
    return new Situation(
        desired, seen, mode, problem, refreshProblem, building, nextSlot, lookAgain);
  }

  /** Makes the view as its definition says, as far as that is quick, and starts what is not. */
  private void converge() {
    try {
      Plan plan = Planner.plan(desired.definition(), seen.view(), probe());
      if (plan instanceof Plan.Refusal refusal) {
        meet(new Problem(refusal.reason(), refusal.message()));
      } else if (plan instanceof Plan.Steps steps && !steps.isEmpty()) {
        apply(steps);
      }
    } catch (DatabaseException e) {
      if (e.failure().reason().concernsConnection()) {
        throw e;
      }
      meet(Problem.of(e.failure()));
    }
  }

  private Probe probe() {
    if (!Planner.needsProbe(desired.definition(), seen.view())) {
      return Probe.NotNeeded;
    }
    if (!seen.view().populated()) {
      // The fill of a definition that is no longer wanted would hold up the new one until its end.
      worker.abandonOlder(id, generation);
    }
    return probes.ask(
        id, desired.definition(), seen.view(), () -> database.probe(desired.definition()));
  }

  private void apply(Plan.Steps steps) {
    if (desired.refresh().suspended()) {
      holdBack(steps);
    } else if (steps.growsWithData()) {
      building = true;
      Duration pause = pause(Worker.Kind.Indexes);
      if (pause.isZero()) {
        worker.changeIndexes(
            id, generation, database, desired.name(), steps, desired.refresh().timeout());
      } else {
        lookAgainIn(pause);
      }
    } else {
      database.apply(desired.name(), steps);
      if (steps.steps().stream().anyMatch(step -> step instanceof Step.CreateView)) {
        onMade.run();
      }
      seen = database.observe(desired.name());
    }
  }

  /** What is only to be written down shows nowhere. */
  private void holdBack(Plan.Steps steps) {
    if (steps.steps().stream().anyMatch(step -> !(step instanceof Step.WriteRecord))) {
      meet(
          new Problem(
              Reason.Suspended,
              "the view differs from its spec; it is not changed while spec.suspend is true"));
    }
  }

  private boolean isOurs() {
    return seen.view().relation().filter(r -> r.isMaterializedView() && r.ownedByUs()).isPresent()
        && seen.view().isClaimedBy(desired.definition().claim());
  }

  /** Starts a run that is due. */
  private void refresh(ModeChoice mode) {
    if (!mode.legal()) {
      if (!building) {
        meet(
            new Problem(
                Reason.UniqueIndexRequired,
                "refresh.mode Concurrent: " + mode.why() + "; add one to spec.indexes"));
      }
      return;
    }
    RefreshDecision decision = decide();
    if (decision instanceof RefreshDecision.Start start) {
      start(start, mode);
    } else if (decision instanceof RefreshDecision.AwaitSources await) {
      awaitSources(await);
    } else if (decision instanceof RefreshDecision.Wait wait) {
      wait.until().ifPresent(this::lookAgainAt);
    }
  }

  private void start(RefreshDecision.Start start, ModeChoice mode) {
    if (start.id().trigger() == Trigger.Schedule) {
      // It is still the next one until its run has ended, so that a run is one change of status.
      nextSlot = Optional.of(start.due());
    }
    Duration pause = pause(Worker.Kind.Refresh);
    if (pause.isZero()) {
      worker.refresh(id, generation, !seen.view().populated(), database, order(start, mode));
    } else {
      lookAgainIn(pause);
    }
  }

  /** A view with data goes on serving them. */
  private void awaitSources(RefreshDecision.AwaitSources await) {
    Problem waits =
        new Problem(
            Reason.UpstreamNotPopulated, "waits for data in " + String.join(", ", await.sources()));
    if (seen.view().populated()) {
      refreshProblem = waits;
    } else {
      meet(waits);
    }
  }

  /** What the database has to remember first is written before the decision is made again. */
  private RefreshDecision decide() {
    for (int i = 0; i < MOST_DECISIONS; i++) {
      RefreshDecision decision =
          RefreshDecision.decide(
              desired.refresh(), seen.view(), seen.refresh(), desired.request(), clock.instant());
      if (decision instanceof RefreshDecision.AdoptSchedule adopt) {
        database.adoptSchedule(desired.name(), adopt.identity());
      } else if (decision instanceof RefreshDecision.Settle settle) {
        database.settle(desired.name(), settle);
      } else {
        return decision;
      }
      seen = database.observe(desired.name());
    }
    throw new NotNowException("the view's record changes under the operator's hands");
  }

  /** After a failure that the database does not know of. */
  private Duration pause(Worker.Kind kind) {
    return worker.trouble(id, kind, generation).map(Worker.Trouble::pause).orElse(Duration.ZERO);
  }

  private RefreshOrder order(RefreshDecision.Start start, ModeChoice mode) {
    return new RefreshOrder(
        desired.name(),
        start.id(),
        start.due(),
        mode,
        seen.view()
            .relation()
            .map(ObservedView.Relation::rows)
            .filter(rows -> rows >= 0)
            .orElse(null),
        desired.definition().searchPath(),
        desired.definition().timeZone(),
        desired.refresh().timeout(),
        desired.refresh().lockTimeout());
  }

  private void lookAgainIn(Duration pause) {
    lookAgainAt(clock.instant().plus(pause));
  }

  private void lookAgainAt(Instant moment) {
    lookAgain = moment.isBefore(lookAgain) ? moment : lookAgain;
  }

  private void meet(Problem met) {
    problem = Objects.requireNonNullElse(problem, met);
  }
}
