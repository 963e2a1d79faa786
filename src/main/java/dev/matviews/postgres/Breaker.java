package dev.matviews.postgres;

import org.jspecify.annotations.Nullable;

/**
 * Opens sessions of one database for as long as that works. Once it has failed, nobody tries any
 * more but the examination of the connection: each of many views and runs would find out the same
 * by a login of its own, and servers count how often they have refused a password.
 */
final class Breaker {

  private final ServerAddress address;
  private volatile @Nullable Failure openedBy;

  Breaker(ServerAddress address) {
    this.address = address;
  }

  /**
   * For whoever works on views.
   *
   * @throws DatabaseException with what the last login met, unless that was about something else
   *     than the connection
   */
  Session session(Session.Pins pins) {
    Failure known = openedBy;
    if (known != null) {
      throw new DatabaseException(known);
    }
    return examined(pins);
  }

  /** Whatever the last login met. */
  Session examined(Session.Pins pins) {
    try {
      Session session = Session.open(address, pins);
      openedBy = null;
      return session;
    } catch (DatabaseException e) {
      openedBy = e.failure().reason().concernsConnection() ? e.failure() : null;
      throw e;
    }
  }
}
