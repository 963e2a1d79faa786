package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static dev.matviews.postgres.TestDatabase.run;
import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.converge;
import static dev.matviews.postgres.TestViews.fill;
import static dev.matviews.postgres.TestViews.index;
import static dev.matviews.postgres.TestViews.plan;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Index;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.Run;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An index of a view with rows comes, changes and goes while others work on the view. */
class IndexBuildTest {

  private static final Plan NOTHING = new Plan.Steps(List.of());
  private static final String SQL = "SELECT id, label FROM source";
  private static final ViewDefinition BARE = view("v", SQL);
  private static final ViewDefinition OLD = view("v", SQL, unique("i", "id"));
  private static final ViewDefinition NEW = view("v", SQL, unique("i", "id", "label"));

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  IndexBuildTest() {}

  @BeforeEach
  void aSource() {
    database.asRole(
        "CREATE TABLE app.source (id int, label text)",
        "INSERT INTO app.source SELECT n, 'label ' || n FROM generate_series(1, 1000) n");
    operated = database.open();
  }

  @Test
  void refreshesAndReadersGoOnWhileTheOnlyUniqueIndexChanges() throws Exception {
    fill(operated, OLD);
    AtomicBoolean over = new AtomicBoolean();
    Semaphore turns = new Semaphore(0);
    CompletableFuture<Integer> refreshing =
        CompletableFuture.supplyAsync(() -> refresh(over, turns));
    CompletableFuture<Integer> looking = CompletableFuture.supplyAsync(() -> look(over));
    for (int change = 0; change < 10; change++) {
      ViewDefinition wanted = change % 2 == 0 ? NEW : OLD;
      AtomicInteger tries = new AtomicInteger();
      await()
          .atMost(SOON)
          .ignoreExceptionsMatching(IndexBuildTest::comesAgain)
          .until(() -> convergeBesideARefresh(wanted, tries, turns), NOTHING::equals);
    }
    over.set(true);
    turns.release();

    assertThat(refreshing.get(20, TimeUnit.SECONDS)).as("refreshes").isPositive();
    assertThat(looking.get(20, TimeUnit.SECONDS)).as("looks").isPositive();
    assertThat(operated.observe(app("v")).refresh().runs())
        .allSatisfy(run -> assertThat(run.result()).isEqualTo(Run.Result.Succeeded));
  }

  /**
   * Every other try has a refresh beside it. Refreshes without a pause could have the view's fence
   * at each of the tries, since no try waits for it.
   */
  private Plan convergeBesideARefresh(ViewDefinition wanted, AtomicInteger tries, Semaphore turns) {
    if (tries.getAndIncrement() % 2 == 0) {
      turns.release();
    }
    return converge(operated, wanted);
  }

  /** While the other has the view's fence or the connection. */
  private static boolean comesAgain(Throwable e) {
    return e instanceof NotNowException
        || (e instanceof DatabaseException d && d.failure().reason() == Reason.RefreshInProgress);
  }

  private int refresh(AtomicBoolean over, Semaphore turns) {
    int done = 0;
    turns.acquireUninterruptibly();
    for (int i = 0; !over.get(); i++) {
      RefreshRun.Outcome outcome =
          operated.refresh(TestViews.order("v", "r" + i, Mode.Concurrent)).execute();
      done += outcome instanceof RefreshRun.Outcome.Recorded ? 1 : 0;
      turns.acquireUninterruptibly();
    }
    return done;
  }

