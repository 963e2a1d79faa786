package dev.matviews.controller;

import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.NotNowException;
import io.fabric8.kubernetes.client.KubernetesClient;
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
  private final OperatorConfig config;
  private final Clock clock;
  private final Probes probes = new Probes();

  ViewPass(
      KubernetesClient client,
      Connections connections,
      Views views,
      OperatorConfig config,
      Clock clock) {
    this.client = client;
    this.connections = connections;
    this.views = views;
    this.config = config;
    this.clock = clock;
  }

  /** Empty while nothing can be said, neither good nor bad: what its status says still stands. */
  Optional<Situation> over(MaterializedView object) {
    ResourceID id = ResourceID.fromResource(object);
    ResourceID connection = Views.connectionOf(object);
    try {
      if (connections.get(connection).isEmpty() && isExpected(connection)) {
        return Optional.empty();
      }
      Situation situation = look(object, connection);
      Instant latest = nextLook(situation.problem(), object);
      return Optional.of(situation.noLaterThan(latest));
    } catch (RefusedException e) {
      return Optional.of(Situation.unseen(e.problem(), nextLook(e.problem(), object)));
    } catch (NotNowException e) {
      return Optional.empty();
    } catch (DatabaseException e) {
      Problem problem = unusable(connection, Problem.of(e.failure()));
      return Optional.of(Situation.unseen(problem, nextLook(problem, object)));
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s: the pass ended in a defect of the operator", id);
      Problem problem = new Problem(Reason.InternalError, "a defect; see the operator's log");
      return Optional.of(Situation.unseen(problem, nextLook(problem, object)));
    }
  }

  /**
   * The object is gone or going: what runs for it is cut off, and the view stays as it is. Called
   * on the thread that brings all events, so nothing here may wait.
   */
  void forget(MaterializedView object) {
    ResourceID id = ResourceID.fromResource(object);
    ResourceID connection = Views.connectionOf(object);
    views.waiting().forget(connection, id);
    probes.forget(id);
    connections
        .get(connection)
        .map(Connections.State::lastReady)
        .ifPresent(ready -> ready.worker().abandon(id));
    connections.wake(connection);
    views.wakeContenders(object);
  }

  private Situation look(MaterializedView object, ResourceID connection) {
    DesiredView desired = DesiredView.of(object, config.ownerId());
    Look look =
        new Look(
            ResourceID.fromResource(object),
            object.getMetadata().getGeneration(),
            desired,
            ready(connection),
            probes,
            clock,
            this::isGone,
            () -> views.stir(connection));
    return look.situation();
  }

  /** Of another operator's objects nothing is known. */
  private boolean isGone(Claim claim) {
    return claim.ownerId().equals(config.ownerId())
        && !views.exists(new ResourceID(claim.name(), claim.namespace()));
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
    return problem.reason().retry() == Reason.Retry.Backoff
        ? problem
        : notReady(connection, problem);
  }

  private static Problem notReady(ResourceID connection, Problem problem) {
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
    if (connections.isExpected(connection)) {
      return true;
    }
    PostgresConnection object =
        client
            .resources(PostgresConnection.class)
            .inNamespace(connection.getNamespace().orElse(""))
            .withName(connection.getName())
            .get();
    if (object == null || object.isMarkedForDeletion()) {
      return false;
    }
    connections.expect(connection);
    return true;
  }

  /** Whoever has waited for long is looked at as rarely as everybody else. */
  private Instant nextLook(@Nullable Problem problem, MaterializedView view) {
    if (problem == null) {
      return clock.instant().plus(config.resyncInterval().multipliedBy(QUIET_PASSES));
    }
    Duration pause =
        isStalled(view)
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

  private static boolean isStalled(MaterializedView view) {
    return view.getStatus() != null
        && Conditions.find(view.getStatus().conditions(), ConditionType.STALLED).isPresent();
  }
}
