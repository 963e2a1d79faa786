package dev.matviews.refresh;

/** What a run was started by. */
public enum Trigger {
  /** The view holds no data yet. */
  Initial,
  /** A slot of its schedule. */
  Schedule,
  /** A new value of the annotation. */
  Request,
  /** The view holds data of another definition than the spec's. */
  Definition,
  /** A MaterializedViewRefresh. */
  Run,
  /** A view that it stands on has newer data. */
  Upstream
}
