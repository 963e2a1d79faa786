package dev.matviews.controller;

import dev.matviews.plan.Claim;
import dev.matviews.plan.Desired;
import dev.matviews.plan.Drift;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.ViewRecord;
import dev.matviews.plan.Plan;
import dev.matviews.plan.PlannedChange;
import dev.matviews.plan.Planner;
import dev.matviews.plan.Probe;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Registration;
import dev.matviews.plan.Step;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.Observation;
import dev.matviews.postgres.RebuildOrder;
import dev.matviews.refresh.RunId;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The half of a look that makes the view as its spec says: plan → apply. What takes long is only
 * started.
 */
final class Convergence {

  private final ResourceID id;
  private final long generation;
  private final DesiredView desired;
  private final Database database;
  private final Worker worker;
  private final Probes probes;
  private final Clock clock;
  private final Predicate<Claim> isGone;
  private final Runnable onMade;

  private Observation seen;
  private @Nullable Problem problem;
  private Optional<String> building = Optional.empty();
  private boolean staysAsItIs;
  private List<Drift> drift = List.of();
  private Optional<PlannedChange> planned = Optional.empty();
  private Instant lookAgain = Instant.MAX;

  /**
   * Does nothing yet.
   *
   * @param isGone whether the object that a view belongs to is gone for good
   * @param onMade told when the view was made, since others may have waited for it
   */
  Convergence(
      ResourceID id,
      long generation,
      DesiredView desired,
      Connections.State.Ready connection,
      Observation seen,
      Probes probes,
      Clock clock,
      Predicate<Claim> isGone,
      Runnable onMade) {
    this.id = id;
    this.generation = generation;
    this.desired = desired;
    this.database = connection.database();
    this.worker = connection.worker();
    this.seen = seen;
    this.probes = probes;
    this.clock = clock;
    this.isGone = isGone;
    this.onMade = onMade;
  }

  /** The view as it is after what was quick. */
  Observation seen() {
    return seen;
  }

  /** What keeps the view from being as its spec wants, the first that was met. */
  @Nullable Problem problem() {
    return problem;
  }

  /** Whether another session works on the view, so that it could not be compared or changed. */
  boolean isHeldUp() {
    return problem != null && problem.reason() == Reason.RefreshInProgress;
  }

  /** What is being built, empty for nothing. */
  Optional<String> building() {
    return building;
  }

  /** Whether it is known that the view will not be built anew. */
  boolean staysAsItIs() {
    return staysAsItIs;
  }

  private static boolean rebuilds(Plan plan) {
    return plan instanceof Plan.Steps steps
        && steps.steps().stream().anyMatch(step -> step instanceof Step.Rebuild);
  }

  List<Drift> drift() {
    return drift;
  }

  Optional<PlannedChange> planned() {
    return planned;
  }

  /** When, at the latest, to go on. */
  Instant lookAgain() {
    return lookAgain;
  }

  /** Makes the view as its spec says, as far as that is quick, and starts what is not. */
  void run() {
    worker.abandonRebuildBut(id, wantedRebuild());
    try {
      Plan plan = plan();
      staysAsItIs = desired.refresh().suspended() || !rebuilds(plan);
      if (plan instanceof Plan.Refusal refusal) {
        meet(new Problem(refusal.reason(), refusal.message()));
      } else if (plan instanceof Plan.Steps steps) {
        drift = steps.drift();
        planned = steps.planned();
        planned.filter(PlannedChange::required).ifPresent(this::awaitApproval);
        apply(steps);
      }
    } catch (DatabaseException e) {
      if (e.failure().reason().concernsConnection()) {
        throw e;
      }
      meet(Problem.of(e.failure()));
    }
  }

  /** One that builds anything else must not go live, nor hold the fence before the look. */
  private @Nullable RunId wantedRebuild() {
    return desired.refresh().suspended()
        ? null
        : desired.managed().map(this::rebuildId).orElse(null);
  }

  private RunId rebuildId(Desired wanted) {
    return RunId.definition(wanted.hash(), seen.origin());
  }

  private Plan plan() {
    boolean vacant = seen.view().record().map(ViewRecord::claim).filter(isGone).isPresent();
    ObservedView view = vacant ? seen.view().vacated() : seen.view();
    return desired
        .managed()
        .map(wanted -> Planner.plan(wanted, view, probe(wanted, view)))
        .orElseGet(() -> Registration.plan(desired.name(), desired.claim(), view));
  }

