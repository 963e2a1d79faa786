package dev.matviews.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.matviews.plan.Attributes;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Claimants;
import dev.matviews.plan.ObservedAttributes;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.RecordedIndex;
import dev.matviews.plan.Standing;
import dev.matviews.plan.StoredQuery;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.PassedOver;
import dev.matviews.refresh.RefreshState;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.Trigger;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks at any number of views of a database by one query that takes no lock on any of them. */
final class Catalog {

  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private static final TypeReference<List<RunRow>> RUNS = new TypeReference<>() {};

  /** In bytes, with the longest history and the most indexes; and that of so many more. */
  private static final long MOST_OF_A_VIEW = 256 << 10;

  private static final long MOST_OF_A_LOOK = 16;

  private static final TypeReference<List<List<String>>> CLAIMS = new TypeReference<>() {};

  private final Claimants claimants;
  private final String observe;
  private final String ended;

  /**
   * Of one database.
   *
   * @param readReplicas whether readers use standbys; null where the server is to be asked
   */
  Catalog(Bookkeeping bookkeeping, @Nullable Boolean readReplicas) {
    String standbys =
        readReplicas == null
            ? "EXISTS (SELECT FROM pg_catalog.pg_stat_get_wal_senders())"
            : readReplicas.toString();
    claimants = bookkeeping.claimants();
    ended =
        """
        SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r)), '[]') AS runs
        FROM %s.runs r WHERE r.schema_name = ? AND r.view_name = ? AND r.run_id = ANY (?)
        """
            .formatted(bookkeeping.quotedSchema());
    observe =
        SqlFile.read("observe.sql")
            .replace("${indexes}", SqlFile.read("observe-indexes.sql"))
            .replace("${standbys}", standbys)
            .replace("${shape}", Indexes.SHAPE)
            .replace("${fingerprint}", Bookkeeping.FINGERPRINT)
            .replace("${source_columns}", Bookkeeping.SOURCE_COLUMNS)
            .replace("${reachable}", Owner.MAY_BECOME.formatted("c.relowner"))
            .replace("${reachable_grantor}", Owner.MAY_BECOME.formatted("x.grantor"))
            .replace("${reachable_on_top}", Owner.MAY_BECOME.formatted("v.relowner"))
            .replace("${needed}", Scratch.NEEDED)
            .replace("${version}", bookkeeping.version())
            .replace("${bookkeeping}", bookkeeping.quotedSchema());
  }

  Map<QualifiedName, Observation> observe(Session session, Collection<QualifiedName> names)
      throws SQLException {
    Map<QualifiedName, Observation> found = new HashMap<>();
    session
        .query(
            MOST_OF_A_VIEW * (names.size() + MOST_OF_A_LOOK),
            observe,
            this::observation,
            session.texts(names.stream().map(QualifiedName::schema).toList()),
            session.texts(names.stream().map(QualifiedName::name).toList()))
        .forEach(o -> found.put(o.view().name(), o));
    return found;
  }

  /** Those of a view's runs that have ended. */
  List<Run> ended(Session session, QualifiedName view, Collection<RunId> ids) throws SQLException {
    return session
        .query(
            ended,
            row -> json(row, "runs", RUNS),
            view.schema(),
            view.name(),
            session.texts(ids.stream().map(RunId::toString).toList()))
        .get(0)
        .stream()
        .map(RunRow::toRun)
        .toList();
  }

  private Observation observation(ResultSet row) throws SQLException {
    BookkeepingVersion.require(row.getInt("bookkeeping_version"));
    QualifiedName name =
        new QualifiedName(row.getString("schema_name"), row.getString("view_name"));
    return new Observation(
        new ObservedView(name, row.getBoolean("schema_exists"), relation(row), record(row)),
        refreshState(row),
        row.getLong("origin"),
        texts(row, "upstreams"));
  }

  private Optional<Relation> relation(ResultSet row) throws SQLException {
    long oid = row.getLong("oid");
    if (row.wasNull()) {
      return Optional.empty();
    }
    return Optional.of(
        new Relation(
            oid,
            row.getString("kind"),
            attributes(row),
            row.getBoolean("acts_as_owner"),
            row.getBoolean("maintainable"),
            row.getBoolean("populated"),
            new StoredQuery(text(row, "fingerprint"), text(row, "source_columns")),
            row.getLong("row_estimate"),
            row.getLong("bytes"),
            texts(row, "sources"),
            row.getBoolean("reads_replaced"),
            texts(row, "unpopulated_sources"),
            texts(row, "unreadable_sources"),
            texts(row, "dependents"),
            json(row, "indexes", new TypeReference<List<ObservedIndex>>() {}),
            new Standing(row.getBoolean("replaceable"), onTop(row), row.getBoolean("standbys"))));
  }

