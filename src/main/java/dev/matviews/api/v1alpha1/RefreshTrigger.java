package dev.matviews.api.v1alpha1;

/** What asked for a run. */
public enum RefreshTrigger {
  Initial,
  Schedule,
  Request
}
