package dev.matviews.refresh;

/** How the rows of a view are counted before and after a run. */
public enum RowCounting {
  None,
  /** By the server's statistics, which cost nothing. */
  Estimated,
  /** By reading all of them. */
  Exact
}