  /** Nobody would build anew a view whose object is gone. */
  private Standing.OnTop onTop(ResultSet row) throws SQLException {
    Standing.OnTop found = Standing.OnTop.valueOf(row.getString("on_top"));
    boolean forsaken =
        json(row, "managed_on_top", CLAIMS).stream()
            .anyMatch(
                of ->
                    claimants.areGone(
                        new QualifiedName(of.get(0), of.get(1)),
                        new Claim(of.get(2), of.get(3), of.get(4))));
    return forsaken ? Standing.OnTop.Others : found;
  }

  /** Only a materialized view has any that matter. */
  private static ObservedAttributes attributes(ResultSet row) throws SQLException {
    return row.getString("attributes") == null
        ? new ObservedAttributes("", null, null, Map.of(), List.of())
        : json(row, "attributes", new TypeReference<ObservedAttributes>() {});
  }

  private static Optional<ViewRecord> record(ResultSet row) throws SQLException {
    String ownerId = row.getString("owner_id");
    if (ownerId == null) {
      return Optional.empty();
    }
    return Optional.of(
        new ViewRecord(
            new Claim(ownerId, row.getString("namespace"), row.getString("name")),
            false,
            row.getString("definition_hash"),
            row.getString("time_zone"),
            new StoredQuery(
                row.getString("recorded_fingerprint"), row.getString("recorded_source_columns")),
            json(row, "recorded_indexes", new TypeReference<TreeMap<String, IndexEntry>>() {})
                .entrySet()
                .stream()
                .map(entry -> entry.getValue().named(entry.getKey()))
                .toList(),
            json(row, "recorded_attributes", new TypeReference<Attributes>() {}),
            texts(row, "scratch"),
            texts(row, "aside"),
            texts(row, "traits")));
  }

  private static RefreshState refreshState(ResultSet row) throws SQLException {
    if (row.getString("owner_id") == null) {
      return RefreshState.NONE;
    }
    return new RefreshState(
        row.getString("schedule"),
        instant(row, "settled_until"),
        row.getString("handled_request"),
        instant(row, "data_as_of"),
        instant(row, "last_success"),
        row.getInt("consecutive_failures"),
        instant(row, "next_due"),
        json(row, "runs", RUNS).stream().map(RunRow::toRun).toList(),
        passedOver(row));
  }

  private static @Nullable PassedOver passedOver(ResultSet row) throws SQLException {
    Instant after = instant(row, "passed_after");
    Instant before = instant(row, "passed_before");
    return after == null || before == null ? null : new PassedOver(after, before);
  }

  /** An index in column {@code indexes}, whose key is its name. */
  private record IndexEntry(String hash, String shape) {

    RecordedIndex named(String name) {
      return new RecordedIndex(name, hash, shape);
    }
  }

  /** A row of {@code runs}, by its column names. */
  private record RunRow(
      String run_id,
      String trigger,
      @Nullable String mode,
      String started_at,
      String finished_at,
      String result,
      String reason,
      @Nullable String sqlstate,
      @Nullable String message,
      @Nullable Long rows_before,
      @Nullable Long rows_after,
      @Nullable Integer tries,
      @Nullable Boolean rows_exact,
      @Nullable String instead_of,
      @Nullable Long rows_changed) {

    Run toRun() {
      return new Run(
          run_id,
          Trigger.valueOf(trigger),
          mode == null ? null : Mode.valueOf(mode),
          OffsetDateTime.parse(started_at).toInstant(),
          OffsetDateTime.parse(finished_at).toInstant(),
          Run.Result.valueOf(result),
          Reason.valueOf(reason),
          sqlstate,
          message,
          tries == null ? 1 : tries,
          rows_before,
          rows_after,
          Boolean.TRUE.equals(rows_exact),
          instead_of == null ? null : Mode.valueOf(instead_of),
          rows_changed);
    }
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static String text(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNullElse(row.getString(column), "");
  }

  /** Of a text[]; empty for null. */
  static List<String> texts(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }

  private static <T> T json(ResultSet row, String column, TypeReference<T> type)
      throws SQLException {
    try {
      return JSON.readValue(row.getString(column), type);
    } catch (JsonProcessingException e) {
      throw new SQLException("column " + column + " does not hold what this version wrote", e);
    }
  }
}
