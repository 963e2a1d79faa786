package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SIGKILL at moments that the server is made to wait in, so that no refresh is sent differently for
 * the sake of a test. Each view is named after its mode.
 */
@ExtendWith(Stage.Extension.class)
@DisplayName("When the operator is killed in a refresh")
class RefreshCrashIT {

  private static final List<String> ALL = List.of("standard", "concurrent", "swap");

  /** The gate leaves out what takes longest and loses least: no data are at stake in a clean-up. */
  private static final boolean EVERY_MOMENT = Boolean.getBoolean("crash.alone");

  /** Long enough for a start of an operator on a machine that has other work too. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String OPERATORS =
      "FROM pg_stat_activity a WHERE datname = current_database()"
          + " AND application_name = 'matview-operator'";

  /** Where in a run the operator is killed. */
  private enum Moment {
    /** The server reads the sources, for whichever relation it fills. */
    MID_REFRESH,
    /**
     * All is sent in one round trip, by a swap its two renames too, and all of it is done but the
     * last: the run's row.
     */
    BEFORE_COMMIT,
    BEFORE_STATUS,
    /** A VACUUM, or after a swap that was killed the DROP of what it had built. */
    MID_CLEAN_UP
  }

  private final List<String> requests = new ArrayList<>();
  private Stage stage;
  private Tenant tenant;
  private List<String> before = List.of();

  @SuppressWarnings("NullAway.Init") // set before the test
  RefreshCrashIT() {}

