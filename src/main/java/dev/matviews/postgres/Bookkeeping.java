package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.RefreshDecision;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.Trigger;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The two tables in which the operator remembers whose view is whose and how each run ended.
 *
 * <p>They are written in the same transactions as what they tell of, so they are never ahead of the
 * truth or behind it.
 */
final class Bookkeeping {

  private static final int RUNS_KEPT = 20;

  private static final Map<String, String> COLUMNS =
      Map.of(
          "views",
          "schema_name text, view_name text, owner_id text, namespace text, name text,"
              + " definition_hash text, fingerprint text, indexes text[], schedule text,"
              + " settled_until timestamp with time zone, handled_request text,"
              + " data_as_of timestamp with time zone, last_success timestamp with time zone,"
              + " consecutive_failures integer",
          "runs",
          "schema_name text, view_name text, run_id text, trigger text, mode text,"
              + " due_at timestamp with time zone, started_at timestamp with time zone,"
              + " finished_at timestamp with time zone, result text, reason text, sqlstate text, message text,"
              + " rows_before bigint, rows_after bigint");

  private final String schema;

  Bookkeeping(String schema) {
    this.schema = schema;
  }

  String quotedSchema() {
    return Sql.identifier(schema);
  }

  /**
   * Makes the tables when they are missing and refuses them when somebody else could make them run
   * code as the connecting role.
   *
   * @throws DatabaseException BookkeepingUnavailable with the line that mends it
   */
  void prepare(Session session) throws SQLException {
    if (tables(session).size() < COLUMNS.size()) {
      session.inTransaction(() -> make(session));
    }
    List<String> tables = tables(session);
    if (!tables.equals(List.of("runs ok", "views ok"))) {
      throw unavailable(
          ("tables runs and views in schema %s must belong to the connecting role, have the columns"
                  + " of this version and no trigger, rule, row security, default or check;"
                  + " give the operator a schema of its own: CREATE SCHEMA %s AUTHORIZATION %s")
              .formatted(schema, quotedSchema(), currentUser(session)));
    }
  }

  private boolean schemaIsMissing(Session session) throws SQLException {
    return session
        .query(
            "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?", row -> row.getInt(1), schema)
        .isEmpty();
  }

  /** Two operators may start at once, and IF NOT EXISTS alone lets one of them fail. */
  private void make(Session session) throws SQLException {
    session.query(
        "SELECT pg_catalog.pg_advisory_xact_lock(?)",
        row -> "",
        Fence.of(new QualifiedName(schema, "bookkeeping")).key());
    if (schemaIsMissing(session)) {
      make(
          session,
          "CREATE SCHEMA " + quotedSchema(),
          "schema %1$s does not exist and the role may not make it; as the database's owner:"
              + " CREATE SCHEMA %2$s AUTHORIZATION %3$s");
    }
    for (String table : SqlFile.read("bookkeeping.sql").split(";\n", -1)) {
      make(
          session,
          table.replace("${bookkeeping}", quotedSchema()),
          "the role may not make tables in schema %1$s: GRANT CREATE, USAGE ON SCHEMA %2$s TO %3$s");
    }
  }

  private void make(Session session, String sql, String remedy) throws SQLException {
    try {
      session.execute(Sql.of(sql));
    } catch (SQLException e) {
      if (!"42501".equals(e.getSQLState())) {
        throw e;
      }
      throw unavailable(remedy.formatted(schema, quotedSchema(), currentUser(session)));
    }
  }

