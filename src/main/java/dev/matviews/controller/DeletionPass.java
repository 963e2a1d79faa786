package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.plan.Dependent;
import dev.matviews.plan.QualifiedName;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.Drop;
import dev.matviews.refresh.GoDuration;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One pass over one object that is being deleted: drops its view, lets the object go, or says why
 * not. It asks for nothing that a pass over a living object asks for: suspended, invalid and
 * half-made objects end as any other.
 */
@ApplicationScoped
public class DeletionPass {

  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration DEFAULT_LOCK_TIMEOUT = Duration.ofMillis(100);

  /** Views on top that are being deleted too have so many passes to go first. */
  private static final int PASSES_OF_OTHERS = 5;

  private final KubernetesClient client;
  private final Finalizer finalizer;
  private final Turns turns;
  private final ViewPass living;
  private final Views views;
  private final LastConnection lastConnection;
  private final EventRecorder events;
  private final ViewSeries series;
  private final OperatorConfig config;
  private final Clock clock;

  DeletionPass(
      KubernetesClient client,
      Finalizer finalizer,
      Turns turns,
      ViewPass living,
      Views views,
      LastConnection lastConnection,
      EventRecorder events,
      ViewSeries series,
      OperatorConfig config,
      Clock clock) {
    this.client = client;
    this.finalizer = finalizer;
    this.turns = turns;
    this.living = living;
    this.views = views;
    this.lastConnection = lastConnection;
    this.events = events;
    this.series = series;
    this.config = config;
    this.clock = clock;
  }

  /**
   * Reads the object anew first: a late try of a deletion that has ended must not meet the view of
   * an object that was made under the same name since.
   *
   * @return after which time to come again, empty when there is nothing left to do
   */
  Optional<Duration> over(Deletion deletion) {
    deletion.begin();
    Optional<MaterializedView> standing = finalizer.standing(deletion.object());
    if (standing.isEmpty()) {
      return Optional.empty();
    }
    MaterializedView object = standing.get();
    if (Finalizer.isWanted(object)) {
      Optional<Duration> waits = drop(deletion, object);
      if (waits.isPresent()) {
        return waits;
      }
    }
    finalizer.remove(object);
    return Optional.empty();
  }

  /** Lets the object go if that is still what it says. */
  void release(MaterializedView object) {
    finalizer.standing(object).filter(now -> !Finalizer.isWanted(now)).ifPresent(finalizer::remove);
  }

  /** Empty when nothing of ours is left in the database. */
  private Optional<Duration> drop(Deletion deletion, MaterializedView object) {
    if (!turns.isDeletions(object)) {
      return Optional.of(SOON);
    }
    // A pass that began before the deletion may have started a run since it was first forgotten.
    living.forget(object);
    ResourceID connection = Views.connectionOf(object);
    try {
      Optional<Connections.Good> reachable = lastConnection.of(connection);
      if (reachable.isEmpty()) {
        return Optional.of(SOON);
      }
      Drop drop = dropOf(object, reachable.get());
      if (!deletion.mayRun(drop)) {
        return Optional.of(SOON);
      }
      Drop.Outcome outcome = drop.execute();
      lastConnection.reached(connection);
      if (outcome instanceof Drop.Outcome.Held held) {
        return held(deletion, object, held.dependents());
      }
      return outcome instanceof Drop.Outcome.Abandoned ? Optional.of(SOON) : Optional.empty();
    } catch (RefusedException e) {
      return report(deletion, object, HeldUp.by(e.problem()));
    } catch (DatabaseException e) {
      Problem problem = Problem.of(e.failure());
      lastConnection.failed(connection, problem);
      return report(deletion, object, HeldUp.by(problem));
    }
  }

  private Drop dropOf(MaterializedView object, Connections.Good connection) {
    return new Drop(
        connection.desired().address(),
        connection.identity(),
        connection.desired().bookkeepingSchema(),
        DesiredView.nameOf(object),
        DesiredView.claimOf(object, config.ownerId()),
        lockTimeout(object));
  }

  /** An object can be older than the rule that would refuse it now, and goes all the same. */
  private static Duration lockTimeout(MaterializedView object) {
    try {
      return GoDuration.parse(object.getSpec().refresh().lockTimeout());
    } catch (IllegalArgumentException e) {
      return DEFAULT_LOCK_TIMEOUT;
    }
  }

  private Optional<Duration> held(
      Deletion deletion, MaterializedView object, List<Dependent> dependents) {
    ResourceID connection = Views.connectionOf(object);
    boolean allGo =
        dependents.stream()
            .map(Dependent::relation)
            .allMatch(relation -> relation != null && goesToo(connection, relation));
    return allGo && deletion.failed() <= PASSES_OF_OTHERS
        ? Optional.of(SOON)
        : report(deletion, object, HeldUp.by(DesiredView.nameOf(object), dependents));
  }

  private boolean goesToo(ResourceID connection, QualifiedName relation) {
    return views.on(connection).stream()
        .anyMatch(
            view ->
                view.isMarkedForDeletion()
                    && Finalizer.isOn(view)
                    && DesiredView.nameOf(view).equals(relation));
  }

  private Optional<Duration> report(Deletion deletion, MaterializedView object, Problem problem) {
    MaterializedViewStatus old = Unobserved.asNull(object.getStatus());
    MaterializedViewStatus next =
        HeldUp.status(old, object.getMetadata().getGeneration(), problem, clock.instant());
    series.found(ResourceID.fromResource(object), ViewSample.of(object, next));
    StatusWriter.Result result =
        StatusWriter.write(
            copy -> client.resource(copy).updateStatus(),
            object,
            new MaterializedView(),
            old,
            next);
    if (result == StatusWriter.Result.Written) {
      HeldUp.notice(old, next).ifPresent(notice -> events.record(object, notice));
    }
    return Optional.of(
        switch (result) {
          case Conflict, Gone -> SOON;
          case Written, Unchanged ->
              HeldUp.pause(
                  problem.reason(),
                  deletion.failed(),
                  config.recheckInterval(),
                  config.connectionRetryInterval());
        });
  }
}
