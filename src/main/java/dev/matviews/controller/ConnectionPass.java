package dev.matviews.controller;

import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.Failure;
import dev.matviews.refresh.Backoff;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one connection: reads its Secret, logs in, makes sure that server and role are fit
 * for use.
 *
 * <p>One login attempt a pass, and the passes of a failing connection grow apart, so that a wrong
 * password locks nobody's account.
 */
@ApplicationScoped
public class ConnectionPass {

  private final KubernetesClient client;
  private final Connections connections;
  private final Views views;
  private final OperatorConfig config;
  private final Clock clock;
  private final Map<ResourceID, Examined> examined = new ConcurrentHashMap<>();

  /** What is known, and when to look again. */
  record Finding(Connections.State state, Duration lookAgain) {}

  private record Examined(Instant at, long generation) {}

  ConnectionPass(
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

  Finding over(PostgresConnection object) {
    ResourceID id = ResourceID.fromResource(object);
    Connections.State old = connections.get(id).orElse(null);
    if (old != null && !isDue(id, object, old)) {
      return new Finding(old, dueIn(id, old));
    }
    Connections.State state = examine(id, object, old);
    examined.put(id, new Examined(clock.instant(), object.getMetadata().getGeneration()));
    connections.put(id, state);
    if (changed(old, state)) {
      views.wakeAll(id);
    }
    return new Finding(state, interval(state));
  }

  void forget(ResourceID id) {
    examined.remove(id);
    connections.remove(id);
  }

  private boolean isDue(ResourceID id, PostgresConnection object, Connections.State old) {
    Examined last = examined.get(id);
    boolean edited = last == null || last.generation() != object.getMetadata().getGeneration();
    boolean suspected = connections.clearSuspicion(id) && old instanceof Connections.State.Ready;
    return edited || suspected || dueIn(id, old).isZero();
  }

  private Duration dueIn(ResourceID id, Connections.State state) {
    Examined last = examined.get(id);
    if (last == null) {
      return Duration.ZERO;
    }
    Duration left = Duration.between(clock.instant(), last.at().plus(interval(state)));
    return left.isNegative() ? Duration.ZERO : left;
  }

  private Duration interval(Connections.State state) {
    if (state instanceof Connections.State.Broken broken) {
      Duration pause = Backoff.pause(Reason.DatabaseUnavailable, broken.tries());
      Duration longest = config.connectionRetryInterval();
      return pause.compareTo(longest) < 0 ? pause : longest;
    }
    return config.resyncInterval();
  }

  private Connections.State examine(
      ResourceID id, PostgresConnection object, Connections.@Nullable State old) {
    try {
      DesiredConnection desired = DesiredConnection.of(object, name -> secret(object, name));
      Connections.State.Ready ready = old == null ? null : old.lastReady();
      if (ready != null && sameDatabase(ready, desired)) {
        ready.database().examineAgain();
        ready.worker().setLimit(desired.maxConcurrentRefreshes());
        return new Connections.State.Ready(desired, ready.database(), ready.worker());
      }
      Database database = Database.open(desired.address(), desired.bookkeepingSchema(), clock);
      return new Connections.State.Ready(desired, database, worker(id, desired));
    } catch (RefusedException e) {
      return broken(old, e.problem());
    } catch (DatabaseException e) {
      return broken(old, Problem.of(e.failure()));
    }
  }

  private static boolean sameDatabase(Connections.State.Ready ready, DesiredConnection desired) {
    return ready.desired().address().equals(desired.address())
        && ready.desired().bookkeepingSchema().equals(desired.bookkeepingSchema());
  }

  private Worker worker(ResourceID id, DesiredConnection desired) {
    String name = id.getNamespace().orElse("") + "/" + id.getName();
    return new Worker(
        name, desired.maxConcurrentRefreshes(), (view, failure) -> ended(id, view, failure));
  }

  /** Whatever has ended, the view looks at it, and others may have waited for its data. */
  private void ended(ResourceID connection, ResourceID view, @Nullable Failure failure) {
    if (failure == null) {
      views.stir(connection);
    } else if (failure.reason() == Reason.DatabaseUnavailable
        || failure.reason() == Reason.AuthenticationFailed) {
      connections.suspect(connection);
    }
    views.wake(view);
  }

  private static Connections.State broken(Connections.@Nullable State old, Problem problem) {
    int tries = old instanceof Connections.State.Broken before ? before.tries() + 1 : 1;
    return new Connections.State.Broken(problem, tries, old == null ? null : old.lastReady());
  }

  private static boolean changed(Connections.@Nullable State old, Connections.State state) {
    if (old instanceof Connections.State.Ready before
        && state instanceof Connections.State.Ready now) {
      return before.database() != now.database();
    }
    if (old instanceof Connections.State.Broken before
        && state instanceof Connections.State.Broken now) {
      return !before.problem().equals(now.problem());
    }
    return true;
  }

  /** By name and in the object's own namespace only: the operator may neither list nor watch. */
  private @Nullable Secret secret(PostgresConnection object, String name) {
    return client.secrets().inNamespace(object.getMetadata().getNamespace()).withName(name).get();
  }
}
