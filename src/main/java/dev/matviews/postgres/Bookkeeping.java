package dev.matviews.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.matviews.plan.Attributes;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Claimants;
import dev.matviews.plan.Index;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.RecordedIndex;
import dev.matviews.plan.StoredQuery;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.PassedOver;
import dev.matviews.refresh.RefreshDecision;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.Trigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  /** Of the view that a query calls c. */
  static final String SOURCE_COLUMNS = SqlFile.read("source-columns.sql");

  private static final String TRAITS = SqlFile.read("traits.sql");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String schema;
  private final Claimants claimants;

  Bookkeeping(String schema, Claimants claimants) {
    this.schema = schema;
    this.claimants = claimants;
  }

  Claimants claimants() {
    return claimants;
  }

  String quotedSchema() {
    return Sql.identifier(schema);
  }

  /** The version of the tables, as a query of its own within another. */
  String version() {
    String table = Sql.literal(quotedSchema() + ".views") + "::pg_catalog.regclass";
    return "(SELECT " + BookkeepingVersion.inSql(table) + ")";
  }

  /** A row for a view of which nothing but its runs is the operator's. */
  Sql register(QualifiedName view, Claim claim) {
    return Sql.of(
        """
        INSERT INTO %s.views AS known (schema_name, view_name, owner_id, namespace, name,
          time_zone, fingerprint, source_columns, indexes, attributes, scratch, traits,
          consecutive_failures)
        VALUES (%s, %s, %s, %s, %s, '', '', '', '{}', '%s', '{}', '{}', 0)
        ON CONFLICT (schema_name, view_name) DO UPDATE SET
          definition_hash = NULL, fingerprint = '', source_columns = '', indexes = '{}',
          attributes = excluded.attributes, traits = '{}'
        WHERE %s
        """
            .formatted(
                quotedSchema(),
                Sql.literal(view.schema()),
                Sql.literal(view.name()),
                Sql.literal(claim.ownerId()),
                Sql.literal(claim.namespace()),
                Sql.literal(claim.name()),
                json(Attributes.NONE),
                isClaimedBy(claim)));
  }

  /**
   * The definition that is live once the surrounding transaction commits.
   *
   * @param live the view as it was when it was known to be of that definition
   */
  Sql record(ViewDefinition definition, StoredQuery live, List<RecordedIndex> indexes) {
    return record(
        definition, Sql.literal(live.fingerprint()), Sql.literal(live.sourceColumns()), indexes);
  }

  /** The definition of a view that the surrounding transaction makes. */
  Sql recordNew(ViewDefinition definition, List<RecordedIndex> indexes) {
    return record(definition, FINGERPRINT, SOURCE_COLUMNS, indexes);
  }

  private Sql record(
      ViewDefinition definition,
      String fingerprint,
      String sourceColumns,
      List<RecordedIndex> indexes) {
    return Sql.of(
        """
        UPDATE %s.views AS known SET definition_hash = %s, search_path = %s, time_zone = %s,
          fingerprint = %s, source_columns = %s, indexes = %s, traits = %s
        FROM pg_catalog.pg_class c
        WHERE c.oid = %s::pg_catalog.regclass AND schema_name = %s AND view_name = %s AND %s
        """
            .formatted(
                quotedSchema(),
                Sql.literal(definition.hash()),
                Sql.literals(definition.searchPath()),
                Sql.literal(definition.timeZone()),
                fingerprint,
                sourceColumns,
                entries(indexes),
                TRAITS,
                Sql.literal(Sql.qualified(definition.name())),
                Sql.literal(definition.name().schema()),
                Sql.literal(definition.name().name()),
                isClaimedBy(definition.claim())));
  }

  /**
   * The same definition in another relation, whose stored query may read a little different. Of one
   * that another hand has changed, what is written down stays, so that the drift still shows.
   *
   * @param oid of the view that was replaced
   * @param before the fingerprint of that one
   * @param after of the one in its place, as it was when both were the same
   */
  Sql madeAnew(QualifiedName view, long oid, String before, String after) {
    return Sql.of(
        """
        UPDATE %1$s.views AS known SET made_oid = c.oid::pg_catalog.int8,
          origin_oid = CASE WHEN known.made_oid = %2$d THEN known.origin_oid ELSE %2$d END,
          fingerprint = CASE WHEN known.fingerprint = %3$s THEN %4$s ELSE known.fingerprint END
        FROM pg_catalog.pg_class c
        WHERE c.oid = %5$s::pg_catalog.regclass AND schema_name = %6$s AND view_name = %7$s
        """
            .formatted(
                quotedSchema(),
                oid,
                Sql.literal(before),
                Sql.literal(after),
                Sql.literal(Sql.qualified(view)),
                Sql.literal(view.schema()),
                Sql.literal(view.name())));
  }

  static String fingerprint(Session session, QualifiedName view) throws SQLException {
    return session
        .query(
            "SELECT "
                + FINGERPRINT
                + " FROM pg_catalog.pg_class c WHERE c.oid = ?::pg_catalog.regclass",
            row -> row.getString(1),
            Sql.qualified(view))
        .get(0);
  }

  /** Two objects may want one view at the same moment; the second changes nothing. */
  private static String isClaimedBy(Claim claim) {
    return "known.owner_id = %s AND known.namespace = %s AND known.name = %s"
        .formatted(
            Sql.literal(claim.ownerId()),
            Sql.literal(claim.namespace()),
            Sql.literal(claim.name()));
  }

  /** A query for whose view it is. */
  String claim(QualifiedName view) {
    return "SELECT owner_id, namespace, name, %s AS version FROM %s.views WHERE schema_name = %s AND view_name = %s"
        .formatted(version(), quotedSchema(), Sql.literal(view.schema()), Sql.literal(view.name()));
  }

  /**
   * Whose view it is.
   *
   * @throws DatabaseException UnsupportedVersion where a newer operator has written it down
   */
  static Claim claim(ResultSet row) throws SQLException {
    BookkeepingVersion.require(row.getInt("version"));
    return new Claim(row.getString(1), row.getString(2), row.getString(3));
  }

  /** What the spec declared last. */
  Sql recordAttributes(QualifiedName view, Attributes attributes) {
    return update(view, "attributes = " + Sql.literal(json(attributes)));
  }

  /** Another object's from now on. */
  Sql takeOver(QualifiedName view, Claim from, Claim to) {
    return Sql.of(
        """
        UPDATE %s.views AS known SET owner_id = %s, namespace = %s, name = %s
        WHERE schema_name = %s AND view_name = %s AND %s
        """
            .formatted(
                quotedSchema(),
                Sql.literal(to.ownerId()),
                Sql.literal(to.namespace()),
                Sql.literal(to.name()),
                Sql.literal(view.schema()),
                Sql.literal(view.name()),
                isClaimedBy(from)));
  }

  /** An index that stands under its name from now on. */
  Sql indexMade(QualifiedName view, Index index) {
    String shape =
        """
        SELECT %s FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
        JOIN pg_catalog.pg_am am ON am.oid = ic.relam
        WHERE i.indexrelid = %s::pg_catalog.regclass
        """
            .formatted(
                Indexes.SHAPE,
                Sql.literal(Sql.qualified(new QualifiedName(view.schema(), index.name()))));
    return update(
        view,
        "indexes = indexes || pg_catalog.jsonb_build_object(%s, %s)"
            .formatted(Sql.literal(index.name()), entry(index.hash(), "(" + shape + ")")));
  }

  Sql indexGone(QualifiedName view, String index) {
    return update(view, "indexes = indexes - " + Sql.literal(index));
  }

  private static String entries(List<RecordedIndex> indexes) {
    String entries =
        indexes.stream()
            .map(i -> Sql.literal(i.name()) + ", " + entry(i.hash(), Sql.literal(i.shape())))
            .collect(Collectors.joining(", "));
    return "pg_catalog.jsonb_build_object(" + entries + ")";
  }

  private static String entry(String hash, String shape) {
    return "pg_catalog.jsonb_build_object('hash', %s, 'shape', %s)"
        .formatted(Sql.literal(hash), shape);
  }

  /** Slots count from {@code since} on, but none that is settled counts again. */
  Sql adoptSchedule(QualifiedName view, String identity, Instant since) {
    return update(view, "schedule = %s, %s".formatted(Sql.literal(identity), settles(since)));
  }

  /** For those who ask in SQL; null where no slot comes. */
  Sql nextDue(QualifiedName view, @Nullable Instant next) {
    return update(view, "next_due = " + (next == null ? "NULL" : time(next)));
  }

  /** What will not run; of what has failed too often, the row of its last try stays as it is. */
  List<Sql> settle(QualifiedName view, RefreshDecision.Settle settle, Instant now) {
    if (settle.result() == Run.Result.Failed) {
      return List.of(update(view, settles(settle.id(), settle.due())));
    }
    // So that the run which it was skipped for ends after it, and stays the newest one.
    Instant at = settle.result() == Run.Result.Skipped ? settle.due() : now;
    Run run =
        new Run(
            settle.id().toString(),
            settle.id().trigger(),
            null,
            at,
            at,
            settle.result(),
            settle.reason(),
            null,
            null,
            1,
            null,
            null,
            false,
            null,
            null);
    return List.of(
        ended(view, run, settle.due(), time(at)), update(view, settles(settle.id(), settle.due())));
  }

  /**
   * A REFRESH that commits together with these statements.
   *
   * @param asOf the database's clock before the REFRESH was sent
   */
  Sql succeeded(RunOrder order, Run run, Instant asOf) {
    String finishedAt =
        "%s + (pg_catalog.clock_timestamp() - %s)".formatted(time(run.startedAt()), time(asOf));
    Instant next = order.options().nextDue();
    return ended(
        order.view(),
        run,
        order.due(),
        finishedAt,
        "data_as_of = %s, last_success = ended.finished_at, consecutive_failures = 0, %s%s"
            .formatted(
                time(asOf),
                settles(order.id(), order.due()),
                next == null ? "" : ", next_due = " + time(next)));
  }

  /** A run that was done already. */
  Sql handled(QualifiedName view, RunId id, Instant due) {
    return update(view, settles(id, due));
  }

  /** What needs no further run; with the first data that holds for all slots before them. */
  private static String settles(RunId id, Instant due) {
    return switch (id.trigger()) {
      case Initial, Schedule, Definition -> settles(due);
      case Request -> "handled_request = " + Sql.literal(id.key());
      // Its row in runs is all there is to it.
      case Run, Upstream -> "handled_request = handled_request";
    };
  }

  /** Once the clock was set back, slots are settled anew from there on. */
  private static String settles(Instant due) {
    return """
        settled_until = greatest(settled_until, %1$s),
          passed_after = CASE WHEN %1$s > passed_after AND %1$s < passed_before
            THEN %1$s ELSE passed_after END"""
        .formatted(time(due));
  }

  /** Those of before are forgotten: no clock is wrong twice without being set right. */
  Sql passOver(QualifiedName view, PassedOver passed) {
    return Sql.of(
        """
        UPDATE %1$s.views SET passed_after = %2$s, passed_before = %3$s,
          settled_until = %3$s - interval '1 microsecond'
        WHERE schema_name = %4$s AND view_name = %5$s AND settled_until = %2$s
        """
            .formatted(
                quotedSchema(),
                time(passed.after()),
                time(passed.before()),
                Sql.literal(view.schema()),
                Sql.literal(view.name())));
  }

  /**
   * A run that the server refused or that was stopped. One whose connection broke right after the
   * server had committed it has succeeded, and stays so. A changed definition that fails is told of
   * until it succeeds, and says nothing about the refreshes of the old one that go on.
   *
   * @param settled whether it is not tried again
   */
  Sql failed(QualifiedName view, RunId id, Run run, Instant due, boolean settled) {
    boolean counts = run.result() == Run.Result.Failed && id.trigger() != Trigger.Definition;
    boolean handled =
        settled && (id.trigger() == Trigger.Schedule || id.trigger() == Trigger.Request);
    return ended(
        view,
        run,
        due,
        time(run.finishedAt()),
        "consecutive_failures = consecutive_failures + %d%s"
            .formatted(counts ? 1 : 0, handled ? ", " + settles(id, due) : ""));
  }

  /**
   * All but the newest runs of a view go, and but its newest rebuild and its newest success in each
   * mode: what a mode costs would else be found out again and again.
   */
  Sql prune(QualifiedName view, int kept) {
    return Sql.of(
        """
        DELETE FROM %1$s.runs WHERE schema_name = %2$s AND view_name = %3$s AND run_id NOT IN (
          (SELECT run_id FROM %1$s.runs WHERE schema_name = %2$s AND view_name = %3$s
           ORDER BY finished_at DESC LIMIT %4$d)
          UNION
          (SELECT run_id FROM %1$s.runs
           WHERE schema_name = %2$s AND view_name = %3$s AND trigger = 'Definition'
           ORDER BY finished_at DESC LIMIT 1)
          UNION
          (SELECT DISTINCT ON (mode) run_id FROM %1$s.runs
           WHERE schema_name = %2$s AND view_name = %3$s AND result = 'Succeeded'
           ORDER BY mode, finished_at DESC))
        """
            .formatted(quotedSchema(), Sql.literal(view.schema()), Sql.literal(view.name()), kept));
  }

  /** Nothing is known of the view any more. */
  List<Sql> forget(QualifiedName view) {
    return Stream.of("runs", "views")
        .map(
            table ->
                Sql.of(
                    "DELETE FROM %s.%s WHERE schema_name = %s AND view_name = %s"
                        .formatted(
                            quotedSchema(),
                            table,
                            Sql.literal(view.schema()),
                            Sql.literal(view.name()))))
        .toList();
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

  /** The rows were counted one by one. */
  Sql rowsAfter(QualifiedName view, RunId id, long counted) {
    return Sql.of(
        """
        UPDATE %s.runs SET rows_after = %d, rows_exact = true
        WHERE schema_name = %s AND view_name = %s AND run_id = %s
        """
            .formatted(
                quotedSchema(),
                counted,
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
    values.add(String.valueOf(run.tries()));
    values.add(text(run.insteadOf() == null ? null : run.insteadOf().name()));
    values.add(changedRows(view, run));
    return Sql.of(
        """
        INSERT INTO %s.runs AS known (schema_name, view_name, run_id, trigger, mode, due_at, started_at,
          finished_at, result, reason, sqlstate, message, rows_before, tries, instead_of, rows_changed)
        VALUES (%s)
        ON CONFLICT (schema_name, view_name, run_id) DO UPDATE SET
          mode = excluded.mode, started_at = excluded.started_at,
          finished_at = excluded.finished_at, result = excluded.result, reason = excluded.reason,
          sqlstate = excluded.sqlstate, message = excluded.message, rows_before = excluded.rows_before,
          tries = coalesce(known.tries, 1) + excluded.tries,
          instead_of = excluded.instead_of, rows_changed = excluded.rows_changed
        WHERE known.result <> 'Succeeded'
        """
            .formatted(quotedSchema(), String.join(", ", values)));
  }

  /**
   * What the transaction that this is part of has inserted and deleted; a changed row is both. Only
   * a concurrent refresh touches the rows that are there, and only where the server counts at all.
   */
  private static String changedRows(QualifiedName view, Run run) {
    if (run.mode() != Mode.Concurrent || run.result() != Run.Result.Succeeded) {
      return "NULL";
    }
    return """
        CASE WHEN pg_catalog.current_setting('track_counts')::pg_catalog.bool THEN greatest(
          pg_catalog.pg_stat_get_xact_tuples_inserted(%1$s::pg_catalog.regclass),
          pg_catalog.pg_stat_get_xact_tuples_deleted(%1$s::pg_catalog.regclass)) END"""
        .formatted(Sql.literal(Sql.qualified(view)));
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

  /** Changes the view's row. */
  Sql update(QualifiedName view, String assignments) {
    return Sql.of(
        "UPDATE %s.views SET %s WHERE schema_name = %s AND view_name = %s"
            .formatted(
                quotedSchema(), assignments, Sql.literal(view.schema()), Sql.literal(view.name())));
  }

  private static String json(Attributes attributes) {
    try {
      return JSON.writeValueAsString(attributes);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and maps of texts are JSON", e);
    }
  }

  private static String text(@Nullable String value) {
    return value == null ? "NULL" : Sql.literal(value);
  }

  private static String time(Instant instant) {
    return Sql.literal(instant.toString()) + "::pg_catalog.timestamptz";
  }
}
