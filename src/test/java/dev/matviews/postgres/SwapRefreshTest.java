package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static dev.matviews.postgres.TestDatabase.run;
import static dev.matviews.postgres.TestViews.LONG;
import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.index;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Drift;
import dev.matviews.plan.Index;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Reason;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.RefreshState;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.Trigger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SwapRefreshTest {

  private static final RefreshRun.Outcome RECORDED = new RefreshRun.Outcome.Recorded();
  private static final Plan NOTHING = new Plan.Steps(List.of());

  /** What is printed of it reads differently from what stands here. */
  private static final Index PARTIAL =
      new Index(
          "v_partial",
          false,
          List.of(Index.Key.expression("lower(label)")),
          List.of(),
          "label IN ('a', 'b') AND label <> 'x'",
          Index.Method.Btree,
          false,
          Map.of());

  private static final String LOOKS_WHO_READS =
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'matview-operator'"
          + " AND datname = current_database() AND query LIKE '%l.virtualtransaction%'";

  private static final ViewDefinition VIEW =
      view(
          "v",
          "SELECT * FROM source WHERE id > 0",
          unique("v_id", "id"),
          index("v_label", "label"),
          PARTIAL);

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  SwapRefreshTest() {}

  @BeforeEach
  void aFilledView() {
    database.asRole(
        "CREATE TABLE app.source (id int, label varchar(20))",
        "INSERT INTO app.source VALUES (1, 'a'), (2, 'b')");
    operated = database.open();
    TestViews.fill(operated, VIEW);
    database.asRole("INSERT INTO app.source VALUES (3, 'c')");
  }

  @Test
  void anotherRelationTakesTheNameWithTheNewRowsAndIsWrittenDownAsThatRun() {
    long before = oid();
    Instant began = Instant.now();
    Instant due = Instant.parse("2030-01-01T00:00:00Z");

    assertThat(
            operated.refresh(TestViews.swap(VIEW, RunId.schedule(due), due, LONG, true)).execute())
        .isEqualTo(RECORDED);

    assertThat(oid()).isNotEqualTo(before);
    assertThat(rows()).containsExactly("1|a", "2|b", "3|c");
    Run run = lastRun();
    assertThat(run.id()).isEqualTo(RunId.schedule(due).toString());
    assertThat(run.trigger()).isEqualTo(Trigger.Schedule);
    assertThat(run.mode()).isEqualTo(Mode.Swap);
    assertThat(run.insteadOf()).isNull();
    assertThat(run.result()).isEqualTo(Run.Result.Succeeded);
    assertThat(run.rowsBefore()).isEqualTo(2);
    assertThat(run.rowsAfter()).isEqualTo(3);
    assertThat(state().settledUntil()).isEqualTo(due);
    assertThat(state().dataAsOf()).isBetween(began.minusMillis(1), Instant.now());
    assertNothingIsLeft();
  }

  /** Of the spec the server may not even know it. */
  @ParameterizedTest
  @EnumSource(names = {"Standard", "Swap"})
  void theTimeZoneIsThatOfTheLiveDefinition(Mode mode) {
    String sql = "SELECT current_setting('TimeZone') AS zone";
    TestViews.fill(operated, view("edited", sql));

    refreshAsEdited(sql, List.of("app"), "Mars/Olympus", mode);

    assertThat(database.value("SELECT zone FROM app.edited")).isEqualTo("UTC");
  }

  /**
   * The one that functions in the query run under; from PostgreSQL 17 on all do under a safe one.
   */
  @ParameterizedTest
  @EnumSource(names = {"Standard", "Swap"})
  void theSearchPathIsThatOfTheLiveDefinition(Mode mode) {
    assumeThat(database.major()).isLessThan(17);
    String sql = "SELECT btrim(current_setting('search_path'), '\"') AS path";
    TestViews.fill(operated, view("edited", sql));

    refreshAsEdited(sql, List.of("elsewhere"), "UTC", mode);

    assertThat(database.value("SELECT path FROM app.edited")).isEqualTo("app");
  }

  private void refreshAsEdited(String sql, List<String> path, String zone, Mode mode) {
    ViewDefinition edited =
        new ViewDefinition(app("edited"), TestViews.claim("edited"), sql, path, zone, List.of());
    operated
        .refresh(
            TestViews.order(
                edited,
                RunId.request("now"),
                new ModeChoice(mode, null, "the test asks for it", false)))
        .execute();
    assertThat(operated.observe(app("edited")).refresh().lastRun())
        .hasValueSatisfying(
            run -> assertThat(run.result()).as(run.said()).isEqualTo(Run.Result.Succeeded));
  }

  @Test
  void aRequestIsHandledAndNotRunTwice() {
    operated.refresh(swap("now")).execute();
    long oid = oid();

    operated.refresh(swap("now")).execute();

    assertThat(state().handledRequest()).isEqualTo("now");
    assertThat(oid()).isEqualTo(oid);
  }

  @Test
  void nothingThatSomebodyGaveTheViewIsLostAndNothingIsLeftToPlan() {
    database.asRole(
        "CREATE INDEX by_hand ON app.v (label DESC)",
        "ALTER MATERIALIZED VIEW app.v SET (fillfactor = 70)",
        "ALTER MATERIALIZED VIEW app.v ALTER COLUMN label SET STATISTICS 7",
        "ALTER MATERIALIZED VIEW app.v CLUSTER ON v_id",
        "COMMENT ON MATERIALIZED VIEW app.v IS 'the view'",
        "COMMENT ON COLUMN app.v.label IS 'its column'",
        "COMMENT ON INDEX app.v_id IS 'its key'",
        "CREATE STATISTICS app.v_stats ON id, label FROM app.v",
        "GRANT SELECT ON app.v TO PUBLIC",
        "GRANT SELECT (label) ON app.v TO pg_monitor WITH GRANT OPTION",
        "CREATE VIEW app.on_top AS SELECT id, lower(label) AS label FROM app.v",
        "GRANT SELECT ON app.on_top TO PUBLIC");
    List<String> before = belongings();
    assertThat(before).hasSize(13);

    operated.refresh(swap("one")).execute();
    operated.refresh(swap("two")).execute();

    assertThat(lastRun().mode()).isEqualTo(Mode.Swap);
    assertThat(belongings()).isEqualTo(before);
    assertThat(database.rows("SELECT id FROM app.on_top ORDER BY 1"))
        .containsExactly("1", "2", "3");
    assertThat(TestViews.plan(operated, VIEW)).isEqualTo(NOTHING);
    assertNothingIsLeft();
  }

  @Test
  void aColumnThatAStarWouldTakeNowDoesNotComeLive() {
    database.asRole("ALTER TABLE app.source ADD COLUMN more text DEFAULT 'new'");
    assertThat(drift()).isEqualTo(Reason.SourceColumnsChanged);

    operated.refresh(swap("now")).execute();

    assertThat(lastRun().mode()).isEqualTo(Mode.Swap);
    assertThat(rows()).containsExactly("1|a", "2|b", "3|c");
    assertThat(drift()).as("still to be told").isEqualTo(Reason.SourceColumnsChanged);
  }

  /** In such a list, each of varchar is printed in another way each time that it is read back. */
  @Test
  void aQueryThatIsNotReadBackAsItIsPrintedIsTakenFromTheSpec() {
    ViewDefinition listed =
        view("w", "SELECT * FROM source WHERE label IN ('a', 'c')", unique("w_id", "id"));
    TestViews.fill(operated, listed);
    database.asRole("UPDATE app.source SET label = 'c' WHERE id = 2");

    operated.refresh(TestViews.swap(listed, "one", LONG, false)).execute();

    assertThat(lastRun("w").mode()).isEqualTo(Mode.Swap);
    assertThat(database.rows("SELECT * FROM app.w ORDER BY 1"))
        .containsExactly("1|a", "2|c", "3|c");
    assertThat(TestViews.plan(operated, listed)).isEqualTo(NOTHING);

    database.asRole("ALTER TABLE app.source ADD COLUMN more text");
    operated.refresh(TestViews.swap(listed, "two", LONG, false)).execute();
    assertThat(lastRun("w").reason()).isEqualTo(Reason.UnsupportedSQL);
    operated.refresh(TestViews.swap(listed, "three", LONG, true)).execute();
    assertThat(lastRun("w").mode()).isEqualTo(Mode.Concurrent);
    assertThat(lastRun("w").insteadOf()).isEqualTo(Mode.Swap);
    assertThat(database.rows("SELECT * FROM app.w ORDER BY 1"))
        .containsExactly("1|a", "2|c", "3|c");
    assertNothingIsLeft();
  }

  @Test
  void aDefinitionThatAnotherHandChangedStaysAndStillShows() {
    database.asRole(
        "DROP MATERIALIZED VIEW app.v",
        "CREATE MATERIALIZED VIEW app.v AS SELECT id, label FROM app.source WHERE id > 1",
        "CREATE UNIQUE INDEX v_id ON app.v (id)");

    operated.refresh(swap("now")).execute();

    assertThat(lastRun().mode()).isEqualTo(Mode.Swap);
    assertThat(rows()).containsExactly("2|b", "3|c");
    assertThat(((Plan.Steps) TestViews.plan(operated, VIEW)).steps())
        .as("the planner still puts it right")
        .isNotEmpty();
  }

  @Test
  void anIndexThatAnotherHandChangedGoesAlongAsItIs() {
    database.asRole("DROP INDEX app.v_label", "CREATE INDEX v_label ON app.v (label DESC, id)");

    operated.refresh(swap("now")).execute();

    assertThat(lastRun().mode()).isEqualTo(Mode.Swap);
    assertThat(database.value("SELECT indexdef FROM pg_indexes WHERE indexname = 'v_label'"))
        .endsWith("(label DESC, id)");
    TestViews.converge(operated, VIEW);
    assertThat(database.value("SELECT indexdef FROM pg_indexes WHERE indexname = 'v_label'"))
        .endsWith("(label)");
  }

  @Test
  void whereSomebodyReadsForLongNoCopyIsMade() throws Exception {
    long before = oid();
    Connection reader = reading();
    CompletableFuture<RefreshRun.Outcome> running = start(swap("now", LONG, true));

    assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    reader.rollback();

    assertEndedConcurrently(before);
    assertThat(lastRun().duration()).isLessThan(Duration.ofSeconds(9));
  }

  @Test
  void whoeverReadsForAMomentOnlyIsWaitedFor() throws Exception {
    long before = oid();
    Connection reader = reading();
    CompletableFuture<RefreshRun.Outcome> running = start(swap("now", LONG, true));
    await().atMost(SOON).until(() -> !database.rows(LOOKS_WHO_READS).isEmpty());
    reader.rollback();

    running.get(20, TimeUnit.SECONDS);

    assertThat(lastRun().mode()).isEqualTo(Mode.Swap);
    assertThat(oid()).isNotEqualTo(before);
  }

  @Test
  void aColumnThatIsRenamedMeanwhileKeepsItsName() throws Exception {
    Connection reader = reading();
    CompletableFuture<RefreshRun.Outcome> running = start(swap("now", LONG, false));
    await().atMost(SOON).until(() -> database.lockTimeouts() > 0);
    run(reader, "ALTER MATERIALIZED VIEW app.v RENAME COLUMN label TO renamed");
    reader.commit();
    running.get(20, TimeUnit.SECONDS);

    assertThat(database.rows("SELECT renamed FROM app.v")).isNotEmpty();
  }

  @Test
  void whereNoLockIsToBeHadItEndsConcurrently() throws Exception {
    long before = oid();
    Connection writer = database.user();
    writer.setAutoCommit(false);
    run(writer, "LOCK TABLE app.source");
    CompletableFuture<RefreshRun.Outcome> running = start(swap("now", Duration.ofSeconds(4), true));
    // It has looked for readers before, and found none.
    database.awaitRow("SELECT 1 FROM pg_locks WHERE NOT granted");
    Connection reader = reading();
    writer.rollback();

    assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    reader.rollback();

    assertEndedConcurrently(before);
  }

  @Test
  void whereNoLockIsToBeHadAndNoOtherWayIsLeftItFails() throws Exception {
    Connection reader = reading();

    start(swap("now", Duration.ofSeconds(2), false)).get(20, TimeUnit.SECONDS);
    reader.rollback();

    assertThat(rows()).containsExactly("1|a", "2|b");
    assertThat(lastRun().result()).isEqualTo(Run.Result.Failed);
    assertThat(lastRun().reason()).isEqualTo(Reason.LockTimeout);
    assertThat(lastRun().mode()).isEqualTo(Mode.Swap);
    assertNothingIsLeft();
  }

  @Test
  void aLockThatComesFreeInTimeIsTaken() throws Exception {
    long before = oid();
    Connection reader = reading();
    CompletableFuture<RefreshRun.Outcome> running = start(swap("now", LONG, false));
    database.awaitRow("SELECT 1 FROM pg_locks WHERE NOT granted");
    reader.rollback();

    running.get(20, TimeUnit.SECONDS);

    assertThat(lastRun().mode()).isEqualTo(Mode.Swap);
    assertThat(oid()).isNotEqualTo(before);
  }

  @Test
  void rowsThatAreDoubleNameTheIndexAndLeaveTheOldData() {
    database.asRole("INSERT INTO app.source VALUES (3, 'c')");

    operated.refresh(swap("now")).execute();

    assertThat(lastRun().reason()).isEqualTo(Reason.DuplicateRows);
    assertThat(lastRun().message()).contains("v_id").doesNotContain("(3)", "matviews_");
    assertThat(rows()).containsExactly("1|a", "2|b");
    assertNothingIsLeft();
  }

  @Test
  void aViewOfOursOnTopStaysReadableAndMovesByItself() {
    ViewDefinition top = view("top", "SELECT id FROM v");
    TestViews.fill(operated, top);

    operated.refresh(swap("now")).execute();

    assertThat(database.rows("SELECT id FROM app.top ORDER BY 1")).containsExactly("1", "2");
    TestViews.converge(operated, top);
    assertThat(database.rows("SELECT id FROM app.top ORDER BY 1")).containsExactly("1", "2", "3");
    TestViews.converge(operated, VIEW);
    assertThat(database.rows("SELECT relname FROM pg_class WHERE relname ~ '__old'")).isEmpty();
    assertNothingIsLeft();
  }

  @Test
  void howManyRowsAConcurrentRefreshChangedIsWrittenDown() {
    database.asRole(
        "INSERT INTO app.source VALUES (4, 'd')",
        "DELETE FROM app.source WHERE id = 1",
        "UPDATE app.source SET label = 'a' WHERE id = 2");

    operated.refresh(TestViews.order("v", "now", Mode.Concurrent)).execute();
    assertThat(lastRun().rowsChanged()).as("one gone, one changed, two new").isEqualTo(3);

    operated.refresh(TestViews.order("v", "again", Mode.Concurrent)).execute();
    assertThat(lastRun().rowsChanged()).isZero();

    database.asRole("DELETE FROM app.source WHERE id > 2");
    operated.refresh(TestViews.order("v", "less", Mode.Concurrent)).execute();
    assertThat(lastRun().rowsChanged()).as("two gone").isEqualTo(2);

    operated.refresh(TestViews.order("v", "plain", Mode.Standard)).execute();
    assertThat(lastRun().rowsChanged()).isNull();
  }

  private static RefreshOrder swap(String request) {
    return swap(request, LONG, true);
  }

  private static RefreshOrder swap(String request, Duration timeout, boolean elseConcurrent) {
    return TestViews.swap(VIEW, request, timeout, elseConcurrent);
  }

  private CompletableFuture<RefreshRun.Outcome> start(RefreshOrder order) {
    return CompletableFuture.supplyAsync(operated.refresh(order)::execute);
  }

  private Connection reading() throws SQLException {
    return database.reading("SELECT * FROM app.v");
  }

  private Reason drift() {
    return ((Plan.Steps) TestViews.plan(operated, VIEW))
        .drift().stream().map(Drift::reason).findFirst().orElseThrow();
  }

  private List<String> belongings() {
    return database.rows(
        """
        SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'app'
        UNION ALL
        SELECT 'relation', relname, concat_ws(' ', relacl, reloptions) FROM pg_class
        WHERE relnamespace = 'app'::regnamespace AND relkind IN ('m', 'v')
        UNION ALL
        SELECT 'column', attname, concat_ws(' ', attacl, attstattarget) FROM pg_attribute
        WHERE attrelid = 'app.v'::regclass AND attnum > 0
        UNION ALL
        SELECT 'comment', objoid::regclass::text, objsubid || description FROM pg_description
        WHERE classoid = 'pg_class'::regclass
          AND objoid::regclass::text ~ '^app[.]'
        UNION ALL
        SELECT 'clustered', indexrelid::regclass::text, '' FROM pg_index WHERE indisclustered
        UNION ALL
        SELECT 'statistics', stxname, pg_get_statisticsobjdef(oid) FROM pg_statistic_ext
        ORDER BY 1, 2, 3
        """);
  }

  private List<String> rows() {
    return database.rows("SELECT * FROM app.v ORDER BY 1");
  }

  private long oid() {
    return operated.observe(app("v")).view().relation().orElseThrow().oid();
  }

  private void assertEndedConcurrently(long before) {
    assertThat(oid()).isEqualTo(before);
    assertThat(rows()).containsExactly("1|a", "2|b", "3|c");
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(lastRun().mode()).isEqualTo(Mode.Concurrent);
    assertThat(lastRun().insteadOf()).isEqualTo(Mode.Swap);
    assertThat(state().handledRequest()).isEqualTo("now");
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() {
    assertThat(database.rows("SELECT scratch FROM matview_operator.views WHERE scratch <> '{}'"))
        .isEmpty();
    assertThat(database.rows("SELECT relname FROM pg_class WHERE relname ~ '^matviews_'"))
        .isEmpty();
  }

  private RefreshState state() {
    return operated.observe(app("v")).refresh();
  }

  private Run lastRun() {
    return lastRun("v");
  }

  private Run lastRun(String view) {
    return operated.observe(app(view)).refresh().lastRun().orElseThrow();
  }
}