  private Probe probe(Desired wanted, ObservedView view) {
    if (!Planner.needsProbe(wanted, view)) {
      return new Probe.NotNeeded();
    }
    if (!view.populated()) {
      // The fill of a definition that is no longer wanted would hold up the new one until its end.
      worker.abandonOlder(id, generation);
    }
    return probes.ask(
        id,
        wanted.definition(),
        view.relation().orElseThrow(),
        () -> database.probe(wanted.definition()));
  }

  private void awaitApproval(PlannedChange change) {
    meet(
        new Problem(
            Reason.ChangePendingApproval,
            "the new definition waits for approval, see status.plannedChange; to let it go live:"
                + " kubectl -n %s annotate --overwrite matview %s %s=%s"
                    .formatted(
                        id.getNamespace().orElse(""),
                        id.getName(),
                        DesiredView.APPROVED_CHANGE,
                        change.hash())));
  }

  private void apply(Plan.Steps plan) {
    if (desired.refresh().suspended()) {
      writeDown(plan.steps());
      return;
    }
    List<Step> steps =
        plan.steps().stream().filter(step -> !(step instanceof Step.Rebuild)).toList();
    if (!steps.isEmpty()) {
      apply(steps);
    }
    plan.steps().stream()
        .filter(step -> step instanceof Step.Rebuild)
        .map(step -> (Step.Rebuild) step)
        .forEach(this::rebuild);
  }

  /** Of a view that is not to be changed; whose it is, in any case: a request has to be run. */
  private void writeDown(List<Step> all) {
    boolean asWanted = all.stream().allMatch(Step::onlyTidies);
    if (!asWanted) {
      holdBack();
    }
    List<Step> steps =
        all.stream().filter(step -> asWanted ? step.onlyRecords() : step.onlyClaims()).toList();
    if (!steps.isEmpty() && seen.view().relation().isPresent()) {
      apply(steps);
    }
  }

  private void apply(List<Step> steps) {
    if (steps.stream().anyMatch(Step::growsWithData)) {
      if (!steps.stream().allMatch(Step::onlyTidies)) {
        building = Optional.of("indexes are being changed");
        meetTrouble(Worker.Kind.Indexes);
      }
      if (mayStart(Worker.Kind.Indexes)) {
        worker.changeIndexes(
            id,
            generation,
            database,
            desired.name(),
            steps,
            desired.refresh().timeout(),
            clock.instant());
      }
    } else {
      database.apply(desired.name(), steps);
      if (steps.stream().anyMatch(step -> step instanceof Step.CreateView)) {
        onMade.run();
      }
      seen = database.observe(desired.name());
    }
  }

  /** Starts a run that builds the view anew. What a failed one said stands until one succeeds. */
  private void rebuild(Step.Rebuild step) {
    building = Optional.of("the new definition is being built; the old data are served meanwhile");
    RunId run = desired.managed().map(this::rebuildId).orElseThrow();
    seen.refresh().failed(run).map(Problem::of).ifPresent(this::meet);
    Optional<Instant> pausedUntil = seen.refresh().pausedUntil(run, clock.instant());
    if (pausedUntil.isPresent()) {
      lookAgainAt(pausedUntil.get());
      return;
    }
    meetTrouble(Worker.Kind.Rebuild);
    if (mayStart(Worker.Kind.Rebuild)) {
      worker.rebuild(id, generation, database, order(step, run));
    }
  }

  /** A failure that the database does not know of. */
  private void meetTrouble(Worker.Kind kind) {
    worker
        .trouble(id, kind, generation)
        .map(Worker.Trouble::failure)
        .map(Problem::of)
        .ifPresent(this::meet);
  }

  /** Not while the last one has failed only a moment ago. */
  private boolean mayStart(Worker.Kind kind) {
    Duration pause = worker.pause(id, kind, generation);
    if (!pause.isZero()) {
      lookAgainAt(clock.instant().plus(pause));
    }
    return pause.isZero();
  }

  private RebuildOrder order(Step.Rebuild step, RunId run) {
    return new RebuildOrder(
        step.definition(),
        run,
        clock.instant(),
        step.fill(),
        step.tablespace(),
        seen.rowEstimate(),
        desired.refresh().timeout(),
        desired.refresh().lockTimeout(),
        desired.refresh().options());
  }

  private void holdBack() {
    meet(
        new Problem(
            Reason.Suspended,
            "the view differs from its spec; it is not changed while spec.suspend is true"));
  }

  private void lookAgainAt(Instant moment) {
    lookAgain = moment.isBefore(lookAgain) ? moment : lookAgain;
  }

  private void meet(Problem met) {
    problem = Objects.requireNonNullElse(problem, met);
  }
}
