package dev.matviews.controller;

import dev.matviews.plan.Claim;
import dev.matviews.plan.Desired;
import dev.matviews.plan.PlannedChange;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.NotNowException;
import dev.matviews.postgres.Observation;
import dev.matviews.postgres.Progress;
import dev.matviews.postgres.RefreshOrder;
import dev.matviews.refresh.Demand;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.PassedOver;
import dev.matviews.refresh.RefreshDecision;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.Trigger;
import dev.matviews.refresh.Upstreams;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A look at one view: observe → plan → apply → refresh decision. Short whatever the size of the
 * data; what is not goes to the connection's {@link Worker}.
 */
final class Look {

  /** Each round writes one thing down that the next one then knows. */
  private static final int MOST_DECISIONS = 8;

  private final ResourceID id;
  private final long generation;
  private final DesiredView desired;
  private final Allowed allowed;
  private final Database database;
  private final Worker worker;
  private final Warnings warnings;
  private final AskedRuns asked;
  private final Foundations foundations;
  private final Clock clock;
  private final Consumer<RefreshDecision.Settle> onSettled;

  private final Convergence convergence;

  private Observation seen;
  private Upstreams upstreams = Upstreams.NONE;
  private @Nullable Problem problem;
  private @Nullable Problem refreshProblem;
  private Optional<Instant> nextSlot;
  private Optional<Agenda.Entry> nextRun = Optional.empty();
  private Instant lookAgain = Instant.MAX;

  /**
   * Observes the view.
   *
   * @param asked the runs that are asked for by objects of their own
   * @param foundations what the view stands on
   * @param isGone whether the object that a view belongs to is gone for good
   * @param onMade told when the view was made, since others may have waited for it
   * @param onSettled told of what will not run
   */
  Look(
      ResourceID id,
      long generation,
      DesiredView desired,
      Connections.State.Ready connection,
      AskedRuns asked,
      Foundations foundations,
      Probes probes,
      Clock clock,
      Predicate<Claim> isGone,
      Runnable onMade,
      Consumer<RefreshDecision.Settle> onSettled) {
    this.id = id;
    this.asked = asked;
    this.foundations = foundations;
    this.generation = generation;
    this.desired = desired;
    this.allowed = connection.desired().allowed();
    this.database = connection.database();
    this.worker = connection.worker();
    this.warnings = new Warnings(connection.desired().rebuildSizeWarning());
    this.clock = clock;
    this.onSettled = onSettled;
    this.seen = database.observe(desired.name());
    this.convergence =
        new Convergence(id, generation, desired, connection, seen, probes, clock, isGone, onMade);
    this.nextSlot = RefreshDecision.nextSlot(desired.refresh(), clock.instant());
  }

  /**
   * Does what is quick, starts what is not.
   *
   * @throws NotNowException while a run that has succeeded still counts its rows, so that it is one
   *     change of the status
   */
  Situation situation() {
    if (isBeingFinished()) {
      throw new NotNowException("the rows of the last run are being counted");
    }
    allowed.checkStanding(desired, seen.view());
    foundations.check(seen);
    converge();
    upstreams = foundations.under(seen);
    ModeChoice mode = null;
    if (isOurs()) {
      asked.lookUp(database, desired.name());
      mode = ModeChoice.of(desired.refresh().mode(), seen.modeFacts());
      refresh(mode);
      recordNextDue();
      worker
          .trouble(id, Worker.Kind.Refresh, generation)
          .ifPresent(trouble -> refreshProblem = Problem.of(trouble.failure()));
      tellOfUpstreams();
    }
    Optional<Running> running = running();
    return new Situation(
        desired,
        seen,
        mode,
        problem,
        refreshProblem,
        convergence.building(),
        convergence.drift(),
        convergence.planned().flatMap(this::shown),
        warnings.of(desired, seen.view(), mode, convergence.staysAsItIs()),
        nextSlot,
        upstreams,
        running,
        lookAgain);
  }

  /** Its own failure says more. */
  private void tellOfUpstreams() {
    boolean newest = refreshProblem == null && !seen.refresh().isBehind();
    if (newest && seen.view().populated() && !upstreams.failed().isEmpty()) {
      refreshProblem =
          new Problem(
              Reason.UpstreamFailed,
              "the last refresh of %s failed; the data are those of before"
                  .formatted(String.join(", ", upstreams.failed())));
    }
  }

  /** What is to begin at the next slot if nothing happens before. */
  Optional<Agenda.Entry> nextRun() {
    return nextRun;
  }

  /** Not for long: the data are there. */
  private boolean isBeingFinished() {
    Instant patience = clock.instant().minus(Running.LONG);
    return worker
        .running(id)
        .flatMap(run -> seen.refresh().lastRun().filter(last -> last.is(run.id())))
        .filter(last -> last.result() == Run.Result.Succeeded)
        .filter(last -> last.finishedAt().isAfter(patience))
        .isPresent();
  }