  private int look(AtomicBoolean over) {
    int done = 0;
    try (Connection reader = database.server().connect(database.name())) {
      for (; !over.get(); done++) {
        String seen =
            TestDatabase.rows(
                    reader,
                    "SELECT (SELECT count(*) FROM app.v) || ' rows, '"
                        + " || (SELECT bool_or(indisunique AND indisvalid) FROM pg_index"
                        + " WHERE indrelid = 'app.v'::regclass)")
                .get(0);
        assertThat(seen).isEqualTo("1000 rows, true");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return done;
  }

  @Test
  void aChangedIndexKeepsItsCommentAndLeavesNothingBehind() {
    fill(operated, OLD);
    database.asRole("COMMENT ON INDEX app.i IS 'it''s theirs; really'");
    converge(operated, NEW);
    assertThat(indexes()).containsExactly("i UNIQUE (id, label)");
    assertThat(database.value("SELECT obj_description('app.i'::regclass)"))
        .isEqualTo("it's theirs; really");
    assertThat(record().scratch()).isEmpty();
    assertThat(plan(operated, NEW)).isEqualTo(NOTHING);
  }

  @Test
  void anIndexThatStandsAsWantedIsTakenOverAndThenChangedLikeOurs() {
    fill(operated, BARE);
    database.asRole("CREATE UNIQUE INDEX i ON app.v USING btree (id ASC NULLS LAST)");
    assertThat(((Plan.Refusal) plan(operated, NEW)).reason()).isEqualTo(Reason.TargetConflict);

    assertThat(((Plan.Steps) converge(operated, OLD)).steps())
        .singleElement()
        .isInstanceOf(Step.WriteRecord.class);
    assertThat(plan(operated, OLD)).isEqualTo(NOTHING);
    converge(operated, NEW);
    assertThat(indexes()).containsExactly("i UNIQUE (id, label)");
  }

  @Test
  void anotherSpellingOfTheSameIndexIsOnlyWrittenDown() {
    fill(operated, view("v", SQL, where("id in (1, 2)")));
    String before = database.value("SELECT 'app.i'::regclass::oid");
    ViewDefinition respelled = view("v", SQL, where("  ID = ANY (ARRAY[1,2])  -- the same"));
    converge(operated, respelled);
    assertThat(plan(operated, respelled)).isEqualTo(NOTHING);
    assertThat(database.value("SELECT 'app.i'::regclass::oid")).isEqualTo(before);
  }

  @Test
  void rowsThatAreNotUniqueLeaveTheOldIndexAndNameTheNewOne() {
    database.asRole("INSERT INTO app.source VALUES (1, 'secret')");
    ViewDefinition plain = view("v", SQL, index("i", "id"));
    fill(operated, plain);
    assertThatThrownBy(() -> converge(operated, OLD))
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.DuplicateRows))
        .satisfies(
            e ->
                assertThat(e.failure().message())
                    .isEqualTo(
                        "rows of app.v are not unique under unique index i"
                            + " (23505 unique_violation); the view keeps what it held"));
    assertThat(indexes()).containsExactly("i (id)");
    assertThat(plan(operated, plain)).isEqualTo(NOTHING);
  }

