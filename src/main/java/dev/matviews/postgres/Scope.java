package dev.matviews.postgres;

import dev.matviews.plan.Reason;
import dev.matviews.plan.ViewDefinition;
import java.sql.SQLException;

/** What holds for a few statements only, inside a transaction or not. */
final class Scope {

  private Scope() {}

  /** Under the search path and the time zone that the texts of a definition are read with. */
  static void ofDefinition(Session session, ViewDefinition definition, Session.Work work)
      throws SQLException {
    within(
        session, () -> enter(session, definition), work, () -> pin(session, "pg_catalog", "UTC"));
  }

  private static void enter(Session session, ViewDefinition definition) throws SQLException {
    try {
      pin(session, Sql.identifiers(definition.searchPath()), definition.timeZone());
    } catch (SQLException e) {
      // The search path is valid whatever stands in it, since it is quoted.
      if ("22023".equals(e.getSQLState())) {
        throw new DatabaseException(
            new Failure(
                Reason.InvalidTimeZone,
                e.getSQLState(),
                "sessionTimeZone is not known to PostgreSQL; name one of pg_timezone_names"));
      }
      throw e;
    }
  }

  private static void pin(Session session, String searchPath, String timeZone) throws SQLException {
    session.query(
        "SELECT pg_catalog.set_config('search_path', ?, false),"
            + " pg_catalog.set_config('TimeZone', ?, false)",
        row -> "",
        searchPath,
        timeZone);
  }

  /** Leaves what it has entered, whatever comes of the work. */
  static void within(Session session, Session.Work enter, Session.Work work, Session.Work leave)
      throws SQLException {
    enter.run();
    try {
      work.run();
    } catch (SQLException | RuntimeException e) {
      leaveAfterFailure(session, leave);
      throw e;
    }
    leave.run();
  }

  /** A failed transaction takes all that was set in it back by itself, and refuses to be told. */
  private static void leaveAfterFailure(Session session, Session.Work leave) {
    try {
      leave.run();
    } catch (SQLException e) {
      if (!"25P02".equals(e.getSQLState())) {
        session.close();
      }
    }
  }
}
