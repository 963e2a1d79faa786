package dev.matviews.api.v1alpha1;

/** What a run is doing. */
public enum RunPhase {
  Preparing,
  Counting,
  Refreshing,
  Filling,
  Indexing,
  Vacuuming,
  Swapping
}
