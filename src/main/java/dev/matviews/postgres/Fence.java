package dev.matviews.postgres;

import dev.matviews.plan.Digest;
import dev.matviews.plan.QualifiedName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;

/**
 * The advisory lock that lets one session at a time work on a view, whichever operator it belongs
 * to. It goes with its connection, so a killed operator holds nothing.
 */
record Fence(long key) {

  /** Computed here and not by the server, whose hash functions may change with a major version. */
  static Fence of(QualifiedName name) {
    MessageDigest digest = Digest.sha256();
    digest.update("matviews.dev".getBytes(StandardCharsets.UTF_8));
    for (String part : new String[] {name.schema(), name.name()}) {
      digest.update((byte) 0);
      digest.update(part.getBytes(StandardCharsets.UTF_8));
    }
    return new Fence(ByteBuffer.wrap(digest.digest()).getLong());
  }

  /** A question whose argument is the key as text; the empty one locks nothing. */
  static final String TRY_HOLD =
      "SELECT pg_catalog.pg_try_advisory_lock(nullif(?::pg_catalog.text, '')::pg_catalog.int8)";

  /** Until it is released, or the session ends; the first that a use of an idle one asks. */
  boolean tryHold(Session idle, Session.Pins pins, ServerAddress address) throws SQLException {
    return idle.resume(
        pins, address, TRY_HOLD, answers -> answers.next().getBoolean(1), argument());
  }

  /** For {@link #TRY_HOLD}. */
  String argument() {
    return Long.toString(key);
  }

  /**
   * The server notices the end of a session a moment after the client: whoever comes next would
   * still find the lock held.
   */
  void release(Session session) {
    try {
      session.setReadTimeout(Session.Pins.SHORT_STATEMENT);
      session.query("SELECT pg_catalog.pg_advisory_unlock(?)", row -> "", key);
    } catch (SQLException e) {
      session.close();
    }
  }

  /**
   * Of a session that holds no fence of its own beyond a transaction. An index calls functions of
   * its owner while it is made, and a lock that one of them takes for the session would outlive the
   * transaction: another view's run could wait for it for as long as the operator lives.
   */
  static void releaseAll(Session session) {
    try {
      session.query("SELECT pg_catalog.pg_advisory_unlock_all()", row -> "");
    } catch (SQLException e) {
      session.close();
    }
  }

  /** Until the transaction ends. */
  boolean tryHoldInTransaction(Session session) throws SQLException {
    return session
        .query("SELECT pg_catalog.pg_try_advisory_xact_lock(?)", row -> row.getBoolean(1), key)
        .get(0);
  }

  /**
   * Ends the operator's session that holds it; whoever else has taken the same key is left alone.
   */
  void cutOffHolder(Session session) throws SQLException {
    session.query(
        """
        SELECT pg_catalog.pg_terminate_backend(a.pid)
        FROM pg_catalog.pg_locks l
        JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
          AND l.database = a.datid AND a.datname = pg_catalog.current_database()
          AND (l.classid::pg_catalog.int8 << 32 | l.objid::pg_catalog.int8) = ?
          AND a.usename = CURRENT_USER AND a.application_name = 'matview-operator'
          AND a.pid <> pg_catalog.pg_backend_pid()
        """,
        row -> "",
        key);
  }
}
