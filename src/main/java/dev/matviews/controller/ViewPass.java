package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.PostgresConnection;
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
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one view: observe → plan → apply → refresh decision. Short whatever the size of the
 * data; what is not goes to the connection's {@link Worker}.
 */
@ApplicationScoped
public class ViewPass {

  private static final Logger LOG = Logger.getLogger(ViewPass.class);

  private final KubernetesClient client;
  private final Connections connections;
  private final Views views;
  private final OperatorConfig config;
  private final Clock clock;

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
    ResourceID connection = Views.connectionOf(object);
    if (connections.get(connection).isEmpty() && isExpected(connection)) {
      return Optional.empty();
    }
    try {
      return Optional.of(look(object));
    } catch (NotNowException e) {
      return Optional.empty();
    }
  }

  private Situation look(MaterializedView object) {
    Connections.State.Ready connection;
    DesiredView desired;
    try {
      desired = DesiredView.of(object, config.ownerId());
      connection = connection(object);
    } catch (RefusedException e) {
      return Situation.unseen(e.problem(), nextLook(e.problem()));
    }
    try {
      return new Look(object, desired, connection).situation();
    } catch (DatabaseException e) {
      Problem problem = Problem.of(e.failure());
      if (concernsConnection(problem.reason())) {
        connections.suspect(Views.connectionOf(object));
      }
      return Situation.unseen(problem, nextLook(problem));
    } catch (NotNowException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.errorf(
          e, "%s: the pass ended in a defect of the operator", ResourceID.fromResource(object));
      Problem problem = new Problem(Reason.InternalError, "a defect; see the operator's log");
      return Situation.unseen(problem, nextLook(problem));
    }
  }

  /** The object is gone or going: stop what runs for it. The view itself stays as it is. */
  void forget(MaterializedView object) {
    ResourceID id = ResourceID.fromResource(object);
    ResourceID connection = Views.connectionOf(object);
    views.waiting().forget(connection, id);
    connections
        .get(connection)
        .map(Connections.State::lastReady)
        .ifPresent(
            ready -> {
              ready.worker().cancel(id);
              ready.database().forget(DesiredView.nameOf(object));
            });
    connections.viewsChanged(connection);
  }

  /**
   * Whether the connection exists and will be looked at: after a start, views may come before their
   * connection, and none of them is to be called broken for that.
   */
  private boolean isExpected(ResourceID connection) {
    if (connections.isExpected(connection)) {
      return true;
    }
    boolean exists =
        client
                .resources(PostgresConnection.class)
                .inNamespace(connection.getNamespace().orElse(""))
                .withName(connection.getName())
                .get()
            != null;
    if (exists) {
      connections.expect(connection);
    }
    return exists;
  }

  private Connections.State.Ready connection(MaterializedView object) {
    ResourceID id = Views.connectionOf(object);
    Connections.State state = connections.get(id).orElse(null);
    if (state instanceof Connections.State.Ready ready) {
      return ready;
    }
    if (state instanceof Connections.State.Broken broken) {
      throw new RefusedException(
          Reason.ConnectionNotReady,
          "PostgresConnection %s is not ready: %s: %s"
              .formatted(id.getName(), broken.problem().reason(), broken.problem().message()));
    }
    throw new RefusedException(
        Reason.ConnectionNotFound,
        "PostgresConnection %s does not exist in this namespace".formatted(id.getName()));
  }

  private static boolean concernsConnection(Reason reason) {
    return switch (reason) {
      case DatabaseUnavailable,
          AuthenticationFailed,
          TLSFailed,
          ReadOnlyServer,
          BookkeepingUnavailable ->
          true;
      default -> false;
    };
  }

  private Instant nextLook(Problem problem) {
    Duration pause =
        switch (problem.reason().retry()) {
          case Backoff, OnEvent -> config.recheckInterval();
          case None, Slow, Never -> config.resyncInterval();
        };
    return clock.instant().plus(pause);
  }

  /** The pass itself, with what it works on at hand. */
  private final class Look {

    private final ResourceID id;
    private final ResourceID connectionId;
    private final long generation;
    private final DesiredView desired;
    private final Database database;
    private final Worker worker;
    private Observation seen;
    private @Nullable Problem problem;
    private @Nullable String changing;

    Look(MaterializedView object, DesiredView desired, Connections.State.Ready connection) {
      this.id = ResourceID.fromResource(object);
      this.connectionId = Views.connectionOf(object);
      this.generation = object.getMetadata().getGeneration();
      this.desired = desired;
      this.database = connection.database();
      this.worker = connection.worker();
      this.seen = database.observe(desired.name());
    }

    Situation situation() {
      Instant until = clock.instant().plus(config.resyncInterval());
      converge();
      worker
          .trouble(id, Worker.Kind.Indexes, generation)
          .ifPresent(trouble -> meet(Problem.of(trouble.failure())));
      ModeChoice mode = null;
      if (isOurs()) {
        mode = ModeChoice.of(desired.refresh().mode(), seen.view());
        until = earlier(until, refresh(mode));
      }
      if (problem != null) {
        until = earlier(until, nextLook(problem));
      }
      return new Situation(
          desired,
          seen,
          mode,
          problem,
          changing,
          RefreshDecision.nextSlot(desired.refresh(), clock.instant()),
          until);
    }

    /** Makes the view as its definition says, as far as that is quick, and starts what is not. */
    private void converge() {
      try {
        Probe probe =
            Planner.needsProbe(desired.definition(), seen.view())
                ? database.probe(desired.definition())
                : Probe.NotNeeded;
        Plan plan = Planner.plan(desired.definition(), seen.view(), probe);
        if (plan instanceof Plan.Refusal refusal) {
          meet(new Problem(refusal.reason(), refusal.message()));
        } else if (plan instanceof Plan.Steps steps && !steps.isEmpty()) {
          apply(steps);
        }
      } catch (DatabaseException e) {
        if (concernsConnection(e.failure().reason())) {
          throw e;
        }
        meet(Problem.of(e.failure()));
      }
    }

    private void apply(Plan.Steps steps) {
      if (desired.refresh().suspended()) {
        holdBack(steps);
        return;
      }
      if (steps.growsWithData()) {
        changing = "indexes are being changed";
        if (pause(Worker.Kind.Indexes).isZero()) {
          worker.apply(
              id, generation, database, desired.name(), steps, desired.refresh().timeout());
        }
        return;
      }
      database.apply(desired.name(), steps);
      seen = database.observe(desired.name());
      if (steps.steps().stream().anyMatch(s -> s instanceof Step.CreateView)) {
        views.stir(connectionId);
      }
    }

    /** What is only to be written down shows nowhere. */
    private void holdBack(Plan.Steps steps) {
      if (steps.steps().stream().anyMatch(s -> !(s instanceof Step.WriteRecord))) {
        meet(
            new Problem(
                Reason.Suspended,
                "the view differs from its spec; it is not changed while spec.suspend is true"));
      }
    }

    private boolean isOurs() {
      return seen.view().relation().filter(r -> r.isMaterializedView() && r.ownedByUs()).isPresent()
          && seen.view()
              .record()
              .filter(r -> r.claim().equals(desired.definition().claim()))
              .isPresent();
    }

    /** Starts a run that is due, and says when to look again. */
    private Instant refresh(ModeChoice mode) {
      if (!mode.legal()) {
        if (changing == null) {
          meet(
              new Problem(
                  Reason.UniqueIndexRequired,
                  "refresh.mode Concurrent: " + mode.why() + "; add one to spec.indexes"));
        }
        return Instant.MAX;
      }
      RefreshDecision decision = decide();
      if (decision instanceof RefreshDecision.Start start) {
        Duration pause = pause(Worker.Kind.Refresh);
        if (!pause.isZero()) {
          return clock.instant().plus(pause);
        }
        worker.refresh(id, generation, database, order(start, mode));
      } else if (decision instanceof RefreshDecision.AwaitSources await) {
        String sources = String.join(", ", await.sources());
        meet(new Problem(Reason.UpstreamNotPopulated, "waits for data in " + sources));
      } else if (decision instanceof RefreshDecision.Wait wait) {
        return wait.until().orElse(Instant.MAX);
      }
      return Instant.MAX;
    }

    /** What the database has to remember first is written before the decision is made again. */
    private RefreshDecision decide() {
      while (true) {
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

    private void meet(Problem met) {
      problem = Objects.requireNonNullElse(problem, met);
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
