package dev.matviews.postgres;

/** What a run is doing. */
public enum Phase {
  Preparing,
  /** Its rows are read one by one. */
  Counting,
  Refreshing,
  /** A new definition, or the copy of a swap, reads its sources. */
  Filling,
  Indexing,
  Vacuuming,
  /** It takes the old view's place. */
  Swapping
}
