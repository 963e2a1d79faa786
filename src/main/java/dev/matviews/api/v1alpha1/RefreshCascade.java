package dev.matviews.api.v1alpha1;

/** Which views are refreshed with the one that a run names. */
public enum RefreshCascade {
  None,
  Upstream,
  Downstream
}
