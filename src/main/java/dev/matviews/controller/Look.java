package dev.matviews.controller;

import dev.matviews.plan.Claim;
import dev.matviews.plan.PlannedChange;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Database;
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
import java.util.function.Predicate;
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
  private final Warnings warnings;
  private final Clock clock;

  private final Convergence convergence;

  private Observation seen;
  private @Nullable Problem problem;
  private @Nullable Problem refreshProblem;
  private Optional<Instant> nextSlot;
  private Instant lookAgain = Instant.MAX;

  /**
   * Observes the view.
   *
   * @param isGone whether the object that a view belongs to is gone for good
   * @param onMade told when the view was made, since others may have waited for it
   */
  Look(
      ResourceID id,
      long generation,
      DesiredView desired,
      Connections.State.Ready connection,
      Probes probes,
      Clock clock,
      Predicate<Claim> isGone,
      Runnable onMade) {
    this.id = id;
    this.generation = generation;
    this.desired = desired;
    this.database = connection.database();
    this.worker = connection.worker();
    this.warnings = new Warnings(connection.desired().rebuildSizeWarning());
    this.clock = clock;
    this.seen = database.observe(desired.name());
    this.convergence =
        new Convergence(id, generation, desired, connection, seen, probes, clock, isGone, onMade);
    this.nextSlot = RefreshDecision.nextSlot(desired.refresh(), clock.instant());
  }

  Situation situation() {
    converge();
    ModeChoice mode = null;
    if (isOurs()) {
      mode = ModeChoice.of(desired.refresh().mode(), seen.view());
      refresh(mode);
      worker
          .trouble(id, Worker.Kind.Refresh, generation)
          .ifPresent(trouble -> refreshProblem = Problem.of(trouble.failure()));
    }
    return new Situation(
        desired,
        seen,
        mode,
        problem,
        refreshProblem,
        convergence.building(),
        convergence.drift(),
        convergence.planned().flatMap(this::shown),
        warnings.of(desired, seen.view(), mode),
        nextSlot,
        lookAgain);
  }

  private void converge() {
    convergence.run();
    seen = convergence.seen();
    problem = convergence.problem();
    lookAgain = convergence.lookAgain();
  }

  private Optional<dev.matviews.api.v1alpha1.PlannedChange> shown(PlannedChange change) {
    return seen.view().relation().map(view -> ShownChange.of(change, view));
  }

  private boolean isOurs() {
    return seen.view()
            .relation()
            .filter(r -> r.isMaterializedView() && (r.actsAsOwner() || r.maintainable()))
            .isPresent()
        && seen.view().isClaimedBy(desired.claim());
  }

  /** Starts a run that is due. */
  private void refresh(ModeChoice mode) {
    if (!mode.legal()) {
      if (convergence.building().isEmpty()) {
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
    Duration pause =
        worker
            .trouble(id, Worker.Kind.Refresh, generation)
            .map(Worker.Trouble::pause)
            .orElse(Duration.ZERO);
    if (pause.isZero()) {
      worker.refresh(id, generation, !seen.view().populated(), database, order(start, mode));
    } else {
      lookAgainAt(clock.instant().plus(pause));
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

  private RefreshOrder order(RefreshDecision.Start start, ModeChoice mode) {
    return new RefreshOrder(
        desired.name(),
        start.id(),
        start.due(),
        mode,
        seen.rowEstimate(),
        desired.searchPath(),
        desired.timeZone(),
        desired.refresh().timeout(),
        desired.refresh().lockTimeout());
  }

  private void lookAgainAt(Instant moment) {
    lookAgain = moment.isBefore(lookAgain) ? moment : lookAgain;
  }

  private void meet(Problem met) {
    problem = Objects.requireNonNullElse(problem, met);
  }
}
