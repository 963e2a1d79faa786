package dev.matviews.api.v1alpha1;

/** Whether views may use a connection. */
public enum Breaker {
  /** They may. */
  Closed,
  /** They wait, and the connection alone tries its database again. */
  Open
}
