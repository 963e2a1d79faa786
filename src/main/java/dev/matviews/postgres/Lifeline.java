package dev.matviews.postgres;

import org.jspecify.annotations.Nullable;

/**
 * The connection that long work depends on, so that another thread can cut it off: before it is
 * open, while it is used, or after.
 */
final class Lifeline {

  private @Nullable Session session;
  private boolean cut;
  private boolean cancelled;

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

  /** The work has ended; the connection may serve another. */
  synchronized void letGo() {
    session = null;
  }

  /**
   * The work is to end, and to tell of it where it can: nothing is cut.
   *
   * @return whose work it is on the server, null when there is nothing to end there
   */
  synchronized @Nullable Session cancel() {
    boolean first = !cancelled && !cut;
    cancelled = true;
    return first ? session : null;
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }

  /** Whether nothing new is to begin. */
  synchronized boolean isOver() {
    return cut || cancelled;
  }

  /**
   * From here on work can be cut off.
   *
   * @return whether it was not already
   */
  synchronized boolean holds(Session opened) {
    session = opened;
    return !isOver();
  }
}
