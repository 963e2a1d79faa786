package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The two tables in which the operator remembers, and whether they are its alone. */
final class BookkeepingTables {

  private static final Map<String, String> COLUMNS =
      Map.of(
          "views",
          "schema_name text, view_name text, owner_id text, namespace text, name text,"
              + " definition_hash text, time_zone text, fingerprint text, source_columns text,"
              + " indexes jsonb, attributes jsonb, scratch text[], traits text[], schedule text,"
              + " settled_until timestamp with time zone, handled_request text,"
              + " data_as_of timestamp with time zone, last_success timestamp with time zone,"
              + " consecutive_failures integer, made_oid bigint, origin_oid bigint,"
              + " next_due timestamp with time zone, passed_after timestamp with time zone,"
              + " passed_before timestamp with time zone, search_path text[]",
          "runs",
          "schema_name text, view_name text, run_id text, trigger text, mode text,"
              + " due_at timestamp with time zone, started_at timestamp with time zone,"
              + " finished_at timestamp with time zone, result text, reason text, sqlstate text,"
              + " message text, rows_before bigint, rows_after bigint, tries integer,"
              + " rows_exact boolean, instead_of text, rows_changed bigint");

  private final String schema;

  BookkeepingTables(String schema) {
    this.schema = schema;
  }

  /**
   * Makes the tables when they are missing and refuses them when somebody else could make them run
   * code as the connecting role.
   *
   * @throws DatabaseException BookkeepingUnavailable with the line that mends it, or
   *     UnsupportedVersion of tables that a newer operator has made
   */
  void prepare(Session session) throws SQLException {
    List<State> states = states(session);
    boolean complete =
        states.size() == COLUMNS.size()
            && !states.contains(State.Older)
            && !statusIsMissing(session);
    if (!complete && !states.contains(State.Unsafe)) {
      session.inTransaction(() -> make(session));
      states = states(session);
    }
    if (!states.equals(List.of(State.Ok, State.Ok))) {
      throw unavailable(
          ("tables runs and views in schema %s must belong to the connecting role, have the columns"
                  + " of this version and no trigger, rule, row security, default or check; make"
                  + " the PostgresConnection anew with a spec.bookkeepingSchema for this login"
                  + " alone: CREATE SCHEMA %s AUTHORIZATION %s")
              .formatted(schema, Sql.identifier(schema + "_2"), currentUser(session)));
    }
  }

  private boolean schemaIsMissing(Session session) throws SQLException {
    return session
        .query(
            "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?", row -> row.getInt(1), schema)
        .isEmpty();
  }

  /** Whatever else bears its name is left alone: only readers would miss the view. */
  private boolean statusIsMissing(Session session) throws SQLException {
    return session
        .query(
            "SELECT 1 FROM pg_catalog.pg_class c"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relname = 'status'",
            row -> row.getInt(1),
            schema)
        .isEmpty();
  }

  static Fence lock(String schema) {
    return Fence.of(new QualifiedName(schema, "bookkeeping"));
  }

  /** Two operators may start at once, and IF NOT EXISTS alone lets one of them fail. */
  private void make(Session session) throws SQLException {
    session.query("SELECT pg_catalog.pg_advisory_xact_lock(?)", row -> "", lock(schema).key());
    // A newer operator may have been before us.
    states(session);
    if (schemaIsMissing(session)) {
      make(
          session,
          "CREATE SCHEMA " + Sql.identifier(schema),
          "schema %1$s does not exist and the role may not make it; as the database's owner:"
              + " CREATE SCHEMA %2$s AUTHORIZATION %3$s");
    }
    for (String statement : SqlFile.read("bookkeeping.sql").split(";\n", -1)) {
      makeInSchema(session, statement);
    }
    if (statusIsMissing(session)) {
      makeInSchema(session, SqlFile.read("bookkeeping-status.sql"));
    }
  }

  private void makeInSchema(Session session, String statement) throws SQLException {
    make(
        session,
        statement
            .replace("${bookkeeping}", Sql.identifier(schema))
            .replace("${version}", String.valueOf(BookkeepingVersion.KNOWN)),
        "the role may not make tables in schema %1$s: GRANT CREATE, USAGE ON SCHEMA %2$s TO %3$s");
  }

  private void make(Session session, String sql, String remedy) throws SQLException {
    try {
      session.execute(Sql.of(sql));
    } catch (SQLException e) {
      if (!"42501".equals(e.getSQLState())) {
        throw e;
      }
      throw unavailable(remedy.formatted(schema, Sql.identifier(schema), currentUser(session)));
    }
  }

  /** What a table is good for as it is. */
  private enum State {
    Ok,
    /** It lacks the last columns, which an earlier version did not have. */
    Older,
    Unsafe
  }

  private List<State> states(Session session) throws SQLException {
    return session.query(
        SqlFile.read("bookkeeping-check.sql")
            .replace("${version}", BookkeepingVersion.inSql("c.oid")),
        row -> {
          BookkeepingVersion.require(row.getInt("version"));
          String wanted = Objects.requireNonNull(COLUMNS.get(row.getString("relname")));
          return row.getBoolean("safe") ? stateOf(row.getString("columns"), wanted) : State.Unsafe;
        },
        schema);
  }

  private static State stateOf(String columns, String wanted) {
    if (columns.equals(wanted)) {
      return State.Ok;
    }
    return wanted.startsWith(columns + ", ") ? State.Older : State.Unsafe;
  }

  private static DatabaseException unavailable(String message) {
    return new DatabaseException(new Failure(Reason.BookkeepingUnavailable, null, message));
  }

  private static String currentUser(Session session) {
    try {
      session.rollback();
      return session
          .query("SELECT pg_catalog.quote_ident(CURRENT_USER)", row -> row.getString(1))
          .get(0);
    } catch (SQLException e) {
      return "<the connecting role>";
    }
  }
}
