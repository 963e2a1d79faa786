package dev.matviews.postgres;

import org.jspecify.annotations.Nullable;

/**
 * The connection that long work depends on, so that another thread can cut it off: before it is
 * open, while it is used, or after.
 */
final class Lifeline {

  private @Nullable Session session;
  private boolean cut;

  /** From any thread, and without waiting: the server rolls back what it has not committed. */
  synchronized void cut() {
    cut = true;
    if (session != null) {
      session.abort();
    }
  }

  synchronized boolean isCut() {
    return cut;
  }

  /**
   * From here on work can be cut off.
   *
   * @return whether it was not already
   */
  synchronized boolean holds(Session opened) {
    session = opened;
    return !cut;
  }
}
