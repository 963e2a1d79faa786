package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The role that DDL and REFRESH run as: the owner of a relation, where that is another role which
 * the connecting one may become. A member that does not inherit could do nothing else, and what an
 * owner makes belongs to it from the start.
 *
 * <p>Whoever acts inside of what another does comes back as that other, so it nests, inside a
 * transaction or not.
 *
 * @param us the role to come back as
 */
record Owner(String name, String us) {

  /** Session users of 15 may become every role that they are a member of. */
  static final String MAY_BECOME =
      "pg_catalog.pg_has_role(SESSION_USER, %s, CASE WHEN"
          + " pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 160000"
          + " THEN 'SET' ELSE 'MEMBER' END)";

  /**
   * In SQL, of the relation whose schema and name the two expressions are: the current role itself
   * where there is no such relation, or no way to become its owner.
   */
  static String nameInSql(String schema, String relation) {
    return """
        coalesce((
          SELECT pg_catalog.pg_get_userbyid(c.relowner)
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = %s AND c.relname = %s AND %s), CURRENT_USER)"""
        .formatted(schema, relation, MAY_BECOME.formatted("c.relowner"));
  }

  static Owner of(Session session, QualifiedName relation) throws SQLException {
    return session
        .query(
            "SELECT CURRENT_USER AS us, %s AS name".formatted(nameInSql("?", "?")),
            row -> new Owner(row.getString("name"), row.getString("us")),
            relation.schema(),
            relation.name())
        .get(0);
  }

  /** A role that a view is to belong to. */
  static Owner named(Session session, String role) throws SQLException {
    return session.query("SELECT CURRENT_USER", row -> new Owner(role, row.getString(1))).get(0);
  }

  /**
   * Does some work as the owner.
   *
   * @throws DatabaseException OwnerNotAllowed when the connecting role may not become that role
   */
  void act(Session session, Session.Work work) throws SQLException {
    Scope.within(session, () -> become(session), work, () -> session.execute(resume()));
  }

  private void become(Session session) throws SQLException {
    if (name.equals("none")) {
      // To SET ROLE it is no role at all, quoted or not, and nothing would be acted as anybody.
      throw notAllowed(null);
    }
    try {
      session.execute(assume());
    } catch (SQLException e) {
      if (!session.isOpen()) {
        throw e;
      }
      throw notAllowed(e.getSQLState());
    }
  }

  private DatabaseException notAllowed(@Nullable String sqlState) {
    return new DatabaseException(
        new Failure(
            Reason.OwnerNotAllowed,
            sqlState,
            "the connecting role may not act as role %s; create it, and GRANT it to the connecting role"
                .formatted(name)));
  }

  /** For statements that go to the server together; the caller sees to {@link #resume}. */
  Sql assume() {
    return become(name);
  }

  Sql resume() {
    return become(us);
  }

  /** Not LOCAL, which is nothing outside a transaction; a rollback takes it back as well. */
  static Sql become(String role) {
    return Sql.of("SET ROLE " + Sql.identifier(role));
  }
}
