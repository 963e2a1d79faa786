package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Objects that are being deleted while our finalizer keeps them, each tried again until it is gone.
 *
 * <p>The framework never brings such an object to its reconciler, so they are taken from its
 * events. After a restart its first list holds them all.
 */
@ApplicationScoped
public class Deletions {

  /** In all databases together. */
  private static final int AT_ONCE = 8;

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  private final DeletionPass pass;
  private final Turns turns;
  private final Views views;
  private final Connections connections;
  private final LastConnection lastConnection;
  private final Leadership leadership;
  private final ApiFailures failures;
  private final Map<String, Deletion> byUid = new ConcurrentHashMap<>();

  /**
   * One at a time of each connection: a namespace that goes must neither take all the connections
   * that its server has, nor all the threads when that one does not answer.
   */
  private final FairThreads<Deletion> drops =
      new FairThreads<>(
          "deletion",
          AT_ONCE,
          1,
          deletion -> About.object(deletion.object()).on(() -> pass(deletion)).run());

  /** Of their own: what lets an object go must not queue behind databases that do not answer. */
  private final ExecutorService releases =
      Executors.newFixedThreadPool(2, new DaemonThreads("release"));

  Deletions(
      DeletionPass pass,
      Turns turns,
      Views views,
      Connections connections,
      LastConnection lastConnection,
      Leadership leadership,
      ApiFailures failures) {
    this.pass = pass;
    this.turns = turns;
    this.views = views;
    this.connections = connections;
    this.lastConnection = lastConnection;
    this.leadership = leadership;
    this.failures = failures;
  }

  /** Every event of every object comes here, on the thread that brings them: nothing may wait. */
  void look(MaterializedView object) {
    // The one way in: events come to replicas that do not lead as well.
    if (!leadership.isLeading() || !object.isMarkedForDeletion() || !Finalizer.isOn(object)) {
      return;
    }
    String uid = object.getMetadata().getUid();
    if (Finalizer.isWanted(object)) {
      Deletion begun = new Deletion(object);
      if (byUid.putIfAbsent(uid, begun) == null) {
        drops.add(begun);
      }
      return;
    }
    Deletion known = byUid.get(uid);
    if (known != null) {
      known.keep();
    }
    releases.execute(About.object(object).on(() -> release(object)));
  }

  /** With the last that could need it, what is still known of a connection goes too. */
  void gone(MaterializedView object) {
    byUid.remove(object.getMetadata().getUid());
    turns.forget(object);
    ResourceID connection = Views.connectionOf(object);
    if (connections.get(connection).isEmpty() && !views.needDatabaseToEnd(connection)) {
      lastConnection.forget(connection);
    }
  }

  private void pass(Deletion deletion) {
    over(deletion).ifPresent(pause -> drops.addAfter(pause, deletion));
  }

  /** After which time to come again; empty when there is nothing left to do. */
  private Optional<Duration> over(Deletion deletion) {
    String uid = deletion.object().getMetadata().getUid();
    if (!byUid.containsKey(uid) || !leadership.isLeading()) {
      return Optional.empty();
    }
    try {
      Optional<Duration> pause = pass.over(deletion);
      if (pause.isEmpty()) {
        byUid.remove(uid, deletion);
      }
      return pause;
    } catch (RuntimeException e) {
      if (!leadership.isLeading()) {
        // Cut off by the operator's own end; the next one finds the object as it is.
        return Optional.empty();
      }
      failures.tell(deletion.object(), e);
      return Optional.of(AFTER_FAILURE);
    }
  }

  private void release(MaterializedView object) {
    try {
      pass.release(object);
    } catch (RuntimeException e) {
      failures.tell(object, e);
      CompletableFuture.delayedExecutor(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS, releases)
          .execute(About.object(object).on(() -> release(object)));
    }
  }
}