  private List<String> tables(Session session) throws SQLException {
    return session.query(
        SqlFile.read("bookkeeping-check.sql"),
        row -> {
          String name = row.getString("relname");
          boolean ok = row.getBoolean("safe") && row.getString("columns").equals(COLUMNS.get(name));
          return name + (ok ? " ok" : " unsafe");
        },
        schema);
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

  /** The view's row as it should be once the surrounding transaction commits. */
  Sql record(ViewDefinition definition, List<String> indexes) {
    QualifiedName name = definition.name();
    String fingerprint =
        "SELECT %s FROM pg_catalog.pg_class c WHERE c.oid = %s::pg_catalog.regclass"
            .formatted(SqlFile.read("fingerprint.sql"), Sql.literal(Sql.qualified(name)));
    return Sql.of(
        """
        INSERT INTO %s.views (schema_name, view_name, owner_id, namespace, name,
          definition_hash, fingerprint, indexes, consecutive_failures)
        VALUES (%s, %s, %s, %s, %s, %s, (%s), %s, 0)
        ON CONFLICT (schema_name, view_name) DO UPDATE SET
          definition_hash = excluded.definition_hash, fingerprint = excluded.fingerprint,
          indexes = excluded.indexes
        """
            .formatted(
                quotedSchema(),
                Sql.literal(name.schema()),
                Sql.literal(name.name()),
                Sql.literal(definition.claim().ownerId()),
                Sql.literal(definition.claim().namespace()),
                Sql.literal(definition.claim().name()),
                Sql.literal(definition.hash()),
                fingerprint,
                texts(indexes)));
  }

  /** Slots count from {@code since} on, but none that is settled counts again. */
  Sql adoptSchedule(QualifiedName view, String identity, Instant since) {
    return update(
        view,
        "schedule = %s, settled_until = greatest(settled_until, %s)"
            .formatted(Sql.literal(identity), time(since)));
  }

  /** A slot that will not run. */
  List<Sql> settle(QualifiedName view, RefreshDecision.Settle settle, Instant now) {
    Run run =
        new Run(
            settle.id().toString(),
            settle.id().trigger(),
            null,
            now,
            now,
            settle.result(),
            settle.reason(),
            null,
            null,
            null,
            null);
    return List.of(
        ended(view, run, settle.due(), time(now)),
        update(view, "settled_until = greatest(settled_until, %s)".formatted(time(settle.due()))));
  }

  /**
   * A REFRESH that commits together with these statements.
   *
   * @param asOf the database's clock before the REFRESH was sent
   */
  Sql succeeded(QualifiedName view, RunId id, Run run, Instant due, Instant asOf) {
    String finishedAt =
        "%s + (pg_catalog.clock_timestamp() - %s)".formatted(time(run.startedAt()), time(asOf));
    return ended(
        view,
        run,
        due,
        finishedAt,
        "data_as_of = %s, last_success = ended.finished_at, consecutive_failures = 0, %s"
            .formatted(time(asOf), settles(id, due)));
  }

  /** A run that was done already. */
  Sql handled(QualifiedName view, RunId id, Instant due) {
    return update(view, settles(id, due));
  }

  /** What needs no further run; with the first data that holds for all slots before them. */
  private static String settles(RunId id, Instant due) {
    return switch (id.trigger()) {
      case Initial, Schedule -> "settled_until = greatest(settled_until, %s)".formatted(time(due));
      case Request -> "handled_request = " + Sql.literal(id.key());
    };
  }

  /**
   * A run that the server refused or that was stopped. One whose connection broke right after the
   * server had committed it has succeeded, and stays so.
   *
   * @param settled whether it is not tried again
   */
  Sql failed(QualifiedName view, RunId id, Run run, Instant due, boolean settled) {
    int failures = run.result() == Run.Result.Failed ? 1 : 0;
    boolean handled = settled && id.trigger() != Trigger.Initial;
    return ended(
        view,
        run,
        due,
        time(run.finishedAt()),
        "consecutive_failures = consecutive_failures + %d%s"
            .formatted(failures, handled ? ", " + settles(id, due) : ""));
  }

  /** All but the newest runs of a view go. */
  Sql prune(QualifiedName view) {
    return Sql.of(
        """
        DELETE FROM %1$s.runs WHERE schema_name = %2$s AND view_name = %3$s AND run_id NOT IN (
          SELECT run_id FROM %1$s.runs WHERE schema_name = %2$s AND view_name = %3$s
          ORDER BY started_at DESC LIMIT %4$d)
        """
            .formatted(
                quotedSchema(), Sql.literal(view.schema()), Sql.literal(view.name()), RUNS_KEPT));
  }

  /** The rows are counted by the ANALYZE after the run, when the run is committed already. */
  Sql rowsAfter(QualifiedName view, RunId id) {
    return Sql.of(
        """
        UPDATE %s.runs SET rows_after = (
          SELECT c.reltuples::pg_catalog.int8 FROM pg_catalog.pg_class c
          WHERE c.oid = %s::pg_catalog.regclass AND c.reltuples >= 0)
        WHERE schema_name = %s AND view_name = %s AND run_id = %s
        """
            .formatted(
                quotedSchema(),
                Sql.literal(Sql.qualified(view)),
                Sql.literal(view.schema()),
                Sql.literal(view.name()),
                Sql.literal(id.toString())));
  }

  /** The run's row. A success is final. */
  private Sql ended(QualifiedName view, Run run, Instant due, String finishedAt) {
    List<String> values = new ArrayList<>();
    values.add(Sql.literal(view.schema()));
    values.add(Sql.literal(view.name()));
    values.add(Sql.literal(run.id()));
    values.add(Sql.literal(run.trigger().name()));
    values.add(text(run.mode() == null ? null : run.mode().name()));
    values.add(time(due));
    values.add(time(run.startedAt()));
    values.add(finishedAt);
    values.add(Sql.literal(run.result().name()));
    values.add(Sql.literal(run.reason().name()));
    values.add(text(run.sqlState()));
    values.add(text(run.message()));
    values.add(String.valueOf(run.rowsBefore()));
    return Sql.of(
        """
        INSERT INTO %s.runs AS known (schema_name, view_name, run_id, trigger, mode, due_at, started_at,
          finished_at, result, reason, sqlstate, message, rows_before)
        VALUES (%s)
        ON CONFLICT (schema_name, view_name, run_id) DO UPDATE SET
          mode = excluded.mode, started_at = excluded.started_at,
          finished_at = excluded.finished_at, result = excluded.result, reason = excluded.reason,
          sqlstate = excluded.sqlstate, message = excluded.message, rows_before = excluded.rows_before
        WHERE known.result <> 'Succeeded'
        """
            .formatted(quotedSchema(), String.join(", ", values)));
  }

  /** The run's row and what it changes in the view's: both or, after a success, neither. */
  private Sql ended(
      QualifiedName view, Run run, Instant due, String finishedAt, String assignments) {
    return Sql.of(
        """
        WITH ended AS (%s RETURNING finished_at)
        UPDATE %s.views SET %s FROM ended WHERE schema_name = %s AND view_name = %s
        """
            .formatted(
                ended(view, run, due, finishedAt).text(),
                quotedSchema(),
                assignments,
                Sql.literal(view.schema()),
                Sql.literal(view.name())));
  }

  private Sql update(QualifiedName view, String assignments) {
    return Sql.of(
        "UPDATE %s.views SET %s WHERE schema_name = %s AND view_name = %s"
            .formatted(
                quotedSchema(), assignments, Sql.literal(view.schema()), Sql.literal(view.name())));
  }

  private static String text(@Nullable String value) {
    return value == null ? "NULL" : Sql.literal(value);
  }

  private static String time(Instant instant) {
    return Sql.literal(instant.toString()) + "::pg_catalog.timestamptz";
  }

  private static String texts(List<String> values) {
    return "ARRAY[%s]::pg_catalog.text[]"
        .formatted(String.join(", ", values.stream().map(Sql::literal).toList()));
  }
}
