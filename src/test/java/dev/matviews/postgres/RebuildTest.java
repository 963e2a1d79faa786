package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static dev.matviews.postgres.TestDatabase.run;
import static dev.matviews.postgres.TestViews.LONG;
import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.index;
import static dev.matviews.postgres.TestViews.rebuild;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Drift;
import dev.matviews.plan.Index;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Reason;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.RefreshState;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.Trigger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RebuildTest {

  private static final RefreshRun.Outcome RECORDED = new RefreshRun.Outcome.Recorded();
  private static final ViewDefinition OLD =
      view("v", "SELECT id, label FROM source", unique("v_id", "id"), index("v_label", "label"));
  private static final ViewDefinition NEW =
      view(
          "v",
          "SELECT id, label, id * 2 AS twice FROM source",
          unique("v_id", "id"),
          index("v_twice", "twice"));

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  RebuildTest() {}

  @BeforeEach
  void aFilledView() {
    database.asRole(
        "CREATE TABLE app.source (id int, label text)",
        "INSERT INTO app.source VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    operated = database.open();
    TestViews.fill(operated, OLD);
  }

  @Test
  void anIndexThatFailsOnTheDataTellsNoneOfThem() {
    Index number =
        new Index(
            "v_number",
            false,
            List.of(Index.Key.expression("label::int")),
            List.of(),
            null,
            Index.Method.Btree,
            false,
            Map.of());

    operated.rebuild(rebuild(operated, view("v", NEW.sql(), number))).execute();

    assertThat(lastRun().result()).isEqualTo(Run.Result.Failed);
    assertThat(lastRun().sqlState()).isEqualTo("22P02");
    assertThat(lastRun().message()).contains("v_number").doesNotContain("\"a\"", "matviews_");
    assertThat(database.value("SELECT count(*) FROM app.v")).as("the old one").isEqualTo("3");
  }

  @Test
  void aChangedDefinitionComesToLifeWithItsDataAndIndexes() {
    Instant before = Instant.now();

    assertThat(operated.rebuild(rebuild(operated, NEW)).execute()).isEqualTo(RECORDED);

    assertThat(lastRun().message()).isNull();
    assertThat(database.rows("SELECT * FROM app.v ORDER BY 1"))
        .containsExactly("1|a|2", "2|b|4", "3|c|6");
    assertThat(database.rows("SELECT indexname FROM pg_indexes WHERE schemaname = 'app'"))
        .containsExactlyInAnyOrder("v_id", "v_twice");
    assertThat(TestViews.plan(operated, NEW)).isEqualTo(new Plan.Steps(List.of()));
    assertThat(lastRun().trigger()).isEqualTo(Trigger.Definition);
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(lastRun().rowsAfter()).isEqualTo(3);
    assertThat(state().dataAsOf()).isAfter(before);
    assertThat(state().lastSuccess()).isEqualTo(lastRun().finishedAt());
    assertThat(state().settledUntil()).isAfter(before);
    assertNothingIsLeft();
  }

  @Test
  void aRebuildThatIsDoneIsNotDoneAgain() {
    RebuildOrder order = rebuild(operated, NEW);
    operated.rebuild(order).execute();
    long oid = oid();

    assertThat(operated.rebuild(order).execute()).isEqualTo(RECORDED);

    assertThat(oid()).isEqualTo(oid);
    assertThat(state().runs()).hasSize(2);
  }

  @Test
  void aQueryThatFailsLeavesTheOldDataAndNoShadow() {
    Instant settled = state().settledUntil();
    operated
        .rebuild(rebuild(operated, view("v", "SELECT 1 / (id - 1) AS id FROM source")))
        .execute();

    assertThat(database.rows("SELECT * FROM app.v ORDER BY 1"))
        .containsExactly("1|a", "2|b", "3|c");
    assertThat(lastRun().result()).isEqualTo(Run.Result.Failed);
    assertThat(lastRun().reason()).isEqualTo(Reason.QueryFailed);
    assertThat(lastRun().sqlState()).isEqualTo("22012");
    assertThat(state().consecutiveFailures()).as("of refreshes").isZero();
    assertThat(state().settledUntil()).isEqualTo(settled);
    assertNothingIsLeft();
  }

  @Test
  void aDefinitionThatCannotBeMadeIsAFailureWithItsPlace() {
    operated.rebuild(rebuild(operated, view("v", "SELECT nothing FROM source"))).execute();

    assertThat(lastRun().reason()).isEqualTo(Reason.InvalidSQL);
    assertThat(lastRun().message()).contains("line 1, column 8").contains("nothing");
    assertNothingIsLeft();
  }

  @Test
  void rowsThatAreDoubleNameTheIndexAsTheSpecDoes() {
    operated
        .rebuild(rebuild(operated, view("v", "SELECT 7 AS id FROM source", unique("v_id", "id"))))
        .execute();

    assertThat(lastRun().reason()).isEqualTo(Reason.DuplicateRows);
    assertThat(lastRun().message()).contains("v_id").contains("app.v");
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("3");
    assertNothingIsLeft();
  }

  @Test
  void aRebuildThatTakesLongerThanItsTimeoutFails() {
    operated
        .rebuild(
            rebuild(
                operated,
                view("v", "SELECT id, pg_sleep(60)::text AS a FROM source"),
                Duration.ofMillis(800)))
        .execute();

    assertThat(lastRun().reason()).isEqualTo(Reason.RefreshTimeout);
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("3");
    assertNothingIsLeft();
  }

  @Test
  void aReaderInTheWayIsAwaitedInShortTriesThatHoldNoOtherReaderOff() throws Exception {
    Connection inTheWay = database.reading("SELECT * FROM app.v");
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Integer> others = CompletableFuture.supplyAsync(() -> reads(over));
    CompletableFuture<RefreshRun.Outcome> running = start(NEW, LONG);

    await().atMost(SOON).until(() -> database.lockTimeouts() >= 3);
    assertThat(running).isNotDone();
    inTheWay.rollback();
    assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    over.set(true);

    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(others.get(20, TimeUnit.SECONDS)).isGreaterThan(10);
    assertThat(database.serverLog("still waiting for AccessShareLock")).isEmpty();
    assertNothingIsLeft();
  }

  @Test
  void aReaderThatNeverLeavesIsNamedWhenTheTimeIsOver() throws Exception {
    Connection inTheWay = database.reading("SELECT * FROM app.v");
    String pid = TestDatabase.rows(inTheWay, "SELECT pg_backend_pid()").get(0);

    start(NEW, Duration.ofSeconds(2)).get(20, TimeUnit.SECONDS);

    assertThat(lastRun().reason()).isEqualTo(Reason.LockTimeout);
    assertThat(lastRun().message()).endsWith("in the way: " + pid);
    assertNothingIsLeft();
  }

  @Test
  void whatIsGivenWhileTheShadowIsFilledGoesAlong() throws Exception {
    Connection inTheWay = database.reading("SELECT * FROM app.v");
    CompletableFuture<RefreshRun.Outcome> running = startAndWaitForALock();
    database.asRole(
        "CREATE STATISTICS app.late ON id, label FROM app.v",
        "CREATE INDEX late_index ON app.v (label)",
        "COMMENT ON MATERIALIZED VIEW app.v IS 'late'",
        "GRANT SELECT ON app.v TO PUBLIC");
    inTheWay.rollback();
    running.get(20, TimeUnit.SECONDS);

    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(database.rows("SELECT twice FROM app.v")).hasSize(3);
    assertThat(database.rows("SELECT stxname FROM pg_statistic_ext")).containsExactly("late");
    assertThat(database.rows("SELECT indexname FROM pg_indexes WHERE schemaname = 'app'"))
        .containsExactlyInAnyOrder("v_id", "v_twice", "late_index");
    assertThat(database.value("SELECT obj_description('app.v'::regclass)")).isEqualTo("late");
    assertThat(database.value("SELECT relacl::text FROM pg_class WHERE oid = 'app.v'::regclass"))
        .contains(",=r/");
    assertNothingIsLeft();
  }

  @Test
  void anIndexThatACrashLeftIsNotTakenAlong() {
    database.asRole(
        "CREATE UNIQUE INDEX matviews_left ON app.v (label)",
        "UPDATE matview_operator.views SET scratch = '{matviews_left}'");

    operated
        .rebuild(rebuild(operated, view("v", "SELECT id, 'x'::text AS label FROM source")))
        .execute();

    assertThat(lastRun().message()).isNull();
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
  }

  @Test
  void aGrantOfAColumnStaysWhenTheViewIsGrantedMeanwhile() throws Exception {
    String reader = database.reachableRole("reader");
    database.asRole(
        "GRANT REFERENCES ON app.v TO " + reader, "GRANT SELECT (id) ON app.v TO " + reader);
    Connection inTheWay = database.reading("SELECT * FROM app.v");
    CompletableFuture<RefreshRun.Outcome> running = startAndWaitForALock();
    run(inTheWay, "GRANT SELECT ON app.v TO PUBLIC");
    inTheWay.commit();
    running.get(20, TimeUnit.SECONDS);

    assertThat(database.rows("SELECT twice FROM app.v")).hasSize(3);
    assertThat(
            database.value(
                "SELECT attacl::text FROM pg_attribute WHERE attname = 'id'"
                    + " AND attrelid = 'app.v'::regclass"))
        .contains(reader + "=r/");
  }

  @Test
  void aColumnThatASourceGainsWhileTheShadowWaitsIsSeen() throws Exception {
    ViewDefinition star = view("v", "SELECT * FROM source");
    Connection inTheWay = database.reading("SELECT * FROM app.v");
    CompletableFuture<RefreshRun.Outcome> running = startAndWaitForALock(star);
    database.asRole("ALTER TABLE app.source ADD COLUMN late int");
    inTheWay.rollback();
    running.get(20, TimeUnit.SECONDS);

    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(TestViews.plan(operated, star))
        .isInstanceOfSatisfying(
            Plan.Steps.class,
            plan ->
                assertThat(plan.drift())
                    .extracting(Drift::reason)
                    .containsExactly(Reason.SourceColumnsChanged));
  }

  @Test
  void whatIsSetWhileTheShadowIsFilledIsNotLost() throws Exception {
    Connection inTheWay = database.reading("SELECT * FROM app.v");
    CompletableFuture<RefreshRun.Outcome> running = startAndWaitForALock();
    run(inTheWay, "ALTER MATERIALIZED VIEW app.v SET (autovacuum_enabled = off)");
    inTheWay.commit();
    running.get(20, TimeUnit.SECONDS);

    assertThat(lastRun().reason()).isEqualTo(Reason.RefreshInProgress);
    assertThat(lastRun().message()).startsWith("app.v was changed meanwhile");
    assertThat(database.rows("SELECT label FROM app.v")).as("served as before").hasSize(3);
    assertNothingIsLeft();
    operated.rebuild(rebuild(operated, NEW)).execute();
    assertThat(database.rows("SELECT twice FROM app.v")).hasSize(3);
    assertThat(database.value("SELECT reloptions FROM pg_class WHERE oid = 'app.v'::regclass"))
        .isEqualTo("{autovacuum_enabled=off}");
  }

  @Test
  void anOwnerOfAnotherHandStays() throws Exception {
    String owner = database.reachableRole("owner");
    database.asAdmin("GRANT USAGE, CREATE ON SCHEMA app TO " + owner);
    Connection inTheWay = database.reading("SELECT * FROM app.v");
    CompletableFuture<RefreshRun.Outcome> running = startAndWaitForALock();
    run(inTheWay, "ALTER MATERIALIZED VIEW app.v OWNER TO " + owner);
    inTheWay.commit();
    running.get(20, TimeUnit.SECONDS);

    assertOwnedAsChanged(owner);
  }

  @Test
  void anOwnerOfAnotherHandStaysAlsoWhileATryWaits() throws Exception {
    String owner = database.reachableRole("owner");
    database.asAdmin("GRANT USAGE, CREATE ON SCHEMA app TO " + owner);
    Connection inTheWay = database.reading("SELECT * FROM app.v");
    RefreshRun run = operated.rebuild(rebuild(operated, NEW, LONG, LONG));
    CompletableFuture<RefreshRun.Outcome> running = CompletableFuture.supplyAsync(run::execute);
    database.awaitRow(
        "SELECT 1 FROM pg_stat_activity WHERE query ~ '^DO' AND wait_event_type = 'Lock'");
    run(inTheWay, "ALTER MATERIALIZED VIEW app.v OWNER TO " + owner);
    inTheWay.commit();
    running.get(20, TimeUnit.SECONDS);

    assertOwnedAsChanged(owner);
  }

  private void assertOwnedAsChanged(String owner) {
    assertThat(lastRun().reason()).isEqualTo(Reason.RefreshInProgress);
    assertThat(operated.observe(app("v")).view().relation().orElseThrow().owner()).isEqualTo(owner);
  }

  @Test
  void whatIsTakenAwayWhileTheShadowIsFilledDoesNotComeBack() throws Exception {
    database.asRole(
        "CREATE INDEX dropped ON app.v (label)",
        "CREATE INDEX renamed ON app.v (label)",
        "CREATE INDEX remade ON app.v (label)",
        "CREATE STATISTICS app.dropped_stats ON id, label FROM app.v",
        "CREATE STATISTICS app.remade_stats ON id, label FROM app.v",
        "CREATE STATISTICS app.kept_stats ON id, label FROM app.v");
    Connection inTheWay = database.reading("SELECT * FROM app.v");
    CompletableFuture<RefreshRun.Outcome> running = startAndWaitForALock();
    run(
        inTheWay,
        """
        DROP INDEX app.dropped;
        ALTER INDEX app.renamed RENAME TO other_name;
        DROP INDEX app.remade;
        CREATE INDEX remade ON app.v (id);
        DROP STATISTICS app.dropped_stats;
        DROP STATISTICS app.remade_stats;
        CREATE STATISTICS app.remade_stats (ndistinct) ON id, label FROM app.v
        """);
    inTheWay.commit();
    running.get(20, TimeUnit.SECONDS);

    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(database.rows("SELECT twice FROM app.v")).hasSize(3);
    assertThat(database.rows("SELECT indexname FROM pg_indexes WHERE schemaname = 'app'"))
        .containsExactlyInAnyOrder("v_id", "v_twice", "other_name", "remade");
    assertThat(database.value("SELECT pg_get_indexdef('app.remade'::regclass)")).contains("(id)");
    assertThat(database.rows("SELECT stxname || stxkind::text FROM pg_statistic_ext"))
        .containsExactlyInAnyOrder("remade_stats{d}", "kept_stats{d,f,m}");
    assertNothingIsLeft();
  }

  @Test
  void whatAnAbandonedRebuildLeftIsDroppedByTheNextAndNothingElse() throws Exception {
    database.asRole(
        "CREATE MATERIALIZED VIEW app.matviews_probe AS SELECT 1 AS a",
        "CREATE MATERIALIZED VIEW app.\"matviews_11111111-1111-1111-1111-111111111111\" AS SELECT 1 AS a",
        "CREATE MATERIALIZED VIEW app.v__old AS SELECT 1 AS a");
    RefreshRun slow =
        operated.rebuild(
            rebuild(operated, view("v", "SELECT id, pg_sleep(60)::text AS a FROM source")));
    CompletableFuture<RefreshRun.Outcome> running = CompletableFuture.supplyAsync(slow::execute);
    await().atMost(SOON).until(() -> !database.working("^REFRESH").isEmpty());
    slow.abandon();
    running.get(20, TimeUnit.SECONDS);
    await().atMost(SOON).until(() -> database.working("REFRESH").isEmpty());
    String left = database.value("SELECT scratch[1] FROM matview_operator.views");
    assertThat(database.rows("SELECT 1 FROM pg_class WHERE relname = '" + left + "'")).hasSize(1);
    assertThat(state().runs()).hasSize(1);

    operated.rebuild(rebuild(operated, NEW)).execute();

    assertThat(database.value("SELECT scratch FROM matview_operator.views")).isEqualTo("{}");
    assertThat(
            database.rows(
                "SELECT relname FROM pg_class WHERE relkind = 'm' AND relnamespace = 'app'::regnamespace"))
        .containsExactlyInAnyOrder(
            "v", "v__old", "matviews_probe", "matviews_11111111-1111-1111-1111-111111111111");
  }

  @Test
  void anEmptyViewIsReplacedByAnEmptyOneThatKeepsWhatWasGiven() {
    database.asRole(
        "REFRESH MATERIALIZED VIEW app.v WITH NO DATA", "GRANT SELECT ON app.v TO PUBLIC");
    RefreshState before = state();

    operated.rebuild(rebuild(operated, NEW)).execute();

    assertThat(TestViews.plan(operated, NEW)).isEqualTo(new Plan.Steps(List.of()));
    assertThat(operated.observe(app("v")).view().populated()).isFalse();
    assertThat(state()).isEqualTo(before);
    assertThat(database.value("SELECT has_table_privilege('public', 'app.v', 'SELECT')"))
        .isEqualTo("t");
    assertNothingIsLeft();
  }

  @Test
  void aViewThatWasFilledMeanwhileIsNotReplacedByAnEmptyOne() {
    database.asRole("REFRESH MATERIALIZED VIEW app.v WITH NO DATA");
    RebuildOrder order = rebuild(operated, NEW);
    database.asRole("REFRESH MATERIALIZED VIEW app.v");

    assertThatThrownBy(() -> operated.rebuild(order).execute())
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("filled meanwhile");
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("3");
    assertNothingIsLeft();
  }

  @Test
  void aServerThatHasTheSwapFinishesItWhileItsClientIsStopped() throws Exception {
    try (Wire wire = new Wire(database.server().host(), database.server().port())) {
      wire.freezeAfter("Parse DO", "Execute");
      RefreshRun run = database.open(database.address(wire.port())).rebuild(rebuild(operated, NEW));
      CompletableFuture<RefreshRun.Outcome> running = CompletableFuture.supplyAsync(run::execute);
      await().atMost(SOON).until(wire::frozen);

      await().atMost(SOON).until(() -> lastRun().trigger() == Trigger.Definition);
      assertThat(database.rows("SELECT twice FROM app.v")).hasSize(3);
      assertThat(running).isNotDone();
    }
  }

  private CompletableFuture<RefreshRun.Outcome> start(ViewDefinition wanted, Duration timeout) {
    RefreshRun run = operated.rebuild(rebuild(operated, wanted, timeout));
    return CompletableFuture.supplyAsync(run::execute);
  }

  private CompletableFuture<RefreshRun.Outcome> startAndWaitForALock() {
    return startAndWaitForALock(NEW);
  }

  private CompletableFuture<RefreshRun.Outcome> startAndWaitForALock(ViewDefinition wanted) {
    CompletableFuture<RefreshRun.Outcome> running = start(wanted, LONG);
    await().atMost(SOON).until(() -> database.lockTimeouts() > 0);
    return running;
  }

  private int reads(AtomicBoolean over) {
    try (Connection reader = database.user()) {
      int reads = 0;
      while (!over.get()) {
        assertThat(TestDatabase.rows(reader, "SELECT id FROM app.v")).hasSize(3);
        reads++;
      }
      return reads;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private long oid() {
    return operated.observe(app("v")).view().relation().orElseThrow().oid();
  }

  private void assertNothingIsLeft() {
    assertThat(database.value("SELECT scratch FROM matview_operator.views WHERE view_name = 'v'"))
        .isEqualTo("{}");
    assertThat(database.rows("SELECT relname FROM pg_class WHERE relname ~ '^matviews_'"))
        .isEmpty();
  }

  private RefreshState state() {
    return operated.observe(app("v")).refresh();
  }

  private Run lastRun() {
    return state().lastRun().orElseThrow();
  }
}
