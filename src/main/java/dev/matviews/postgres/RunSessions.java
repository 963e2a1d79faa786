package dev.matviews.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections that runs of one database use: opened ahead of a slot, so that a run need not
 * wait for a login, and kept while the next slot is near. What no slot tells ahead, such as the
 * first data of many new views, comes in crowds as well, so each stays for a moment in any case: a
 * login costs more than a small refresh.
 *
 * <p>None is ever used by two runs that might see each other: it is given back only by a run that
 * has come to its end, and as it was after the login.
 */
final class RunSessions implements AutoCloseable {

  /** Until it is known whose run has it; what that one asks first is planned by then. */
  static final Session.Pins IDLE =
      new Session.Pins(Attempt.STATEMENT_TIMEOUT, Attempt.STATEMENT_TIMEOUT, "force_generic_plan");

  /** Longer than the operator takes from one to the next of many views that were just applied. */
  private static final Duration LINGER = Duration.ofSeconds(3);

  private final ServerAddress address;
  private final Breaker breaker;
  private final Bookkeeping bookkeeping;
  private final Deque<Session> idle = new ArrayDeque<>();
  private int used;
  private int kept;
  private boolean opening;
  private boolean closed;

  /** When one of them was put aside last, by the clock that only goes forward. */
  private long lastUse;

  RunSessions(ServerAddress address, Breaker breaker, Bookkeeping bookkeeping) {
    this.address = address;
    this.breaker = breaker;
    this.bookkeeping = bookkeeping;
  }

  /** What a use asks first, of a session that may have been lost since it was last used. */
  @FunctionalInterface
  interface Beginning<T> {
    T ask(Session session) throws SQLException;
  }

  /** A session that somebody has from now on, and the answer to what was asked first. */
  record Begun<T>(Session session, T answer) {}

  /**
   * For one run, or for other work on a view.
   *
   * @throws DatabaseException when none is open and none can be opened, or as the beginning does
   * @throws NotNowException when nothing is to begin any more
   */
  <T> Begun<T> take(Session.Pins pins, Beginning<T> beginning) throws SQLException {
    if (isClosed()) {
      throw new NotNowException(address + " was replaced");
    }
    for (Session session = nextIdle(); session != null; session = nextIdle()) {
      try {
        return new Begun<>(session, beginning.ask(session));
      } catch (SQLException | DatabaseException e) {
        // It may have been lost meanwhile; on a new one the same is said again if it was not that.
        drop(session);
      }
    }
    Session session = open(pins);
    try {
      return new Begun<>(session, beginning.ask(session));
    } catch (SQLException | DatabaseException e) {
      drop(session);
      throw e;
    }
  }

  private Session open(Session.Pins pins) {
    try {
      return breaker.session(pins);
    } catch (DatabaseException e) {
      ended();
      throw e;
    }
  }

  /** By a run that needs it no more and has left nothing behind. */
  void giveBack(Session session) {
    boolean clean = !isClosed() && session.renew(IDLE, address) && isRehearsed(session);
    ended();
    if (clean) {
      putIdle(session);
    } else {
      session.close();
    }
  }

  /** By a run that broke off. */
  void drop(Session session) {
    session.close();
    ended();
  }

  /**
   * What the next slots need.
   *
   * @param soon how many runs are about to begin
   * @param later how many there are in all before it is worth closing a connection
   */
  void expect(int soon, int later) {
    keep(later);
    closeSurplus();
    if (!beginsOpening()) {
      return;
    }
    try {
      while (lacks(soon)) {
        Session session = breaker.session(IDLE);
        if (!isRehearsed(session)) {
          session.close();
          return;
        }
        putIdle(session);
      }
    } finally {
      synchronized (this) {
        opening = false;
      }
    }
  }

  /** Whether one of them would be left open if nobody looked. */
  synchronized boolean holdsSome() {
    return !idle.isEmpty();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      kept = 0;
    }
    closeSurplus();
  }

  private boolean isRehearsed(Session session) {
    try {
      RunStart.rehearse(session, IDLE, address, bookkeeping);
      return true;
    } catch (SQLException | DatabaseException e) {
      // Whoever needs a session opens one, and hears why it cannot be used.
      return false;
    }
  }

  private synchronized @Nullable Session nextIdle() {
    Session next = idle.poll();
    if (next == null || next.isOpen()) {
      used++;
      return next;
    }
    return nextIdle();
  }

  private synchronized void ended() {
    used--;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized boolean lacks(int soon) {
    return idle.size() + used < Math.min(soon, kept);
  }

  private void putIdle(Session session) {
    synchronized (this) {
      if (!closed) {
        lastUse = System.nanoTime();
        idle.push(session);
        return;
      }
    }
    session.close();
  }

  /** A server that does not answer must not be asked by one more thread each second. */
  private synchronized boolean beginsOpening() {
    boolean free = !opening;
    opening = true;
    return free;
  }

  private synchronized void keep(int count) {
    kept = closed ? 0 : count;
  }

  private void closeSurplus() {
    List<Session> surplus = new ArrayList<>();
    synchronized (this) {
      boolean lingers = !closed && System.nanoTime() - lastUse < LINGER.toNanos();
      while (idle.size() > kept && !lingers) {
        surplus.add(idle.removeLast());
      }
    }
    surplus.forEach(Session::close);
  }
}
