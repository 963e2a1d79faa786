package dev.matviews.postgres;

/** What a run is doing. */
public enum Phase {
  Preparing,
  /** Its rows are read one by one. */
  Counting,
  Refreshing,
  /** A new definition reads its sources. */
  Filling,
  Indexing,
  Vacuuming,
  /** A new definition takes the old one's place. */
  Swapping
}