  private Optional<Running> running() {
    Optional<Progress> run = worker.running(id);
    Instant now = clock.instant();
    if (run.isEmpty()) {
      return Optional.empty();
    }
    Instant isLong = run.get().startedAt().plus(Running.LONG);
    if (isLong.isAfter(now)) {
      lookAgainAt(isLong);
      return Optional.empty();
    }
    // Nobody tells when somebody else gets in its way.
    lookAgainAt(now.plus(Running.LONG));
    return Optional.of(new Running(run.get(), database.blockers(desired.name(), run.get())));
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

  private void recordNextDue() {
    Instant next = nextSlot.orElse(null);
    if (!Objects.equals(next, seen.refresh().nextDue())) {
      database.recordNextDue(desired.name(), next);
      seen = database.observe(desired.name());
    }
  }

  /** Starts a run that is due. */
  private void refresh(ModeChoice mode) {
    Reason refused = mode.refused();
    if (refused != null) {
      if (convergence.building().isEmpty()) {
        meet(new Problem(refused, "refresh.mode %s: %s".formatted(mode.mode(), mode.why())));
      }
      return;
    }
    RefreshDecision decision = decide();
    if (decision instanceof RefreshDecision.Start start) {
      start(start, mode);
    } else if (decision instanceof RefreshDecision.AwaitSources await) {
      awaitSources(await);
    } else if (decision instanceof RefreshDecision.Wait wait) {
      // What failed to begin is not wanted any more, or was done by somebody else.
      worker.forget(id, Worker.Kind.Refresh);
      await(wait, mode);
    }
  }

  /**
   * What the run of the next slot needs is there now; each pass until then asks again. Whether
   * others have to go first is only known at the slot.
   */
  private void await(RefreshDecision.Wait wait, ModeChoice mode) {
    Instant until = wait.until().orElse(Instant.MAX);
    boolean fit =
        upstreams.all().isEmpty()
            && seen.view().relation().filter(r -> r.unpopulatedSources().isEmpty()).isPresent();
    if (fit && wait.until().equals(nextSlot) && nextSlot.isPresent()) {
      RefreshDecision.Start slot = new RefreshDecision.Start(RunId.schedule(until), until);
      nextRun =
          Optional.of(
              new Agenda.Entry(
                  id, generation, !seen.view().populated(), worker, database, order(slot, mode)));
      lookAgainAt(until.plus(Agenda.LOOKED_AFTER));
    } else {
      lookAgainAt(until);
    }
  }

  private void start(RefreshDecision.Start start, ModeChoice specs) {
    ModeChoice mode =
        demand().mode(start.id()).map(m -> ModeChoice.of(m, seen.modeFacts())).orElse(specs);
    if (start.id().trigger() == Trigger.Schedule) {
      // It is still the next one until its run has ended, so that a run is one change of status.
      nextSlot = Optional.of(start.due());
    }
    Duration pause = worker.pause(id, Worker.Kind.Refresh, generation);
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
    asked.cannotStart(waits);
    if (seen.view().populated()) {
      refreshProblem = waits;
    } else {
      meet(waits);
    }
  }

  /** What the database has to remember first is written before the decision is made again. */
  private RefreshDecision decide() {
    for (int i = 0; i < MOST_DECISIONS; i++) {
      Optional<PassedOver> passed =
          RefreshDecision.passedOver(desired.refresh(), seen.refresh(), clock.instant());
      if (passed.isPresent()) {
        database.passOver(desired.name(), passed.get());
        seen = database.observe(desired.name());
      }
      RefreshDecision decision =
          RefreshDecision.decide(
              desired.refresh(), seen.view(), seen.refresh(), demand(), clock.instant());
      if (decision instanceof RefreshDecision.AdoptSchedule adopt) {
        database.adoptSchedule(desired.name(), adopt.identity());
      } else if (decision instanceof RefreshDecision.Settle settle) {
        database.settle(desired.name(), settle);
        onSettled.accept(settle);
        asked.lookUp(database, desired.name());
      } else if (isRefused(decision)) {
        continue;
      } else {
        return decision;
      }
      seen = database.observe(desired.name());
    }
    throw new NotNowException("the view's record changes under the operator's hands");
  }

  private Demand demand() {
    boolean othersWork =
        worker
            .trouble(id, Worker.Kind.Refresh, generation)
            .filter(t -> t.failure().reason() == Reason.RefreshInProgress && t.tries() > 1)
            .isPresent();
    return new Demand(desired.request(), asked.open(othersWork), upstreams, convergence.isHeldUp());
  }

  /** Of a run whose own mode the view does not allow the one who asks hears, and nobody else. */
  private boolean isRefused(RefreshDecision decision) {
    if (!(decision instanceof RefreshDecision.Start start)) {
      return false;
    }
    Optional<ModeChoice> illegal =
        demand()
            .mode(start.id())
            .map(mode -> ModeChoice.of(mode, seen.modeFacts()))
            .filter(choice -> !choice.legal());
    illegal.ifPresent(choice -> asked.cannotStart(start.id(), notLegal(choice)));
    return illegal.isPresent();
  }

  private Problem notLegal(ModeChoice choice) {
    return convergence.building().isPresent()
        ? new Problem(Reason.RefreshInProgress, "the indexes are being changed")
        : new Problem(
            Objects.requireNonNull(choice.refused()),
            "spec.mode %s: %s".formatted(choice.mode(), choice.why()));
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
        desired.refresh().lockTimeout(),
        desired.refresh().options().thenDue(dueAfter(start)),
        desired.managed().map(Desired::definition).orElse(null));
  }

  /** Written down by the run itself, so that the pass after it finds nothing to write. */
  private @Nullable Instant dueAfter(RefreshDecision.Start start) {
    Instant now = clock.instant();
    Instant from = start.due().isAfter(now) ? start.due() : now;
    return start.id().trigger() == Trigger.Schedule
        ? RefreshDecision.nextSlot(desired.refresh(), from).orElse(null)
        : null;
  }

  private void lookAgainAt(Instant moment) {
    lookAgain = moment.isBefore(lookAgain) ? moment : lookAgain;
  }

  private void meet(Problem met) {
    problem = Objects.requireNonNullElse(problem, met);
  }
}
