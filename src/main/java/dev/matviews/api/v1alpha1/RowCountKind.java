package dev.matviews.api.v1alpha1;

/** How a number of rows is known. */
public enum RowCountKind {
  Estimated,
  Exact
}
