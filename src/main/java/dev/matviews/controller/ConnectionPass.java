package dev.matviews.controller;

import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.Failure;
import dev.matviews.refresh.Backoff;
import dev.matviews.refresh.FairQueue;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one connection: reads its Secret, logs in, makes sure that server and role are fit
 * for use.
 *
 * <p>A login can take as long as its timeout, so it has threads of its own: servers that do not
 * answer must not hold up the passes of all others, nor the logins of other namespaces. One attempt
 * a pass, and the attempts of a failing connection grow apart, so that a wrong password locks
 * nobody's account. A Secret that says something else is tried at once.
 */
@ApplicationScoped
public class ConnectionPass {

  private static final Logger LOG = Logger.getLogger(ConnectionPass.class);
  private static final int LOGINS_AT_ONCE = 16;
  private static final int LOGINS_OF_A_NAMESPACE = 4;
  private static final int FORBIDDEN = 403;
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);

  private final ConnectionSecrets secrets;
  private final Connections connections;
  private final Views views;
  private final WorkQueue queue;
  private final RunJournal journal;
  private final OperatorConfig config;
  private final Clock clock;
  private final FairThreads<Login> logins =
      new FairThreads<>(
          "login", LOGINS_AT_ONCE, LOGINS_OF_A_NAMESPACE, login -> login.body().run());
  private final Map<ResourceID, Examination> examinations = new ConcurrentHashMap<>();
  private volatile Function<ResourceID, Optional<PostgresConnection>> objects =
      id -> Optional.empty();

  /** What is known, and when to look again. */
  record Finding(Connections.State state, Duration lookAgain) {}

  /**
   * The last or the current look at a connection.
   *
   * @param ended false while it goes on
   * @param known whether one of this very generation has ended
   * @param tried with what the last login was tried, null before the first
   * @param triedNanos when that was
   */
  private record Examination(
      String uid,
      long generation,
      boolean ended,
      boolean known,
      @Nullable DesiredConnection tried,
      long triedNanos) {

    static Examination begun(PostgresConnection object, @Nullable Examination last) {
      return new Examination(
          object.getMetadata().getUid(),
          object.getMetadata().getGeneration(),
          false,
          last != null && last.known() && last.isOf(object),
          last == null ? null : last.tried(),
          last == null ? 0 : last.triedNanos());
    }

    boolean isOf(PostgresConnection object) {
      return uid.equals(object.getMetadata().getUid())
          && generation == object.getMetadata().getGeneration();
    }

    Duration sinceTry() {
      return Duration.ofNanos(System.nanoTime() - triedNanos);
    }

    Examination endedWith(@Nullable DesiredConnection desired) {
      return new Examination(uid, generation, true, true, desired, System.nanoTime());
    }

    Examination endedWithoutTry() {
      return new Examination(uid, generation, true, true, tried, triedNanos);
    }
  }

  /** An examination that waits for its turn. */
  private record Login(String namespace, Instant due, Runnable body) implements FairQueue.Work {

    /** Which databases they lead to is not known yet, so those of a namespace count as one. */
    @Override
    public String database() {
      return namespace;
    }
  }

  /** What came of an examination. */
  private record Outcome(Connections.State state, Examination ended) {}

  ConnectionPass(
      ConnectionSecrets secrets,
      Connections connections,
      Views views,
      WorkQueue queue,
      RunJournal journal,
      OperatorConfig config,
      Clock clock) {
    this.secrets = secrets;
    this.connections = connections;
    this.views = views;
    this.queue = queue;
    this.journal = journal;
    this.config = config;
    this.clock = clock;
  }

  /**
   * Before the first pass.
   *
   * @param found what is there at this moment
   */
  void attach(Function<ResourceID, Optional<PostgresConnection>> found) {
    objects = found;
  }

  /**
   * Before the framework stops, which then cannot say any more what is there: a login that goes on
   * is forgotten when it ends.
   */
  void detach() {
    objects = id -> Optional.empty();
  }

  /** Empty until it was examined as it is declared now; the end of that wakes the object. */
  Optional<Finding> over(PostgresConnection object) {
    ResourceID id = ResourceID.fromResource(object);
    Connections.State state = connections.get(id).orElse(null);
    boolean suspected = connections.clearSuspicion(id) && state instanceof Connections.State.Ready;
    Examination last = examinations.get(id);
    if (last == null || (last.ended() && state != null)) {
      boolean mayTry = last == null || suspected || mayTry(object, last, state);
      if (mayTry || secrets.isDue(id)) {
        Examination begun = Examination.begun(object, last);
        examinations.put(id, begun);
        logins.add(
            new Login(
                object.getMetadata().getNamespace(),
                clock.instant(),
                About.connection(id).on(() -> examine(id, object, begun, mayTry))));
      }
    }
    return Optional.ofNullable(state)
        .filter(found -> isKnown(id, object))
        .map(found -> new Finding(found, lookAgain(id, found)));
  }

  private boolean isKnown(ResourceID id, PostgresConnection object) {
    Examination now = examinations.get(id);
    return now != null && now.known() && now.isOf(object);
  }

  void forget(ResourceID id) {
    examinations.remove(id);
    secrets.forget(id);
    connections.remove(id);
    if (!views.needDatabaseToEnd(id)) {
      connections.letGo(id);
    }
  }

  private boolean mayTry(
      PostgresConnection object, Examination last, Connections.@Nullable State state) {
    return state == null
        || !last.isOf(object)
        || last.sinceTry().compareTo(pauseBetweenTries(state)) >= 0;
  }

  /** The same password is refused again, and servers count how often. */
  private Duration pauseBetweenTries(Connections.State state) {
    if (state instanceof Connections.State.Broken broken) {
      Duration longest = config.connectionRetryInterval();
      return broken.problem().reason() == Reason.AuthenticationFailed
          ? longest
          : shorter(Backoff.pause(Reason.DatabaseUnavailable, broken.tries()), longest);
    }
    return config.resyncInterval();
  }

  private Duration lookAgain(ResourceID id, Connections.State state) {
    Duration pause = shorter(pauseBetweenTries(state), secrets.dueIn(id));
    return pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void examine(
      ResourceID id, PostgresConnection object, Examination begun, boolean mayTry) {
    if (!begun.equals(examinations.get(id))) {
      // It has gone while it waited for its turn, which others need.
      return;
    }
    Connections.State old = connections.get(id).orElse(null);
    Outcome outcome = outcome(id, object, old, begun, mayTry);
    Connections.State state = outcome.state();
    // The object may have gone meanwhile, and with it everything that is known of it.
    if (examinations.replace(id, begun, outcome.ended())) {
      connections.put(id, state);
      if (!isThere(object)) {
        forget(id);
      }
      connections.wake(id);
      if (changed(old, state)) {
        views.wakeAll(id);
      }
    } else {
      secrets.forget(id);
      if (state instanceof Connections.State.Ready opened) {
        opened.worker().close();
        opened.database().close();
      }
    }
  }

  /** One that goes is forgotten once, perhaps before the last look at it has begun or ended. */
  private boolean isThere(PostgresConnection object) {
    return objects
        .apply(ResourceID.fromResource(object))
        .filter(now -> now.getMetadata().getUid().equals(object.getMetadata().getUid()))
        .filter(now -> !now.isMarkedForDeletion())
        .isPresent();
  }

  /** What was tried a moment ago is tried again only where a Secret says something else now. */
  private Outcome outcome(
      ResourceID id,
      PostgresConnection object,
      Connections.@Nullable State old,
      Examination begun,
      boolean mayTry) {
    DesiredConnection desired = null;
    try {
      desired = secrets.read(object);
      return old != null && !mayTry && desired.equals(begun.tried())
          ? new Outcome(old, begun.endedWithoutTry())
          : new Outcome(ready(id, object, old, desired), begun.endedWith(desired));
    } catch (RefusedException e) {
      return new Outcome(broken(old, e.problem()), begun.endedWith(null));
    } catch (DatabaseException e) {
      return new Outcome(broken(old, Problem.of(e.failure())), begun.endedWith(desired));
    } catch (KubernetesClientException e) {
      // Nothing is known against the login that works.
      return old instanceof Connections.State.Ready && begun.known() && e.getCode() != FORBIDDEN
          ? new Outcome(old, begun.endedWith(begun.tried()))
          : new Outcome(broken(old, unreadable(e)), begun.endedWith(null));
    } catch (RuntimeException e) {
      About.connection(id).defect(LOG, e);
      Problem defect = new Problem(Reason.InternalError, "a defect; see the operator's log");
      return new Outcome(broken(old, defect), begun.endedWith(null));
    }
  }

  private Connections.State.Ready ready(
      ResourceID id,
      PostgresConnection object,
      Connections.@Nullable State old,
      DesiredConnection desired) {
    Connections.State.Ready last = old == null ? null : old.lastReady();
    if (last != null && sameDatabase(last, desired)) {
      Database database = last.database();
      Optional<Set<QualifiedName>> changed = database.examineAgain(views.namesOn(id));
      if (changed.isPresent()) {
        views.wake(id, changed.get());
        last.worker().setLimit(desired.maxConcurrentRefreshes());
        return new Connections.State.Ready(
            desired, database, last.worker(), isMoved(object, database));
      }
    }
    Database database =
        Database.open(desired.address(), desired.terms(), views.claimants(config.ownerId()), clock);
    return new Connections.State.Ready(
        desired, database, worker(id, desired, database, last), isMoved(object, database));
  }

  private static boolean isMoved(PostgresConnection object, Database database) {
    return PostgresStatus.isMoved(
        object.getStatus(), object.getMetadata().getGeneration(), database.server().identity());
  }

  private static Problem unreadable(KubernetesClientException e) {
    return e.getCode() == FORBIDDEN
        ? new Problem(
            Reason.PermissionDenied,
            "the operator may not read Secrets in this namespace; grant its role \"get\" on them")
        : new Problem(
            Reason.InternalError,
            "the Secret could not be read, the API server %s; tried again"
                .formatted(ApiFailures.words(e)));
  }

  private static boolean sameDatabase(Connections.State.Ready ready, DesiredConnection desired) {
    return ready.desired().address().equals(desired.address())
        && ready.desired().terms().equals(desired.terms());
  }

  /** Whoever wants a run to end has to find it, also when it has begun with another password. */
  private Worker worker(
      ResourceID id,
      DesiredConnection desired,
      Database database,
      Connections.State.@Nullable Ready last) {
    String identity = database.server().identity();
    if (last != null && last.worker().database().equals(identity)) {
      last.worker().setLimit(desired.maxConcurrentRefreshes());
      return last.worker();
    }
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
    journal.ended(job, failure);
    if (failure != null && failure.reason().concernsConnection()) {
      connections.suspect(connection);
    }
    if (failure == null && job.stirs()) {
      views.stir(connection);
    }
    boolean replaced = failure == null && job.replaces();
    if (replaced) {
      views.wakeLooking(connection);
    }
    if (replaced || job.kind() == Worker.Kind.Refresh) {
      views.wakeOnTop(connection, job.view(), job.hasSucceeded());
    }
    if (failure == null) {
      queue.tell(database, () -> views.wake(job.view()));
    } else {
      views.wake(job.view());
    }
  }

  private static Connections.State broken(Connections.@Nullable State old, Problem problem) {
    int tries = old instanceof Connections.State.Broken before ? before.tries() + 1 : 1;
    return new Connections.State.Broken(problem, tries, old == null ? null : old.lastReady());
  }

  private static boolean changed(Connections.@Nullable State old, Connections.State state) {
    if (old instanceof Connections.State.Ready before
        && state instanceof Connections.State.Ready now) {
      return before.database() != now.database() || !before.desired().equals(now.desired());
    }
    if (old instanceof Connections.State.Broken before
        && state instanceof Connections.State.Broken now) {
      return !before.problem().equals(now.problem());
    }
    return true;
  }
}