  @Test
  void aBuildThatFailsOnARowShowsNoValueOfIt() {
    fill(operated, BARE);
    ViewDefinition wanted = view("v", SQL, where("(label::json) IS NOT NULL"));
    assertThatThrownBy(() -> converge(operated, wanted))
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.QueryFailed))
        .satisfies(
            e ->
                assertThat(e.failure().message())
                    .startsWith("index i on app.v: ")
                    .contains("22P02")
                    .doesNotContain("label"));
    assertThat(indexes()).isEmpty();
    assertThat(record().scratch()).isEmpty();
  }

  @Test
  void aNameThatATableHasIsRefusedBeforeAnythingIsBuilt() {
    fill(operated, BARE);
    database.asRole("CREATE TABLE app.i (id int)");
    assertThat(converge(operated, OLD))
        .asInstanceOf(type(Plan.Refusal.class))
        .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TargetConflict))
        .satisfies(refusal -> assertThat(refusal.message()).contains("index i of app.v"));
    assertThat(indexes()).isEmpty();
  }

  /**
   * The old index or the new one serves on, and the other is known as ours to drop. A build waits
   * for older snapshots, a drop for whoever has read the view.
   */
  @ParameterizedTest
  @ValueSource(strings = {"^CREATE .*CONCURRENTLY", "^DROP INDEX CONCURRENTLY"})
  void aBuildThatIsKilledIsCleanedUpByTheNextPass(String killedIn) throws Exception {
    fill(operated, OLD);
    boolean dropping = killedIn.contains("DROP");
    Connection older = database.user();
    older.setAutoCommit(false);
    if (dropping) {
      run(older, "SELECT count(*) FROM app.v");
      run(older, "SAVEPOINT that_ends_the_snapshot_before");
    } else {
      older.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      run(older, "SELECT 1");
    }
    CompletableFuture<Plan> building = CompletableFuture.supplyAsync(() -> converge(operated, NEW));
    String pid =
        await()
            .atMost(SOON)
            .until(() -> database.working(killedIn), pids -> !pids.isEmpty())
            .get(0);
    database.asAdmin("SELECT pg_terminate_backend(" + pid + ")");
    assertThatThrownBy(() -> building.get(20, TimeUnit.SECONDS)).isNotNull();
    older.rollback();

    assertThat(indexes()).hasSize(2).contains(dropping ? "i UNIQUE (id, label)" : "i UNIQUE (id)");
    ObservedView seen = operated.observe(app("v")).view();
    assertThat(seen.hasUsableUniqueIndex()).isTrue();
    assertThat(seen.relation().orElseThrow().indexes()).hasSize(1);
    assertThat(record().scratch()).hasSize(1);
    assertThat(((Plan.Steps) converge(operated, NEW)).steps().get(0))
        .isInstanceOf(Step.DropScratch.class);
    assertThat(indexes()).containsExactly("i UNIQUE (id, label)");
    assertThat(record().scratch()).isEmpty();
    assertThat(plan(operated, NEW)).isEqualTo(NOTHING);
  }

  @Test
  void leftoversOfAViewWithoutDataGoWithTheRest() {
    converge(operated, OLD);
    database.asRole(
        "CREATE INDEX half ON app.v (label)",
        "CREATE MATERIALIZED VIEW app.shadow AS SELECT 1 AS id WITH NO DATA",
        "UPDATE matview_operator.views SET scratch = '{half,shadow,gone}'");
    converge(operated, NEW);
    assertThat(indexes()).containsExactly("i UNIQUE (id, label)");
    assertThat(database.value("SELECT to_regclass('app.shadow')")).isEqualTo("null");
    assertThat(record().scratch()).isEmpty();
  }

  @Test
  void theIndexOfAViewThatAnotherRoleOwnsIsMadeAsThatRole() {
    fill(operated, BARE);
    database.asAdmin(
        "CREATE ROLE %s_owner".formatted(database.name()),
        "GRANT %s_owner TO %s".formatted(database.name(), database.role()),
        "GRANT USAGE, CREATE ON SCHEMA app TO %s_owner".formatted(database.name()),
        "ALTER MATERIALIZED VIEW app.v OWNER TO %s_owner".formatted(database.name()));
    try {
      converge(operated, OLD);
      converge(operated, NEW);
      assertThat(indexes()).containsExactly("i UNIQUE (id, label)");
      converge(operated, BARE);
      assertThat(indexes()).isEmpty();
      assertThat(plan(operated, BARE)).isEqualTo(NOTHING);
    } finally {
      database.asAdmin(
          "DROP OWNED BY %s_owner".formatted(database.name()),
          "DROP ROLE %s_owner".formatted(database.name()));
    }
  }

  @Test
  void aNameThatSomebodyLocksIsWaitedForInShortTries() throws Exception {
    fill(operated, OLD);
    Connection locking = database.user();
    locking.setAutoCommit(false);
    run(locking, "COMMENT ON INDEX app.i IS 'in the way'");
    CompletableFuture<Plan> changing = CompletableFuture.supplyAsync(() -> converge(operated, NEW));
    database.awaitRow(
        "SELECT pid FROM pg_locks WHERE relation = 'app.i'::regclass AND NOT granted");
    locking.commit();
    changing.get(20, TimeUnit.SECONDS);
    assertThat(indexes()).containsExactly("i UNIQUE (id, label)");
    assertThat(database.value("SELECT obj_description('app.i'::regclass)")).isEqualTo("in the way");
  }

  private static Index where(String text) {
    return new Index(
        "i",
        false,
        List.of(Index.Key.column("id")),
        List.of(),
        text,
        Index.Method.Btree,
        false,
        Map.of());
  }

  private ObservedView.ViewRecord record() {
    return operated.observe(app("v")).view().record().orElseThrow();
  }

  private List<String> indexes() {
    return database.rows(
        "SELECT regexp_replace(pg_get_indexdef(indexrelid),"
            + " 'CREATE (UNIQUE )?INDEX (.*) ON app.v USING btree (.*)', '\\2 \\1\\3')"
            + " FROM pg_index WHERE indrelid = 'app.v'::regclass ORDER BY 1");
  }
}
