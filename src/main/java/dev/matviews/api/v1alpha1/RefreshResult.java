package dev.matviews.api.v1alpha1;

/** How a run ended. */
public enum RefreshResult {
  Succeeded,
  Failed,
  Skipped,
  Missed,
  Cancelled
}
