package dev.matviews.api.v1alpha1;

/** How the rows of a view are counted before and after a run. */
public enum RowCounting {
  None,
  Estimated,
  Exact
}
