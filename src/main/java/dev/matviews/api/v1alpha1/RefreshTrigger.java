package dev.matviews.api.v1alpha1;

/** What asked for a run; Definition is one that brought a changed definition to life. */
public enum RefreshTrigger {
  Initial,
  Schedule,
  Request,
  Definition
}
