package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.RefreshDecision;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.Trigger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is written down: whose view is whose, and how each run ended.
 *
 * <p>It is written in the same transactions as what it tells of, so it is never ahead of the truth
 * or behind it.
 */
final class Bookkeeping {

  /** Of the view that a query calls c. */
  static final String FINGERPRINT = SqlFile.read("fingerprint.sql");

  private static final int RUNS_KEPT = 20;

  private final String schema;

  Bookkeeping(String schema) {
    this.schema = schema;
  }

  String quotedSchema() {
    return Sql.identifier(schema);
  }

  /** The view's row as it should be once the surrounding transaction commits. */
  Sql record(ViewDefinition definition, List<String> indexes) {
    QualifiedName name = definition.name();
    String fingerprint =
        "SELECT %s FROM pg_catalog.pg_class c WHERE c.oid = %s::pg_catalog.regclass"
            .formatted(FINGERPRINT, Sql.literal(Sql.qualified(name)));
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
        update(view, settles(settle.id(), settle.due())));
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
