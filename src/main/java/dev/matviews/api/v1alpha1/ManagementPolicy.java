package dev.matviews.api.v1alpha1;

/** How much of a view is the operator's. */
public enum ManagementPolicy {
  Manage,
  RefreshOnly
}
