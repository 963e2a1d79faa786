package dev.matviews.api.v1alpha1;

/** How people want a view to be refreshed. */
public enum RefreshMode {
  Auto,
  Standard,
  Concurrent,
  Swap
}
