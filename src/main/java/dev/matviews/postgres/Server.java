package dev.matviews.postgres;

import dev.matviews.plan.Reason;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The server behind a connection, found fit for use.
 *
 * @param version as people say it: "18.6"
 * @param identity of the database, whichever host and port it is reached by: the cluster's system
 *     identifier and the database's OID
 */
public record Server(String version, String currentUser, String identity) {

  private static final int OLDEST_MAJOR = 15;

  /**
   * Looks at the server that a session has reached.
   *
   * @throws DatabaseException UnsupportedVersion, PrivilegedRole or ReadOnlyServer
   */
  static Server examine(Session session) throws SQLException {
    return session.query(SqlFile.read("server.sql"), Server::facts).get(0).judged();
  }

  private static Facts facts(ResultSet row) throws SQLException {
    return new Facts(
        row.getInt("major"),
        row.getString("version"),
        row.getString("current_user_name"),
        row.getBoolean("privileged"),
        row.getBoolean("read_only"),
        row.getString("identity"));
  }

  /** All that decides whether a server is fit for use. */
  record Facts(
      int major,
      String version,
      String role,
      boolean privileged,
      boolean readOnly,
      String identity) {

    Server judged() {
      if (major < OLDEST_MAJOR) {
        throw refused(
            Reason.UnsupportedVersion,
            "PostgreSQL %s is too old; %d is the oldest supported"
                .formatted(version, OLDEST_MAJOR));
      }
      if (privileged) {
        throw refused(
            Reason.PrivilegedRole,
            ("role %s is a superuser or has CREATEROLE or BYPASSRLS, and a view's SQL would run"
                    + " with those rights; use a role that owns only the views")
                .formatted(role));
      }
      if (readOnly) {
        throw refused(
            Reason.ReadOnlyServer, "the server is read-only, perhaps a standby; name the primary");
      }
      return new Server(version, role, identity);
    }
  }

  private static DatabaseException refused(Reason reason, String message) {
    return new DatabaseException(new Failure(reason, null, message));
  }
}
