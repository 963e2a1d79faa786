package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.postgres.Drop;
import dev.matviews.refresh.FairQueue;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One object on its way out whose view is to be dropped, from its mark until it is gone. */
final class Deletion implements FairQueue.Work {

  private final MaterializedView object;
  private @Nullable Drop running;
  private boolean kept;
  private int failures;

  Deletion(MaterializedView object) {
    this.object = object;
  }

  /** As it was when it was marked. */
  MaterializedView object() {
    return object;
  }

  @Override
  public String database() {
    return Views.connectionOf(object).toString();
  }

  @Override
  public String namespace() {
    return object.getMetadata().getNamespace();
  }

  /** Those that were marked first go first. */
  @Override
  public Instant due() {
    return Instant.parse(object.getMetadata().getDeletionTimestamp());
  }

  /** What the object says from now on counts, not what was heard of it before. */
  synchronized void begin() {
    kept = false;
  }

  /** False when the view is to be kept after all. */
  synchronized boolean mayRun(Drop drop) {
    running = drop;
    return !kept;
  }

  /** The view stays: from here on no drop begins, and one that runs is cut off. */
  synchronized void keep() {
    kept = true;
    if (running != null) {
      running.abandon();
    }
  }

  /** One more. */
  synchronized int failed() {
    return ++failures;
  }
}
