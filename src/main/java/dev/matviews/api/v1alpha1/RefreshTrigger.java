package dev.matviews.api.v1alpha1;

/**
 * What asked for a run; Definition is one that brought a changed definition to life, Run one that a
 * MaterializedViewRefresh asked for, Upstream one for newer data of a view that it stands on.
 */
public enum RefreshTrigger {
  Initial,
  Schedule,
  Request,
  Definition,
  Run,
  Upstream
}
