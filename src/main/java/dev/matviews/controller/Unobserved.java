package dev.matviews.controller;

import dev.matviews.api.v1alpha1.ObservedStatus;
import org.jspecify.annotations.Nullable;

/** The status of an object that nobody has looked at, as the API server fills it in. */
final class Unobserved {

  private Unobserved() {}

  /** Null of one that says no more than that. */
  static <T> @Nullable T asNull(@Nullable T status) {
    return status instanceof ObservedStatus observed && isUnobserved(observed) ? null : status;
  }

  private static boolean isUnobserved(ObservedStatus status) {
    Long generation = status.observedGeneration();
    return generation != null && generation == ObservedStatus.NOBODY_HAS_LOOKED;
  }
}
