package dev.matviews.controller;

import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.Failure;
import dev.matviews.refresh.Backoff;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one connection: reads its Secret, logs in, makes sure that server and role are fit
 * for use.
 *
 * <p>A login can take as long as its timeout, so it has threads of its own: servers that do not
 * answer must not hold up the passes of all others. One attempt a pass, and the passes of a failing
 * connection grow apart, so that a wrong password locks nobody's account.
 */
@ApplicationScoped
public class ConnectionPass {

  private static final Logger LOG = Logger.getLogger(ConnectionPass.class);
  private static final int LOGINS_AT_ONCE = 16;

  private final KubernetesClient client;
  private final Connections connections;
  private final Views views;
  private final WorkQueue queue;
  private final OperatorConfig config;
  private final Clock clock;
  private final ExecutorService logins =
      Executors.newFixedThreadPool(LOGINS_AT_ONCE, new DaemonThreads("login"));
  private final Map<ResourceID, Examination> examinations = new ConcurrentHashMap<>();

  /** What is known, and when to look again. */
  record Finding(Connections.State state, Duration lookAgain) {}

  /**
   * The last or the current look at a connection.
   *
   * @param endedNanos null while it goes on
   */
  private record Examination(String uid, long generation, @Nullable Long endedNanos) {

    Examination ended() {
      return new Examination(uid, generation, System.nanoTime());
    }
  }

  ConnectionPass(
      KubernetesClient client,
      Connections connections,
      Views views,
      WorkQueue queue,
      OperatorConfig config,
      Clock clock) {
    this.client = client;
    this.connections = connections;
    this.views = views;
    this.queue = queue;
    this.config = config;
    this.clock = clock;
  }

  /** Empty until the first examination has ended, which wakes the object. */
  Optional<Finding> over(PostgresConnection object) {
    ResourceID id = ResourceID.fromResource(object);
    Optional<Connections.State> state = connections.get(id);
    Examination last = examinations.get(id);
    if (isDue(id, object, last, state)) {
      Examination begun =
          new Examination(
              object.getMetadata().getUid(), object.getMetadata().getGeneration(), null);
      examinations.put(id, begun);
      logins.execute(() -> examine(id, object, begun));
    }
    return state.map(known -> new Finding(known, interval(known)));
  }

  void forget(ResourceID id) {
    examinations.remove(id);
    connections.remove(id);
    if (!views.needDatabaseToEnd(id)) {
      connections.letGo(id);
    }
  }

  private boolean isDue(
      ResourceID id,
      PostgresConnection object,
      @Nullable Examination last,
      Optional<Connections.State> state) {
    boolean suspected = connections.clearSuspicion(id);
    if (last == null) {
      return true;
    }
    if (last.endedNanos() == null || state.isEmpty()) {
      return false;
    }
    Duration passed = Duration.ofNanos(System.nanoTime() - last.endedNanos());
    return last.generation() != object.getMetadata().getGeneration()
        || !last.uid().equals(object.getMetadata().getUid())
        || (suspected && state.get() instanceof Connections.State.Ready)
        || passed.compareTo(interval(state.get())) >= 0;
  }

  private Duration interval(Connections.State state) {
    if (state instanceof Connections.State.Broken broken) {
      Duration pause = Backoff.pause(Reason.DatabaseUnavailable, broken.tries());
      Duration longest = config.connectionRetryInterval();
      return pause.compareTo(longest) < 0 ? pause : longest;
    }
    return config.resyncInterval();
  }

  private void examine(ResourceID id, PostgresConnection object, Examination begun) {
    Connections.State old = connections.get(id).orElse(null);
    Connections.State state = found(id, object, old);
    // The object may have gone meanwhile, and with it everything that is known of it.
    if (examinations.replace(id, begun, begun.ended())) {
      connections.put(id, state);
      connections.wake(id);
      if (changed(old, state)) {
        views.wakeAll(id);
      }
    } else if (state instanceof Connections.State.Ready opened && changed(old, opened)) {
      opened.worker().close();
      opened.database().close();
    }
  }

  private Connections.State found(
      ResourceID id, PostgresConnection object, Connections.@Nullable State old) {
    try {
      DesiredConnection desired = DesiredConnection.of(object, name -> secret(object, name));
      Connections.State.Ready ready = lastReady(old);
      if (ready != null && sameDatabase(ready, desired)) {
        Set<QualifiedName> changed = ready.database().examineAgain(views.namesOn(id));
        views.wake(id, changed);
        ready.worker().setLimit(desired.maxConcurrentRefreshes());
        return new Connections.State.Ready(desired, ready.database(), ready.worker());
      }
      Database database = Database.open(desired.address(), desired.bookkeepingSchema(), clock);
      return new Connections.State.Ready(desired, database, worker(id, desired, database));
    } catch (RefusedException e) {
      return broken(old, e.problem());
    } catch (DatabaseException e) {
      return broken(old, Problem.of(e.failure()));
    } catch (KubernetesClientException e) {
      return broken(old, unreadable(e));
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s: the pass ended in a defect of the operator", id);
      return broken(old, new Problem(Reason.InternalError, "a defect; see the operator's log"));
    }
  }

  private static Problem unreadable(KubernetesClientException e) {
    return e.getCode() == 403
        ? new Problem(
            Reason.PermissionDenied,
            "the operator may not read Secrets in this namespace; grant its role \"get\" on them")
        : new Problem(
            Reason.InternalError,
            "the Secret could not be read (HTTP %d); tried again".formatted(e.getCode()));
  }

  private static Connections.State.@Nullable Ready lastReady(Connections.@Nullable State state) {
    return state == null ? null : state.lastReady();
  }

  private static boolean sameDatabase(Connections.State.Ready ready, DesiredConnection desired) {
    return ready.desired().address().equals(desired.address())
        && ready.desired().bookkeepingSchema().equals(desired.bookkeepingSchema());
  }

  private Worker worker(ResourceID id, DesiredConnection desired, Database database) {
    String identity = database.server().identity();
    return new Worker(
        identity,
        queue,
        desired.maxConcurrentRefreshes(),
        views::wake,
        (job, failure) -> ended(id, identity, job, failure));
  }

  /**
   * Whatever has ended, the view looks at it; others may have waited for its first data, or have to
   * move from the view that it replaced.
   */
  private void ended(
      ResourceID connection, String database, Worker.Job job, @Nullable Failure failure) {
    if (failure != null && failure.reason().concernsConnection()) {
      connections.suspect(connection);
    }
    if (failure == null && job.stirs()) {
      views.stir(connection);
    }
    if (failure == null && job.replaces()) {
      views.wakeReaders(connection, job.view());
    }
    if (job.kind() == Worker.Kind.Refresh) {
      views.wakeOnTop(connection, job.view());
    }
    if (failure == null) {
      queue.tell(database, () -> views.wake(job.view()));
    } else {
      views.wake(job.view());
    }
  }

  private static Connections.State broken(Connections.@Nullable State old, Problem problem) {
    int tries = old instanceof Connections.State.Broken before ? before.tries() + 1 : 1;
    return new Connections.State.Broken(problem, tries, lastReady(old));
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
