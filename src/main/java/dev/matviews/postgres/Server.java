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
public record Server(
    String version, String currentUser, String identity, Capabilities capabilities) {

  /** What the role may do in the database, beside what it owns. */
  public record Capabilities(boolean createSchema, boolean maintain, boolean temp) {}

  private static final int OLDEST_MAJOR = 15;

  /** Of the database that a session has reached, as an expression. */
  static final String IDENTITY =
      "(SELECT s.system_identifier || '/' || d.oid"
          + " FROM pg_catalog.pg_control_system() s, pg_catalog.pg_database d"
          + " WHERE d.datname = pg_catalog.current_database())";

  /**
   * Looks at the server that a session has reached.
   *
   * @throws DatabaseException UnsupportedVersion or PrivilegedRole
   */
  static Server examine(Session session, Terms terms) throws SQLException {
    return session
        .query(SqlFile.read("server.sql").replace("${identity}", IDENTITY), Server::facts)
        .get(0)
        .judged(terms);
  }

  /** Of the database that a session has reached. */
  static String identity(Session session) throws SQLException {
    return session.query("SELECT " + IDENTITY, row -> row.getString(1)).get(0);
  }

  private static Facts facts(ResultSet row) throws SQLException {
    return new Facts(
        row.getInt("major"),
        row.getString("version"),
        row.getString("current_user_name"),
        row.getBoolean("privileged"),
        row.getString("identity"),
        new Capabilities(
            row.getBoolean("create_schema"), row.getBoolean("maintain"), row.getBoolean("temp")));
  }

  /** All that decides whether a server is fit for use. */
  record Facts(
      int major,
      String version,
      String role,
      boolean privileged,
      String identity,
      Capabilities capabilities) {

    Server judged(Terms terms) {
      if (major < OLDEST_MAJOR) {
        throw refused(
            Reason.UnsupportedVersion,
            "PostgreSQL %s is too old; %d is the oldest supported"
                .formatted(version, OLDEST_MAJOR));
      }
      if (privileged && !terms.allowPrivilegedRole()) {
        throw refused(
            Reason.PrivilegedRole,
            ("role %s is a superuser or has CREATEROLE or BYPASSRLS, and a view's SQL would run"
                    + " with those rights; use a role that owns only the views, or set"
                    + " allowPrivilegedRole")
                .formatted(role));
      }
      return new Server(version, role, identity, capabilities);
    }
  }

  private static DatabaseException refused(Reason reason, String message) {
    return new DatabaseException(new Failure(reason, null, message));
  }
}
