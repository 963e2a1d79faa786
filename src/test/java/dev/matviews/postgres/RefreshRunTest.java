package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static dev.matviews.postgres.TestDatabase.run;
import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.order;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Claimants;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.RefreshDecision;
import dev.matviews.refresh.RefreshState;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.Trigger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RefreshRunTest {

  private static final RefreshRun.Outcome RECORDED = new RefreshRun.Outcome.Recorded();
  private static final String CANARY = "alice@example.com";

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  RefreshRunTest() {}

  @BeforeEach
  void aSourceWithThreeRows() {
    database.asRole(
        "CREATE TABLE app.source (id int, label text)",
        "INSERT INTO app.source VALUES (1, 'a'), (2, 'b'), (3, '" + CANARY + "')");
    operated = database.open();
  }

  @Test
  void theFirstFillIsWrittenDownWithWhatItDid() {
    TestViews.converge(operated, view("v", "SELECT id FROM source"));
    Instant before = Instant.now().truncatedTo(ChronoUnit.MICROS);

    assertThat(refresh("one", Mode.Standard)).isEqualTo(RECORDED);

    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("3");
    RefreshState state = state();
    assertThat(state.handledRequest()).isEqualTo("one");
    assertThat(state.consecutiveFailures()).isZero();
    assertThat(state.dataAsOf()).isBetween(before, Instant.now());
    assertThat(state.runs()).hasSize(1);
    Run run = lastRun();
    assertThat(run.id()).isEqualTo("Request/one");
    assertThat(run.trigger()).isEqualTo(Trigger.Request);
    assertThat(run.mode()).isEqualTo(Mode.Standard);
    assertThat(run.result()).isEqualTo(Run.Result.Succeeded);
    assertThat(run.reason()).isEqualTo(Reason.Succeeded);
    assertThat(run.startedAt()).isBetween(before, run.finishedAt());
    assertThat(run.finishedAt()).isEqualTo(state.lastSuccess()).isBefore(Instant.now());
    assertThat(run.sqlState()).isNull();
    assertThat(run.message()).isNull();
    assertThat(run.rowsAfter()).isEqualTo(3);
  }

  @Test
  void aConcurrentRefreshTakesTheNewRows() {
    filled("SELECT id FROM source", "v_id", "id");
    database.asRole("INSERT INTO app.source VALUES (4, 'd')");

    refresh("two", Mode.Concurrent);

    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("4");
    assertThat(lastRun().mode()).isEqualTo(Mode.Concurrent);
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(lastRun().rowsAfter()).isEqualTo(4);
  }

  @Test
  void aConcurrentRefreshWhoseIndexIsGoneSaysSo() {
    filled("SELECT id FROM source", "v_id", "id");
    database.asRole("DROP INDEX app.v_id");

    refresh("two", Mode.Concurrent);

    assertThat(lastRun().reason()).isEqualTo(Reason.RefreshInProgress);
    assertThat(lastRun().message()).contains("app.v lost the unique index");
  }

  @Test
  void statisticsAndVisibilityMapAreThereAfterwards() {
    filled("SELECT id FROM source", "v_id", "id");
    assertThat(
            database.value(
                "SELECT reltuples || ' ' || (relallvisible = relpages) FROM pg_class"
                    + " WHERE oid = 'app.v'::regclass"))
        .isEqualTo("3 true");
  }

  @Test
  void aRunThatIsDoneAlreadyIsNotDoneAgain() {
    filled("SELECT id FROM source");
    refresh("two", Mode.Standard);
    String file = database.value("SELECT pg_relation_filenode('app.v')");
    String rows =
        database.value("SELECT r::text FROM matview_operator.runs r WHERE run_id ~ 'two'");

    assertThat(refresh("two", Mode.Standard)).isEqualTo(RECORDED);

    assertThat(database.value("SELECT pg_relation_filenode('app.v')")).isEqualTo(file);
    assertThat(database.value("SELECT r::text FROM matview_operator.runs r WHERE run_id ~ 'two'"))
        .isEqualTo(rows);
  }

  @Test
  void aFailureThatIsReportedLateDoesNotHideASuccess() throws SQLException {
    filled("SELECT id FROM source");
    Session session = database.session();
    Run late =
        new Run(
            "Request/first fill",
            Trigger.Request,
            Mode.Standard,
            Instant.now(),
            Instant.now(),
            Run.Result.Failed,
            Reason.DatabaseUnavailable,
            "08006",
            "the connection was lost",
            1,
            null,
            null,
            false,
            null,
            null);
    session.executeTogether(
        List.of(
            new Bookkeeping(TestDatabase.BOOKKEEPING, Claimants.ALL_THERE)
                .failed(app("v"), RunId.request("first fill"), late, Instant.now(), true)));

    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(state().consecutiveFailures()).isZero();
  }

  @Test
  void aViewThatWasEmptiedIsFilledAgainAndItsFailuresShow() {
    TestViews.converge(operated, view("v", "SELECT 6 / id AS share FROM source"));
    RefreshOrder fill = initial();
    operated.refresh(fill).execute();
    RefreshState first = state();
    operated.refresh(fill).execute();
    assertThat(state()).as("nothing to do").isEqualTo(first);

    database.asRole("REFRESH MATERIALIZED VIEW app.v WITH NO DATA", "UPDATE app.source SET id = 0");
    operated.refresh(initial()).execute();
    assertThat(lastRun().result()).isEqualTo(Run.Result.Failed);
    assertThat(state().consecutiveFailures()).isEqualTo(1);

    database.asRole("UPDATE app.source SET id = 1");
    operated.refresh(initial()).execute();
    database.asRole("REFRESH MATERIALIZED VIEW app.v WITH NO DATA");
    Instant before = state().lastSuccess();
    operated.refresh(initial()).execute();
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(state().runs()).hasSize(3);
    assertThat(state().lastSuccess()).isAfter(before);
    assertThat(state().dataAsOf()).isAfter(before);
  }

  private RefreshOrder initial() {
    RefreshOrder any = order("v", "any", Mode.Standard);
    long oid = operated.observe(app("v")).view().relation().orElseThrow().oid();
    return new RefreshOrder(
        any.view(),
        RunId.initial(oid, state().lastSuccess()),
        any.due(),
        any.mode(),
        null,
        any.searchPath(),
        any.timeZone(),
        any.timeout(),
        any.lockTimeout(),
        any.options(),
        null);
  }

  @Test
  void aViewThatAnotherSessionWorksOnIsBusy() throws SQLException {
    filled("SELECT id FROM source");
    Session other = database.session();
    assertThat(Fence.of(app("v")).tryHold(other, Session.Pins.ofCatalog(), database.address()))
        .isTrue();

    assertThat(refresh("two", Mode.Standard)).isEqualTo(new RefreshRun.Outcome.Busy());
    assertThat(state().runs()).hasSize(1);
    assertThat(refreshOf("other", "SELECT 1 AS a")).isEqualTo(RECORDED);
  }

  @Test
  void aFailedQueryShowsItsConditionAndNoValue() {
    filled("SELECT id FROM source");
    database.asRole(
        "CREATE OR REPLACE FUNCTION app.number(text) RETURNS int LANGUAGE sql AS"
            + " 'SELECT $1::int'");
    // The very first value that cannot be cast is the one that must not show.
    assertThat(refreshOf("cast", "SELECT app.number(label) AS n FROM source WHERE id = 3"))
        .isEqualTo(RECORDED);

    Run run = operated.observe(app("cast")).refresh().lastRun().orElseThrow();
    assertThat(run.result()).isEqualTo(Run.Result.Failed);
    assertThat(run.reason()).isEqualTo(Reason.QueryFailed);
    assertThat(run.sqlState()).isEqualTo("22P02");
    assertThat(run.message()).contains("22P02 invalid_text_representation");
    assertThat(
            database.value(
                "SELECT string_agg(t::text, '') FROM (SELECT r::text t FROM matview_operator.runs r"
                    + " UNION ALL SELECT v::text FROM matview_operator.views v) x"))
        .doesNotContain(CANARY)
        .doesNotContain("alice");
  }

  @Test
  void aFailedRunLeavesTheOldDataAndIsCounted() {
    filled("SELECT 6 / id AS share FROM source");
    database.asRole("UPDATE app.source SET id = 0 WHERE id = 3");

    refresh("two", Mode.Standard);
    refresh("three", Mode.Standard);

    assertThat(database.rows("SELECT share FROM app.v ORDER BY 1")).containsExactly("2", "3", "6");
    assertThat(lastRun().sqlState()).isEqualTo("22012");
    assertThat(lastRun().reason()).isEqualTo(Reason.QueryFailed);
    assertThat(state().consecutiveFailures()).isEqualTo(2);
    assertThat(state().handledRequest()).isEqualTo("three");

    database.asRole("UPDATE app.source SET id = 1");
    refresh("four", Mode.Standard);
    assertThat(state().consecutiveFailures()).isZero();
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
  }

  @Test
  void aRunThatIsTriedAgainIsOneRowThatCountsItsTries() {
    filled("SELECT 6 / id AS share FROM source");
    database.asRole("UPDATE app.source SET id = 0 WHERE id = 3");

    refresh("two", Mode.Standard);
    assertThat(lastRun().tries()).isEqualTo(1);
    refresh("two", Mode.Standard);
    assertThat(lastRun().tries()).isEqualTo(2);

    database.asRole("UPDATE app.source SET id = 1");
    refresh("two", Mode.Standard);
    assertThat(lastRun().tries()).isEqualTo(3);
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(state().runs()).hasSize(2);
  }

  @Test
  void aRunThatIsGivenUpIsSettledAndStillSaysHowItFailed() throws Exception {
    filled("SELECT id FROM source");
    Connection inTheWay = reading("app.v");
    operated.refresh(order("v", "two", Mode.Standard, Duration.ofMillis(300))).execute();
    inTheWay.rollback();
    Run failed = lastRun();

    operated.settle(
        app("v"),
        new RefreshDecision.Settle(
            RunId.request("two"), Instant.now(), Run.Result.Failed, Reason.LockTimeout));

    assertThat(lastRun()).isEqualTo(failed);
    assertThat(state().handledRequest()).isEqualTo("two");
    assertThat(state().consecutiveFailures()).isEqualTo(1);
  }

  /** It is settled after that run, and fell due before its end. */
  @Test
  void aSlotThatIsSkippedForARunDoesNotHideHowThatEnded() {
    filled("SELECT id FROM source");
    refresh("two", Mode.Standard);
    Run ran = lastRun();
    Instant due = ran.startedAt().plus(ran.duration().dividedBy(2));

    operated.settle(
        app("v"),
        new RefreshDecision.Settle(
            RunId.schedule(due), due, Run.Result.Skipped, Reason.RefreshInProgress));

    assertThat(lastRun()).isEqualTo(ran);
    assertThat(state().runs()).hasSize(3);
    assertThat(database.value("SELECT last_result FROM matview_operator.status"))
        .isEqualTo("Succeeded");
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"Standard", "Concurrent"})
  void duplicateRowsNameTheIndexAndNotTheValues(Mode mode) {
    filled("SELECT label, id FROM source", "v_label", "label");
    database.asRole("INSERT INTO app.source VALUES (9, '" + CANARY + "')");

    refresh("two", mode);

    Run run = lastRun();
    assertThat(run.reason()).isEqualTo(Reason.DuplicateRows);
    assertThat(run.sqlState()).isEqualTo("23505");
    assertThat(run.message()).contains("v_label").doesNotContain("alice");
  }

  @Test
  void wholeRowsThatAreDoubleAreDuplicateRowsToo() {
    filled("SELECT label FROM source", "v_label", "label");
    database.asRole("INSERT INTO app.source VALUES (9, '" + CANARY + "')");

    refresh("two", Mode.Concurrent);

    assertThat(lastRun().reason()).isEqualTo(Reason.DuplicateRows);
    assertThat(lastRun().sqlState()).isEqualTo("21000");
    assertThat(lastRun().message()).contains("app.v").doesNotContain("alice");
  }

  @Test
  void aRunThatTakesLongerThanItsTimeoutFails() {
    TestViews.converge(operated, view("v", "SELECT pg_sleep(60)::text AS a"));

    operated.refresh(order("v", "one", Mode.Standard, Duration.ofMillis(300))).execute();

    assertThat(lastRun().result()).isEqualTo(Run.Result.Failed);
    assertThat(lastRun().reason()).isEqualTo(Reason.RefreshTimeout);
    assertThat(lastRun().sqlState()).isEqualTo("57014");
    assertThat(lastRun().duration()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(20));
  }

  /** From PostgreSQL 17 on a role can have such a limit. */
  @Test
  void aRunThatTakesLongerThanItsRoleMayFailsToo() {
    assumeThat(database.major()).isGreaterThanOrEqualTo(17);
    TestViews.converge(operated, view("v", "SELECT pg_sleep(60)::text AS a"));
    database.asAdmin(
        "ALTER ROLE \"%s\" SET transaction_timeout = '300ms'".formatted(database.role()));

    database.open().refresh(order("v", "one", Mode.Standard)).execute();

    assertThat(lastRun().result()).isEqualTo(Run.Result.Failed);
    assertThat(lastRun().reason()).isEqualTo(Reason.RefreshTimeout);
    assertThat(lastRun().sqlState()).isEqualTo("25P04");
  }

  @Test
  void aRunThatAnAdministratorCancelsIsCancelled() throws Exception {
    TestViews.converge(operated, view("v", "SELECT pg_sleep(60)::text AS a"));
    CompletableFuture<RefreshRun.Outcome> running = start("one", Mode.Standard);

    database.asAdmin("SELECT pg_cancel_backend(" + refreshing() + ")");

    assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    assertThat(lastRun().result()).isEqualTo(Run.Result.Cancelled);
    assertThat(lastRun().reason()).isEqualTo(Reason.Cancelled);
    assertThat(state().handledRequest()).isEqualTo("one");
  }

  @Test
  void aRunThatIsCancelledEndsOnTheServerAndSaysSo() throws Exception {
    TestViews.converge(operated, view("v", "SELECT pg_sleep(60)::text AS a"));
    RefreshRun run = operated.refresh(order("v", "one", Mode.Standard));
    CompletableFuture<RefreshRun.Outcome> running = CompletableFuture.supplyAsync(run::execute);
    refreshing();

    run.cancel();

    assertThat(running.get(4, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    assertThat(database.working("REFRESH")).isEmpty();
    assertThat(lastRun().result()).isEqualTo(Run.Result.Cancelled);
    assertThat(lastRun().reason()).isEqualTo(Reason.Cancelled);
    assertThat(state().consecutiveFailures()).isZero();
  }

  @Test
  void aRunWhoseQueryCatchesTheCancelIsTerminatedAfterFiveSeconds() throws Exception {
    database.asRole(
        "CREATE FUNCTION app.stubborn() RETURNS int LANGUAGE plpgsql AS"
            + " 'BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL;"
            + " END; END LOOP; END'");
    TestViews.converge(operated, view("v", "SELECT stubborn() AS a"));
    RefreshRun run = operated.refresh(order("v", "one", Mode.Standard));
    CompletableFuture<RefreshRun.Outcome> running = CompletableFuture.supplyAsync(run::execute);
    refreshing();

    run.cancel();

    assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    assertThat(database.working("REFRESH")).isEmpty();
    assertThat(lastRun().result()).isEqualTo(Run.Result.Cancelled);
    assertThat(lastRun().duration()).isGreaterThan(Duration.ofSeconds(5));
  }

  @Test
  void aRunThatIsDiscardedEndsOnTheServerAndLeavesNoTrace() throws Exception {
    TestViews.converge(operated, view("v", "SELECT pg_sleep(60)::text AS a"));
    RefreshRun run = operated.refresh(order("v", "one", Mode.Standard));
    CompletableFuture<RefreshRun.Outcome> running = CompletableFuture.supplyAsync(run::execute);
    refreshing();

    run.discard();

    assertThat(running.get(4, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    assertThat(database.working("REFRESH")).isEmpty();
    assertThat(state().runs()).isEmpty();
  }

  @Test
  void aRunThatIsCancelledBeforeItBeginsNeverBegins() {
    TestViews.converge(operated, view("v", "SELECT id FROM source"));
    RefreshRun run = operated.refresh(order("v", "one", Mode.Standard));

    run.cancel();

    assertThat(run.execute()).isEqualTo(RECORDED);
    assertThat(state().runs()).isEmpty();
    assertThat(operated.observe(app("v")).view().populated()).isFalse();
  }

  @Test
  void aRunOfAnObjectIsNeverTriedAgain() {
    TestViews.converge(operated, view("v", "SELECT 6 / (id - 1) AS a FROM source"));
    RefreshOrder any = order("v", "one", Mode.Standard);
    RefreshOrder once =
        new RefreshOrder(
            any.view(),
            RunId.run("uid"),
            any.due(),
            any.mode(),
            null,
            any.searchPath(),
            any.timeZone(),
            any.timeout(),
            any.lockTimeout(),
            any.options(),
            null);
    operated.refresh(once).execute();
    assertThat(operated.ended(app("v"), List.of(RunId.run("uid"), RunId.run("other"))))
        .singleElement()
        .matches(run -> run.reason() == Reason.QueryFailed);
    database.asRole("DELETE FROM app.source WHERE id = 1");

    operated.refresh(once).execute();

    assertThat(operated.observe(app("v")).view().populated()).isFalse();
  }

  @Test
  void aRunThatIsAbandonedStopsOnTheServerAndLeavesNoTrace() throws Exception {
    TestViews.converge(operated, view("v", "SELECT pg_sleep(60)::text AS a"));
    RefreshRun run = operated.refresh(order("v", "one", Mode.Standard));
    CompletableFuture<RefreshRun.Outcome> running = CompletableFuture.supplyAsync(run::execute);
    refreshing();

    run.abandon();

    assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    await().atMost(SOON).until(() -> database.working("REFRESH").isEmpty());
    assertThat(state().runs()).isEmpty();
    assertThat(state().consecutiveFailures()).isZero();
  }

  @Test
  void aRunThatIsAbandonedBetweenTwoTriesForTheLockNeverRefreshes() throws Exception {
    filled("SELECT id FROM source");
    String file = database.value("SELECT pg_relation_filenode('app.v')");
    Connection reader = reading("app.v");
    RefreshRun run = operated.refresh(order("v", "two", Mode.Standard));
    CompletableFuture<RefreshRun.Outcome> running = CompletableFuture.supplyAsync(run::execute);
    await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> pausing());

    run.abandon();
    reader.rollback();

    assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    assertThat(state().runs()).hasSize(1);
    assertThat(database.value("SELECT pg_relation_filenode('app.v')")).isEqualTo(file);
  }

  private boolean pausing() {
    return !database
        .rows(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name = 'matview-operator'"
                + " AND state = 'idle' AND query = 'ROLLBACK'")
        .isEmpty();
  }

  @Test
  void aRunThatIsAbandonedWhileItGetsReadyNeverRefreshes() throws Exception {
    filled("SELECT id FROM source");
    String file = database.value("SELECT pg_relation_filenode('app.v')");
    Connection holdsUp = database.admin();
    holdsUp.setAutoCommit(false);
    run(holdsUp, "LOCK TABLE matview_operator.runs IN ACCESS EXCLUSIVE MODE");
    RefreshOrder any = order("v", "two", Mode.Standard);
    RefreshRun run =
        operated.refresh(
            new RefreshOrder(
                any.view(),
                any.id(),
                any.due(),
                any.mode(),
                null,
                any.searchPath(),
                any.timeZone(),
                any.timeout(),
                SOON,
                any.options(),
                null));
    CompletableFuture<RefreshRun.Outcome> running = CompletableFuture.supplyAsync(run::execute);
    await().atMost(SOON).until(() -> !database.working(" AS done,").isEmpty());

    run.abandon();
    holdsUp.rollback();

    assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    assertThat(state().runs()).hasSize(1);
    assertThat(database.value("SELECT pg_relation_filenode('app.v')")).isEqualTo(file);
  }

  @Test
  void aSlotThatIsSettledIsNotRunEvenWhenItsRowIsGone() {
    filled("SELECT id FROM source");
    RefreshOrder slot = slot(Instant.now().minusSeconds(60));
    database.asRole("UPDATE matview_operator.views SET settled_until = now()");
    String file = database.value("SELECT pg_relation_filenode('app.v')");

    assertThat(operated.refresh(slot).execute()).isEqualTo(RECORDED);
    assertThat(database.value("SELECT pg_relation_filenode('app.v')")).isEqualTo(file);

    database.asRole("UPDATE matview_operator.views SET settled_until = now() - interval '1 h'");
    operated.refresh(slot).execute();
    assertThat(database.value("SELECT pg_relation_filenode('app.v')")).isNotEqualTo(file);
  }

  private static RefreshOrder slot(Instant due) {
    RefreshOrder any = order("v", "any", Mode.Standard);
    return new RefreshOrder(
        any.view(),
        RunId.schedule(due),
        due,
        any.mode(),
        null,
        any.searchPath(),
        any.timeZone(),
        any.timeout(),
        any.lockTimeout(),
        any.options(),
        null);
  }

  @Test
  void aRunThatIsAbandonedBeforeItBeginsDoesNothing() {
    TestViews.converge(operated, view("v", "SELECT id FROM source"));
    RefreshRun run = operated.refresh(order("v", "one", Mode.Standard));

    run.abandon();

    assertThat(run.execute()).isEqualTo(RECORDED);
    assertThat(state().runs()).isEmpty();
    assertThat(operated.observe(app("v")).view().populated()).isFalse();
  }

  /** What only a function reads is no dependency, so nothing keeps anybody from taking it away. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DROP TABLE app.source                       | SourceMissing    | 42P01
          ALTER TABLE app.source RENAME TO elsewhere  | SourceMissing    | 42P01
          ALTER TABLE app.source RENAME id TO other   | InvalidSQL       | 42703
          REVOKE SELECT ON app.source FROM CURRENT_USER | PermissionDenied | 42501
          """)
  void aSourceThatIsGoneFailsTheRunForGoodAndLeavesTheOldData(
      String sql, Reason reason, String state) {
    database.asRole(
        "CREATE FUNCTION app.ids() RETURNS SETOF int LANGUAGE plpgsql AS"
            + " $$ BEGIN RETURN QUERY EXECUTE 'SELECT s.id FROM app.source s'; END $$");
    filled("SELECT * FROM ids() AS id");
    database.asRole(sql);

    refresh("two", Mode.Standard);

    assertThat(lastRun().reason()).isEqualTo(reason);
    assertThat(lastRun().sqlState()).isEqualTo(state);
    assertThat(lastRun().message()).doesNotContain(CANARY);
    assertThat(reason.retry()).isNotEqualTo(Reason.Retry.Backoff);
    assertThat(database.rows("SELECT id FROM app.v ORDER BY 1")).containsExactly("1", "2", "3");
  }

  @Test
  void aSourceThatTheRoleMayNotReadIsAFailureOfTheRun() {
    database.asAdmin("CREATE TABLE app.secret AS SELECT 1 AS id");

    refreshOf("v", "SELECT id FROM secret");

    assertThat(lastRun().reason()).isEqualTo(Reason.PermissionDenied);
    assertThat(lastRun().sqlState()).isEqualTo("42501");
    assertThat(operated.observe(app("v")).view().populated()).isFalse();
  }

  @Test
  void aReaderInTheWayIsAwaitedInShortTriesThatHoldNoOtherReaderOff() throws Exception {
    filled("SELECT id FROM source");
    database.asRole("INSERT INTO app.source VALUES (4, 'd')");
    Connection inTheWay = reading("app.v");
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Integer> others = CompletableFuture.supplyAsync(() -> reads(over));
    CompletableFuture<RefreshRun.Outcome> running = start("two", Mode.Standard);

    await().atMost(SOON).until(() -> database.lockTimeouts() >= 3);
    assertThat(running).isNotDone();
    inTheWay.rollback();
    assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    over.set(true);

    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("4");
    assertThat(others.get(20, TimeUnit.SECONDS)).isGreaterThan(10);
    assertThat(database.serverLog("still waiting for AccessShareLock")).isEmpty();
  }

  @Test
  void aLockThatIsNeverFreeEndsTheRunAtItsTimeout() throws Exception {
    filled("SELECT id FROM source");
    Connection inTheWay = reading("app.v");

    operated.refresh(order("v", "two", Mode.Standard, Duration.ofSeconds(1))).execute();

    assertThat(lastRun().result()).isEqualTo(Run.Result.Failed);
    assertThat(lastRun().reason()).isEqualTo(Reason.LockTimeout);
    assertThat(lastRun().sqlState()).isEqualTo("55P03");
    assertThat(state().handledRequest()).as("tried again").isEqualTo("first fill");
    inTheWay.rollback();
    refresh("two", Mode.Standard);
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
  }

  @Test
  void aRunWhoseServerProcessIsTerminatedIsWrittenDownOverAnotherConnection() throws Exception {
    slowFromNowOn();
    String file = database.value("SELECT pg_relation_filenode('app.v')");
    CompletableFuture<RefreshRun.Outcome> running = start("two", Mode.Standard);

    database.asAdmin("SELECT pg_terminate_backend(" + refreshing() + ")");

    assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(RECORDED);
    assertThat(lastRun().id()).isEqualTo("Request/two");
    assertThat(lastRun().result()).isEqualTo(Run.Result.Failed);
    assertThat(lastRun().reason()).isEqualTo(Reason.DatabaseUnavailable);
    assertThat(state().handledRequest()).as("tried again").isEqualTo("first fill");
    assertThat(database.value("SELECT pg_relation_filenode('app.v')")).isEqualTo(file);
  }

  /** A view that is filled and whose next refresh takes a minute. */
  private void slowFromNowOn() {
    database.asRole(
        "CREATE FUNCTION app.pause() RETURNS int LANGUAGE sql AS 'SELECT 1 FROM pg_sleep(0)'");
    filled("SELECT app.pause() AS a");
    database.asRole(
        "CREATE OR REPLACE FUNCTION app.pause() RETURNS int LANGUAGE sql AS"
            + " 'SELECT 1 FROM pg_sleep(60)'");
  }

  @Test
  void refreshRowAndCommitAreOneRoundTrip() throws Exception {
    filled("SELECT id FROM source");
    try (Wire wire = new Wire(database.server().host(), database.server().port())) {
      Database overWire = database.open(database.address(wire.port()));
      overWire.refresh(order("v", "two", Mode.Standard)).execute();

      List<String> sent = wire.sent();
      int begin = sent.indexOf("Parse BEGIN");
      int commit = sent.indexOf("Parse COMMIT");
      assertThat(sent.subList(begin, commit))
          .anyMatch(m -> m.startsWith("Parse REFRESH MATERIALIZED VIEW"))
          .anyMatch(m -> m.contains("matview_operator\".runs"))
          .anyMatch(m -> m.contains("UPDATE \"matview_operator\".views SET data_as_of"))
          .doesNotContain("Sync", "Flush")
          .noneMatch(m -> m.startsWith("Query"));
      assertThat(sent.subList(commit, sent.size())).contains("Sync");
    }
  }

  @Test
  void aServerThatHasTheRunCommitsItWhileItsClientIsStopped() throws Exception {
    filled("SELECT id FROM source");
    database.asRole("INSERT INTO app.source VALUES (4, 'd')");
    CompletableFuture<RefreshRun.Outcome> running;
    try (Wire wire = new Wire(database.server().host(), database.server().port())) {
      wire.freezeAfter("Parse COMMIT", "Sync");
      RefreshRun run =
          database.open(database.address(wire.port())).refresh(order("v", "two", Mode.Standard));
      running = CompletableFuture.supplyAsync(run::execute);
      await().atMost(SOON).until(wire::frozen);

      await().atMost(SOON).until(() -> lastRun().id().equals("Request/two"));
      assertThat(database.rows("SELECT 1 FROM app.v")).hasSize(4);
      assertThat(running).isNotDone();
    }
    await().atMost(SOON).until(running::isDone);
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
  }

  @Test
  void aFunctionThatTalksWithoutEndIsNotHeardAndOneThatInsistsIsCutOff() {
    String talking =
        """
        CREATE OR REPLACE FUNCTION app.talk() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN
          %s
          FOR i IN 1..2000 LOOP
            RAISE NOTICE '%%', repeat('x', 10000);
          END LOOP;
          RETURN 1;
        END $$
        """;
    database.asRole(talking.formatted(""));
    TestViews.converge(operated, view("v", "SELECT talk() AS a"));
    refresh("one", Mode.Standard);
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);

    database.asRole(
        talking.formatted("PERFORM set_config('client_min_messages', 'notice', false);"));
    refresh("two", Mode.Standard);
    assertThat(lastRun().result()).isEqualTo(Run.Result.Failed);
    assertThat(lastRun().message()).contains("what functions send").doesNotContain("xxx");
    assertThat(database.value("SELECT a FROM app.v")).isEqualTo("1");
  }

  @Test
  void twentyRunsAreKept() {
    TestViews.converge(operated, view("v", "SELECT id FROM source"));
    for (int i = 1; i <= 23; i++) {
      assertThat(refresh("run " + i, Mode.Standard))
          .as("the one before is over")
          .isEqualTo(RECORDED);
    }
    assertThat(database.rows("SELECT run_id FROM matview_operator.runs ORDER BY started_at"))
        .hasSize(20)
        .startsWith("Request/run 4")
        .endsWith("Request/run 23");
    assertThat(state().runs()).hasSize(5).first().isEqualTo(lastRun());
  }

  @Test
  void theQueryRunsUnderTheSettingsOfTheSpecWhateverElseWouldHold() throws SQLException {
    TimeZone usual = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
    try {
      database.asAdmin(
          "ALTER ROLE " + database.role() + " SET \"DateStyle\" = 'SQL, DMY'",
          "ALTER ROLE " + database.role() + " SET bytea_output = 'escape'",
          "ALTER ROLE " + database.role() + " SET \"IntervalStyle\" = 'iso_8601'",
          "ALTER ROLE " + database.role() + " SET search_path = 'pg_temp'",
          "ALTER ROLE " + database.role() + " SET extra_float_digits = -15",
          "ALTER ROLE " + database.role() + " SET standard_conforming_strings = off",
          "ALTER ROLE " + database.role() + " SET default_transaction_isolation = 'serializable'");
      refreshOf(
          "v",
          "SELECT current_setting('TimeZone') || '|' || current_setting('DateStyle') || '|'"
              + " || current_setting('IntervalStyle') || '|' || current_setting('bytea_output')"
              + " || '|' || current_setting('extra_float_digits') || '|'"
              + " || current_setting('transaction_isolation') || '|'"
              + " || (timestamptz '2026-03-29 23:30:00+00')::date AS a");
      assertThat(database.value("SELECT a FROM app.v"))
          .isEqualTo("UTC|ISO, MDY|postgres|hex|1|read committed|2026-03-29");
    } finally {
      TimeZone.setDefault(usual);
    }
  }

  private void filled(String sql) {
    TestViews.fill(operated, view("v", sql));
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
  }

  private void filled(String sql, String uniqueIndex, String column) {
    TestViews.fill(operated, view("v", sql, unique(uniqueIndex, column)));
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
  }

  private RefreshRun.Outcome refresh(String request, Mode mode) {
    return operated.refresh(order("v", request, mode)).execute();
  }

  private RefreshRun.Outcome refreshOf(String name, String sql) {
    TestViews.converge(operated, view(name, sql));
    return operated.refresh(order(name, "one", Mode.Standard)).execute();
  }

  private CompletableFuture<RefreshRun.Outcome> start(String request, Mode mode) {
    return CompletableFuture.supplyAsync(() -> refresh(request, mode));
  }

  /** The server process that refreshes, once it does. */
  private String refreshing() {
    return await()
        .atMost(SOON)
        .until(() -> database.working("^REFRESH"), pids -> !pids.isEmpty())
        .get(0);
  }

  private RefreshState state() {
    return operated.observe(app("v")).refresh();
  }

  private Run lastRun() {
    return state().lastRun().orElseThrow();
  }

  private Connection reading(String view) throws SQLException {
    return database.reading("SELECT * FROM " + view);
  }

  private int reads(AtomicBoolean over) {
    try (Connection reader = database.user()) {
      int reads = 0;
      while (!over.get()) {
        assertThat(TestDatabase.rows(reader, "SELECT id FROM app.v")).isNotEmpty();
        reads++;
      }
      return reads;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
