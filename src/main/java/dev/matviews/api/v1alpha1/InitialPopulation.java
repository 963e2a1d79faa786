package dev.matviews.api.v1alpha1;

/** When a new view is filled for the first time. */
public enum InitialPopulation {
  Immediate,
  Deferred
}
