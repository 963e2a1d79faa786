package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.postgres.Drop;
import org.jspecify.annotations.Nullable;

/** One object on its way out whose view is to be dropped, from its mark until it is gone. */
final class Deletion {

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
