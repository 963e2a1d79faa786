package dev.matviews.api.v1alpha1;

/** Who lets a changed definition go live. */
public enum ChangePolicy {
  Automatic,
  OnApproval
}
