package dev.matviews.refresh;

/** How a spec wants a view to be refreshed. */
public enum Mode {
  Auto,
  Standard,
  Concurrent,
  /** A filled copy takes the view's place. */
  Swap
}
