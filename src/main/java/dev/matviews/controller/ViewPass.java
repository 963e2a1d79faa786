package dev.matviews.controller;

import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.plan.Claimants;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.NotNowException;
import dev.matviews.refresh.RunId;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one view: finds its connection, has a {@link Look} at it, and turns whatever goes
 * wrong on the way into a problem with a reason.
 */
@ApplicationScoped
public class ViewPass {

  private static final Logger LOG = Logger.getLogger(ViewPass.class);
  private static final Duration WHILE_OTHERS_WORK = Duration.ofSeconds(1);

  /** Its connection's pass looks at all quiet views at once; this is in case that missed one. */
  private static final int QUIET_PASSES = 12;

  private final KubernetesClient client;
  private final Connections connections;
  private final Views views;
  private final Refreshes refreshes;
  private final Agenda agenda;
  private final RunJournal journal;
  private final OperatorConfig config;
  private final Clock clock;
  private final Claimants claimants;
  private final Probes probes = new Probes();

  ViewPass(
      KubernetesClient client,
      Connections connections,
      Views views,
      Refreshes refreshes,
      Agenda agenda,
      RunJournal journal,
      OperatorConfig config,
      Clock clock) {
    this.client = client;
    this.connections = connections;
    this.views = views;
    this.refreshes = refreshes;
    this.agenda = agenda;
    this.journal = journal;
    this.config = config;
    this.clock = clock;
    this.claimants = views.claimants(config.ownerId());
  }

  /** Empty while nothing can be said, neither good nor bad: what its status says still stands. */
  Optional<Situation> over(MaterializedView object) {
    ResourceID id = ResourceID.fromResource(object);
    ResourceID connection = Views.connectionOf(object);
    long generation = object.getMetadata().getGeneration();
    agenda.removeOlder(id, generation);
    Optional<Worker> worker = worker(connection);
    worker.ifPresent(of -> of.withdrawOlder(id, generation));
    AskedRuns asked = refreshes.of(id, worker.flatMap(of -> of.job(id)));
    Optional<Situation> found = found(object, id, connection, asked);
    found.ifPresent(situation -> views.isKnown(id));
    found.flatMap(Situation::noRunCanStart).ifPresent(asked::cannotStart);
    found
        .map(Situation::refreshProblem)
        .filter(problem -> problem.reason() != Reason.UpstreamFailed)
        .ifPresent(asked::areWaiting);
    // One that went meanwhile may have been forgotten before the look began its run.
    refreshes
        .unwanted(id, asked.ids())
        .forEach(
            run -> {
              cancel(id, run);
              refreshes.forget(run);
            });
    return found;
  }

  private Optional<Situation> found(
      MaterializedView object, ResourceID id, ResourceID connection, AskedRuns asked) {
    try {
      if (connections.get(connection).isEmpty() && isExpected(connection)) {
        return Optional.empty();
      }
      Situation situation = look(object, connection, asked);
      Instant latest = nextLook(situation.problem(), object);
      return Optional.of(situation.noLaterThan(latest));
    } catch (RefusedException e) {
      return Optional.of(unseen(e.problem(), object));
    } catch (NotNowException e) {
      return Optional.empty();
    } catch (DatabaseException e) {
      Problem problem = unusable(connection, Problem.of(e.failure()));
      return Optional.of(unseen(problem, object));
    } catch (KubernetesClientException e) {
      // Of the view it says nothing.
      throw e;
    } catch (RuntimeException e) {
      About.view(id).defect(LOG, e);
      Problem problem = new Problem(Reason.InternalError, "a defect; see the operator's log");
      return Optional.of(unseen(problem, object));
    }
  }

  private Situation unseen(Problem problem, MaterializedView object) {
    agenda.remove(ResourceID.fromResource(object));
    return Situation.unseen(problem, nextLook(problem, object));
  }

  /**
   * The object is gone or going: what runs for it is ended, and the view stays as it is. Called on
   * the thread that brings all events, so nothing here may wait.
   */
  void forget(MaterializedView object) {
    ResourceID id = ResourceID.fromResource(object);
    ResourceID connection = Views.connectionOf(object);
    views.waiting().forget(connection, id);
    agenda.remove(id);
    probes.forget(id);
    views.forget(id);
    worker(connection).ifPresent(worker -> worker.discard(id));
    connections.wake(connection);
    views.wakeContenders(object);
  }

