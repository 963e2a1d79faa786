package dev.matviews.postgres;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections that runs of one database use: opened ahead of a slot, so that a run need not
 * wait for a login, and kept while the next slot is near.
 *
 * <p>None is ever used by two runs that might see each other: it is given back only by a run that
 * has come to its end, and as it was after the login.
 */
final class RunSessions implements AutoCloseable {

  private final ServerAddress address;
  private final Deque<Session> idle = new ArrayDeque<>();
  private int used;
  private int kept;
  private boolean opening;

  RunSessions(ServerAddress address) {
    this.address = address;
  }

  /**
   * For one run.
   *
   * @throws DatabaseException when none is open and none can be opened
   */
  Session take(Session.Pins pins) {
    for (Session session = nextIdle(); session != null; session = nextIdle()) {
      if (session.pinAgain(pins, address)) {
        return session;
      }
      session.close();
      ended();
    }
    try {
      return Session.open(address, pins);
    } catch (DatabaseException e) {
      ended();
      throw e;
    }
  }

  /** By a run that needs it no more and has left nothing behind. */
  void giveBack(Session session) {
    boolean clean = mayKeepOneMore() && isCleaned(session);
    synchronized (this) {
      used--;
      if (clean && idle.size() < kept) {
        idle.push(session);
        return;
      }
    }
    session.close();
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
    if (!beginsOpening()) {
      return;
    }
    try {
      while (lacks(soon)) {
        add(Session.open(address, Session.Pins.ofCatalog()));
      }
    } finally {
      synchronized (this) {
        opening = false;
      }
    }
  }

  @Override
  public void close() {
    keep(0);
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

  private synchronized boolean mayKeepOneMore() {
    return idle.size() < kept;
  }

  private synchronized boolean lacks(int soon) {
    return idle.size() + used < Math.min(soon, kept);
  }

  private synchronized void add(Session session) {
    idle.add(session);
  }

  /** A server that does not answer must not be asked by one more thread each second. */
  private synchronized boolean beginsOpening() {
    boolean free = !opening;
    opening = true;
    return free;
  }

  private void keep(int count) {
    List<Session> surplus = new ArrayList<>();
    synchronized (this) {
      kept = count;
      while (idle.size() > kept) {
        surplus.add(idle.removeLast());
      }
    }
    surplus.forEach(Session::close);
  }

  private static boolean isCleaned(Session session) {
    try {
      session.execute(Sql.of("DISCARD ALL"));
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
