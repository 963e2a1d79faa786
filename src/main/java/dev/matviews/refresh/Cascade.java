package dev.matviews.refresh;

/** Which views are refreshed with the one that a run names. */
public enum Cascade {
  None,
  /** All that it stands on, before it. */
  Upstream,
  /** All that stand on it, after it. */
  Downstream
}