  /**
   * Nobody wants this run any more. Called as {@link #forget} is.
   *
   * @param view of whichever of the views that it takes along
   */
  void cancel(ResourceID view, RunId run) {
    views
        .find(view)
        .map(Views::connectionOf)
        .flatMap(this::worker)
        .ifPresent(worker -> worker.cancel(run));
  }

  private Optional<Worker> worker(ResourceID connection) {
    return connections
        .get(connection)
        .map(Connections.State::lastReady)
        .map(Connections.State.Ready::worker);
  }

  private Situation look(MaterializedView object, ResourceID connection, AskedRuns asked) {
    ResourceID id = ResourceID.fromResource(object);
    DesiredView desired = DesiredView.of(object, config.ownerId());
    Connections.State.Ready ready = ready(connection);
    ready.desired().allowed().check(desired, ready.database().server().currentUser());
    Look look =
        new Look(
            id,
            object.getMetadata().getGeneration(),
            desired,
            ready,
            asked,
            new Foundations(object, ready, views, config.ownerId(), clock.instant()),
            probes,
            clock,
            claim -> claimants.areGone(desired.name(), claim),
            () -> views.stir(connection),
            settle -> journal.settled(id, settle));
    Situation situation = look.situation();
    look.nextRun().ifPresentOrElse(agenda::put, () -> agenda.remove(id));
    return situation;
  }

  private Connections.State.Ready ready(ResourceID connection) {
    Connections.State state = connections.get(connection).orElse(null);
    if (state instanceof Connections.State.Ready ready) {
      return ready;
    }
    if (state instanceof Connections.State.Broken broken) {
      throw new RefusedException(notReady(connection, broken.problem()));
    }
    throw new RefusedException(
        Reason.ConnectionNotFound,
        "PostgresConnection %s does not exist in this namespace; apply it, and the view is made"
            .formatted(connection.getName()));
  }

  /** What a view cannot use, its connection has to explain. */
  private Problem unusable(ResourceID connection, Problem problem) {
    if (!problem.reason().concernsConnection()) {
      return problem;
    }
    connections.suspect(connection);
    return notReady(connection, problem);
  }

  /** A database that is away for a while is that to its views too. */
  private static Problem notReady(ResourceID connection, Problem problem) {
    if (problem.reason().retry() == Reason.Retry.Backoff) {
      return problem;
    }
    return new Problem(
        Reason.ConnectionNotReady,
        "PostgresConnection %s is not ready: %s: %s"
            .formatted(connection.getName(), problem.reason(), problem.message()));
  }

  /**
   * Whether the connection exists and will be looked at: after a start, views may come before their
   * connection, and none of them is to be called broken for that.
   */
  boolean isExpected(ResourceID connection) {
    return connections.isExpected(connection, this::exists);
  }

  private boolean exists(ResourceID connection) {
    PostgresConnection object =
        client
            .resources(PostgresConnection.class)
            .inNamespace(connection.getNamespace().orElse(""))
            .withName(connection.getName())
            .get();
    return object != null && !object.isMarkedForDeletion();
  }

  /** Whoever has waited for long is looked at as rarely as everybody else. */
  private Instant nextLook(@Nullable Problem problem, MaterializedView view) {
    if (problem == null) {
      return clock.instant().plus(config.resyncInterval().multipliedBy(QUIET_PASSES));
    }
    Duration pause =
        isOld(problem, view)
            ? config.resyncInterval()
            : switch (problem.reason().retry()) {
              case Backoff ->
                  problem.reason() == Reason.RefreshInProgress
                      ? WHILE_OTHERS_WORK
                      : config.recheckInterval();
              case OnEvent -> config.recheckInterval();
              case None, Slow, Never -> config.resyncInterval();
            };
    return clock.instant().plus(pause);
  }

  private boolean isOld(Problem problem, MaterializedView view) {
    MaterializedViewStatus status = view.getStatus();
    if (status == null) {
      return false;
    }
    boolean waits = problem.reason().retry() == Reason.Retry.OnEvent;
    return Conditions.find(status.conditions(), ConditionType.STALLED).isPresent()
        || (waits && Conditions.isLong(status.conditions(), problem.reason(), clock.instant()));
  }
}