  @BeforeEach
  void source(Stage shared, Tenant moved) {
    stage = shared;
    tenant = moved;
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: db}
        spec: {secretRef: {name: db}, tls: {mode: disable}, maxConcurrentRefreshes: 3}
        """);
    tenant.sql(
        "CREATE TABLE app.source AS SELECT g AS id, 0 AS n FROM generate_series(1, 100) g",
        "GRANT SELECT ON app.source TO \"%s\"".formatted(tenant.role()));
  }

  private void views(List<String> views) {
    views.forEach(this::define);
    views.forEach(tenant::awaitReady);
    views.forEach(this::giveBelongings);
    before = tenant.catalogue();
  }

  private void define(String view) {
    String mode = view.substring(0, 1).toUpperCase(Locale.ROOT) + view.substring(1);
    tenant.view(
        view,
        """
        WITH once AS MATERIALIZED (
          SELECT clock_timestamp() AS at, pg_advisory_xact_lock_shared(42)::text AS waited)
        SELECT id, n, at FROM source, once\
        """,
        """
        indexes: [{name: %s_key, unique: true, columns: [id]}]
        refresh: {mode: %s, lockTimeout: 30s}
        """
            .formatted(view, mode));
  }

  private void giveBelongings(String view) {
    tenant.sql(
        "COMMENT ON MATERIALIZED VIEW app.%s IS 'a comment'".formatted(view),
        "GRANT SELECT ON app.%s TO PUBLIC".formatted(view),
        "SET ROLE \"%s\"".formatted(tenant.role()),
        "CREATE INDEX %1$s_by_n ON app.%1$s (n)".formatted(view),
        "CREATE VIEW app.on_%1$s AS SELECT id, n FROM app.%1$s".formatted(view));
  }

  @Test
  @DisplayName("of each mode, again and again, it ends as if it had never been killed")
  void aLifeOfKills() {
    views(ALL);
    try (Readers readers = readers(ALL)) {
      kill(ALL, Moment.MID_REFRESH);
      if (EVERY_MOMENT) {
        kill(List.of("swap"), Moment.MID_CLEAN_UP);
        kill(List.of("standard", "concurrent"), Moment.MID_CLEAN_UP);
      }
      kill(ALL, Moment.BEFORE_COMMIT);
      kill(ALL, Moment.BEFORE_STATUS);
      assertThat(readers.stop()).as("reads that failed or were empty").isEmpty();
    }
    assertAsWithoutKills();
  }

  static Stream<Arguments> cells() {
    return ALL.stream()
        .flatMap(view -> Stream.of(Moment.values()).map(moment -> Arguments.of(view, moment)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cells")
  @EnabledIfSystemProperty(named = "crash.alone", matches = "true")
  @DisplayName("once, it ends as if it had never been killed:")
  void once(String view, Moment moment) {
    views(List.of(view));
    try (Readers readers = readers(List.of(view))) {
      kill(List.of(view), moment);
      assertThat(readers.stop()).as("reads that failed or were empty").isEmpty();
    }
    assertAsWithoutKills();
  }

  /** One for each: whoever waits for one view would hold its lock on the others meanwhile. */
  private Readers readers(List<String> views) {
    return Readers.of(
        tenant, views.stream().map("SELECT count(*) FROM app.on_%s"::formatted).toList(), "100");
  }

  private static String each(List<String> views, String text, String between) {
    return String.join(between, views.stream().map(text::formatted).toList());
  }

  private void kill(List<String> views, Moment moment) {
    String request = "request-" + requests.size();
    tenant.sql("UPDATE app.source SET n = n + 1");
    views.forEach(view -> requests.add(view + " Request/" + request));
    try (HeldLocks refreshes = HeldLocks.none().and(tenant, "SELECT pg_advisory_xact_lock(42)")) {
      refreshes.await();
      views.forEach(view -> tenant.annotate(view, request));
      tenant.awaitValue(waiting("query LIKE 'REFRESH%'"), LIMIT, String.valueOf(views.size()));
      killAt(moment, views, refreshes);
      awaitDead();
      assertWhole(views, request, moment);
    } finally {
      stage.startOperatorAgain();
    }
    String committed = data(views);
    boolean done = isDone(moment, views);
    views.forEach(
        view ->
            tenant.await(
                view,
                LIMIT,
                s ->
                    request.equals(s.lastHandledRefreshRequest())
                        && Tenant.ready(s).equals("TRUE/InSync")));
    assertThat(data(views).equals(committed)).as("not refreshed again").isEqualTo(done);
  }

  /** While all views are in their REFRESH, and stay there until {@code refreshes} is closed. */
  private void killAt(Moment moment, List<String> views, HeldLocks refreshes) {
    switch (moment) {
      case MID_REFRESH -> stage.operator().kill();
      case BEFORE_COMMIT -> killBeforeCommit(views, refreshes);
      case BEFORE_STATUS -> killUnheard(views, refreshes);
      case MID_CLEAN_UP -> {
        if (views.contains("swap")) {
          killInDrop(refreshes);
        } else {
          killInVacuum(views, refreshes);
        }
      }
    }
  }

  private void awaitDead() {
    tenant.awaitValue("SELECT count(*) " + OPERATORS, Duration.ofSeconds(5), "0");
  }

  private static String waiting(String more) {
    return "SELECT count(*) %s AND wait_event_type = 'Lock' AND %s".formatted(OPERATORS, more);
  }

  private void killWaiting(HeldLocks locks, String query, int wanted) {
    try {
      tenant.awaitValue(query, LIMIT, String.valueOf(wanted));
      stage.operator().kill();
      awaitDead();
    } finally {
      locks.close();
    }
  }

  private void killBeforeCommit(List<String> views, HeldLocks refreshes) {
    HeldLocks rows = HeldLocks.none().and(tenant, "SELECT FROM matview_operator.views FOR UPDATE");
    rows.await();
    refreshes.close();
    killWaiting(rows, waiting("query NOT LIKE 'REFRESH%'"), views.size());
  }

  /** The API server takes no status while the run is committed. */
  private void killUnheard(List<String> views, HeldLocks refreshes) {
    stage.controlPlane().signalApiServer("STOP");
    try {
      refreshes.close();
      tenant.awaitValue(
          "SELECT count(*) FROM matview_operator.runs WHERE run_id = '%s' AND result = 'Succeeded'"
              .formatted(run()),
          LIMIT,
          String.valueOf(views.size()));
      stage.operator().kill();
    } finally {
      stage.controlPlane().signalApiServer("CONT");
    }
  }

  /** A comment needs the lock that VACUUM needs, and stands in the queue before it. */
  private void killInVacuum(List<String> views, HeldLocks refreshes) {
    HeldLocks locks = HeldLocks.none();
    views.forEach(view -> locks.and(tenant, comment(view)));
    tenant.awaitValue(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'ShareUpdateExclusiveLock'",
        LIMIT,
        String.valueOf(views.size()));
    refreshes.close();
    killWaiting(locks, waiting("query LIKE 'VACUUM%'"), views.size());
  }

  /** What a swap leaves behind that was killed as it was filled. */
  private void killInDrop(HeldLocks refreshes) {
    stage.operator().kill();
    awaitDead();
    refreshes.close();
    String left =
        Objects.requireNonNull(
            tenant.value("SELECT scratch[1] FROM matview_operator.views WHERE scratch <> '{}'"));
    HeldLocks locks = HeldLocks.none().and(tenant, comment(left));
    stage.startOperatorAgain();
    killWaiting(locks, waiting("query LIKE 'DROP%'"), 1);
  }

  private static String comment(String view) {
    return "COMMENT ON MATERIALIZED VIEW app.\"%s\" IS 'a comment'".formatted(view);
  }

  private String run() {
    String last = requests.get(requests.size() - 1);
    return last.substring(last.indexOf(' ') + 1);
  }

  private static boolean isDone(Moment moment, List<String> views) {
    return switch (moment) {
      case MID_REFRESH, BEFORE_COMMIT -> false;
      case BEFORE_STATUS -> true;
      case MID_CLEAN_UP -> !views.contains("swap");
    };
  }

  /** New data and the row of their run are there together, or neither is. */
  private void assertWhole(List<String> views, String request, Moment moment) {
    String n = tenant.value("SELECT max(n) FROM app.source");
    for (String view : views) {
      assertThat(
              tenant.value(
                  """
                  SELECT (SELECT min(n) = %1$s AND max(n) = %1$s FROM app.%2$s)::text || ' '
                    || (SELECT count(*) FROM matview_operator.runs
                        WHERE view_name = '%2$s' AND run_id = 'Request/%3$s')
                  """
                      .formatted(n, view, request)))
          .as("%s after %s", view, moment)
          .isEqualTo(isDone(moment, views) ? "true 1" : "false 0");
    }
  }

  /** When they were made. */
  private String data(List<String> views) {
    return String.valueOf(
        tenant.value(
            "SELECT " + each(views, "(SELECT max(at) FROM app.%1$s)::text", " || ' ' || ")));
  }

  private void assertAsWithoutKills() {
    tenant.awaitValue(
        "SELECT coalesce(string_agg(scratch::text, ''), '') FROM matview_operator.views"
            + " WHERE scratch <> '{}'",
        LIMIT,
        "");
    assertThat(tenant.catalogue()).isEqualTo(before);
    assertThat(
            String.valueOf(
                    tenant.value(
                        """
                        SELECT string_agg(format('%s %s', view_name, run_id), ',' ORDER BY started_at)
                        FROM matview_operator.runs WHERE trigger = 'Request'
                          AND result = 'Succeeded' AND lower(mode) = view_name AND tries = 1
                        """))
                .split(",", -1))
        .as("each request once, in its mode")
        .containsExactlyInAnyOrderElementsOf(requests);
  }
}
