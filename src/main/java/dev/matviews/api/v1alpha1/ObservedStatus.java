package dev.matviews.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/** A status that says for which generation of the spec it was computed. */
public interface ObservedStatus {

  /**
   * What the API server puts there when an object is created. Without it, tools that wait for the
   * object would take it for finished before anybody has looked at it.
   */
  long NOBODY_HAS_LOOKED = -1;

  @Nullable Long observedGeneration();
}
