package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static dev.matviews.postgres.TestDatabase.run;
import static dev.matviews.postgres.TestViews.LONG;
import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.converge;
import static dev.matviews.postgres.TestViews.fill;
import static dev.matviews.postgres.TestViews.index;
import static dev.matviews.postgres.TestViews.plan;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Attributes;
import dev.matviews.plan.Claimants;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.Plan;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.RecordedIndex;
import dev.matviews.plan.Step;
import dev.matviews.plan.StoredQuery;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.playground.Faults;
import dev.matviews.playground.TcpProxy;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.RefreshDecision;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTest {

  private static final Plan NOTHING = new Plan.Steps(List.of());

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  DatabaseTest() {}

  @BeforeEach
  void aSource() {
    database.asRole(
        "CREATE TABLE app.source (id int, label text)",
        "INSERT INTO app.source VALUES (1, 'a'), (2, 'b')");
    operated = database.open();
  }

  @Test
  void aNameOfWhichNothingExists() {
    assertThat(operated.observe(app("v")).view()).isEqualTo(ObservedView.absent(app("v"), true));
    assertThat(operated.observe(new QualifiedName("nowhere", "v")).view())
        .isEqualTo(ObservedView.absent(new QualifiedName("nowhere", "v"), false));
  }

  @Test
  void theViewIsSeenAsItWasMade() {
    ViewDefinition wanted =
        view(
            "v",
            "SELECT id, label FROM source",
            unique("v_id", "id"),
            index("v_two", "label", "id"));
    converge(operated, wanted);

    ObservedView seen = operated.observe(app("v")).view();
    Relation relation = seen.relation().orElseThrow();
    assertThat(relation.isMaterializedView()).isTrue();
    assertThat(relation.owner()).isEqualTo(database.role());
    assertThat(relation.actsAsOwner()).isTrue();
    assertThat(relation.populated()).isFalse();
    assertThat(relation.unpopulatedSources()).isEmpty();
    assertThat(relation.indexes())
        .containsExactly(
            new ObservedIndex("v_id", true, true, true, relation.indexes().get(0).shape()),
            new ObservedIndex("v_two", false, true, false, relation.indexes().get(1).shape()));
    assertThat(seen.record())
        .contains(
            new ObservedView.ViewRecord(
                TestViews.claim("v"),
                false,
                wanted.hash(),
                "UTC",
                relation.storedQuery(),
                List.of(recorded(wanted, relation, 0), recorded(wanted, relation, 1)),
                Attributes.NONE,
                List.of(),
                List.of(),
                List.of()));
    assertThat(plan(operated, wanted)).isEqualTo(NOTHING);
  }

  private static RecordedIndex recorded(ViewDefinition wanted, Relation relation, int index) {
    return new RecordedIndex(
        wanted.indexes().get(index).name(),
        wanted.indexes().get(index).hash(),
        relation.indexes().get(index).shape());
  }

  @Test
  void aViewWhoseIndexCannotBeMadeIsNotMadeEither() {
    assertThatThrownBy(
            () -> converge(operated, view("v", "SELECT id FROM source", unique("i", "nothing"))))
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.InvalidSQL))
        .satisfies(e -> assertThat(e.failure().message()).contains("index i on app.v", "nothing"));
    assertThat(operated.observe(app("v")).view()).isEqualTo(ObservedView.absent(app("v"), true));
  }

  @Test
  void rowsAndBytesAreSeenAfterAFill() {
    fill(operated, view("v", "SELECT id FROM source", unique("v_id", "id")));
    Relation relation = operated.observe(app("v")).view().relation().orElseThrow();
    assertThat(relation.populated()).isTrue();
    assertThat(relation.rows()).isEqualTo(2);
    assertThat(relation.bytes()).isGreaterThanOrEqualTo(3 * 8192);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select ID,\n  label\nFROM source -- as before\nwhere id in (1,2)",
        "SELECT id, label FROM app.source WHERE id = ANY (ARRAY[1, 2])",
        "SELECT source.id, source.label FROM source WHERE source.id IN (1, 2);"
      })
  void anotherSpellingOfTheSameQueryIsTheSame(String sql) {
    converge(operated, view("v", "SELECT id, label FROM source WHERE id IN (1, 2)"));
    StoredQuery live = storedQuery();
    assertThat(operated.probe(view("v", sql)).sameDefinition()).isTrue();
    assertThat(plan(operated, view("v", sql)))
        .as("only the record changes")
        .isEqualTo(new Plan.Steps(List.of(new Step.WriteRecord(view("v", sql), live, List.of()))));
    converge(operated, view("v", sql));
    assertThat(plan(operated, view("v", sql))).isEqualTo(NOTHING);
  }

  @Test
  void anotherSearchPathToTheSameTableIsTheSameAndToAnotherTableIsNot() {
    database.asRole("CREATE TABLE app.elsewhere (id int)");
    database.asAdmin(
        "CREATE SCHEMA other AUTHORIZATION " + database.role(),
        "CREATE TABLE other.source (id int, label text)");
    ViewDefinition wanted = view("v", "SELECT id FROM source");
    converge(operated, wanted);

    assertThat(operated.probe(withPath(wanted, "nowhere", "app")).sameDefinition()).isTrue();
    assertThat(operated.probe(withPath(wanted, "other", "app")).sameDefinition()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id, label AS name FROM source",
        "SELECT id, label FROM source WHERE id > 0",
        "SELECT id::bigint, label FROM source",
        "SELECT id FROM source",
        "SELECT label, id FROM source"
      })
  void anotherQueryIsDifferent(String sql) {
    converge(operated, view("v", "SELECT id, label FROM source"));
    assertThat(operated.probe(view("v", sql)).sameDefinition()).isFalse();
  }

  @Test
  void aViewIsMadeAnewWithAnotherDefinition() {
    converge(operated, view("v", "SELECT id FROM source"));
    ViewDefinition changed = view("v", "SELECT label FROM source", index("v_label", "label"));
    converge(operated, changed);
    assertThat(plan(operated, changed)).isEqualTo(NOTHING);
    assertThat(columns("v")).isEqualTo("label");

    operated.refresh(TestViews.order("v", "fill", Mode.Standard)).execute();
    converge(operated, view("v", "SELECT id FROM source"));
    assertThat(plan(operated, view("v", "SELECT id FROM source"))).isEqualTo(NOTHING);
    assertThat(columns("v")).isEqualTo("id");
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("2");
  }

  @Test
  void aViewWithoutDataThatOthersStandOnIsNotDropped() {
    converge(operated, view("v", "SELECT id FROM source"));
    database.asRole("CREATE VIEW app.on_top AS SELECT * FROM app.v");
    assertThat(converge(operated, view("v", "SELECT label FROM source")))
        .asInstanceOf(type(Plan.Refusal.class))
        .satisfies(r -> assertThat(r.reason()).isEqualTo(Reason.DependentsExist))
        .satisfies(r -> assertThat(r.message()).contains("app.on_top", "id integer"));
    assertThat(columns("v")).isEqualTo("id");
  }

  @Test
  void theFingerprintChangesWhenSomethingElseIsMeantAndNeverOtherwise() {
    converge(operated, view("v", "SELECT id, label FROM source", unique("v_id", "id")));
    String first = fingerprint();

    operated.refresh(TestViews.order("v", "1", Mode.Standard)).execute();
    operated.refresh(TestViews.order("v", "2", Mode.Concurrent)).execute();
    database.asRole(
        "ANALYZE app.source",
        "ANALYZE app.v",
        "CREATE INDEX v_more ON app.v (label)",
        "COMMENT ON MATERIALIZED VIEW app.v IS 'theirs'",
        "ALTER TABLE app.source ADD COLUMN more int",
        "GRANT SELECT ON app.v TO PUBLIC");
    assertThat(fingerprint()).isEqualTo(first);

    database.asRole("ALTER MATERIALIZED VIEW app.v RENAME COLUMN label TO name");
    String renamed = fingerprint();
    assertThat(renamed).isNotEqualTo(first);
    database.asRole("ALTER MATERIALIZED VIEW app.v RENAME COLUMN name TO label");
    assertThat(fingerprint()).isEqualTo(first);

    database.asRole("ALTER TABLE app.source RENAME COLUMN label TO name");
    assertThat(fingerprint()).isNotEqualTo(first);
    database.asRole("ALTER TABLE app.source RENAME COLUMN name TO label");
    assertThat(fingerprint()).isEqualTo(first);

    database.asRole(
        "ALTER TABLE app.source RENAME TO source_of_old",
        "CREATE TABLE app.source (id int, label text)");
    assertThat(fingerprint()).isNotEqualTo(first);
    ViewDefinition wanted = view("v", "SELECT id, label FROM source", unique("v_id", "id"));
    assertThat(plan(operated, wanted))
        .isEqualTo(new Plan.Steps(List.of(new Step.Rebuild(wanted, null, true))));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anIndexThatIsGoneIsMadeAgain(boolean filled) {
    ViewDefinition wanted = view("v", "SELECT id FROM source", unique("v_id", "id"));
    converge(operated, wanted);
    if (filled) {
      fill(operated, wanted);
    }
    database.asRole("DROP INDEX app.v_id");

    Plan plan = converge(operated, wanted);

    assertThat(plan)
        .isEqualTo(
            new Plan.Steps(List.of(new Step.CreateIndex(wanted, unique("v_id", "id"), filled))));
    assertThat(plan(operated, wanted)).isEqualTo(NOTHING);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ourIndexGoesWithItsLineInTheSpecAndTheirsStays(boolean filled) {
    ViewDefinition wanted = view("v", "SELECT id, label FROM source", unique("v_id", "id"));
    converge(operated, wanted);
    if (filled) {
      fill(operated, wanted);
    }
    database.asRole("CREATE INDEX theirs ON app.v (label)");

    ViewDefinition without = view("v", "SELECT id, label FROM source");
    converge(operated, without);

    assertThat(indexes("v")).containsExactly("theirs");
    assertThat(plan(operated, without)).isEqualTo(NOTHING);
  }

  @Test
  void anIndexOfAnotherShapeIsReplaced() {
    fill(operated, view("v", "SELECT id, label FROM source", index("i", "id")));
    ViewDefinition changed = view("v", "SELECT id, label FROM source", unique("i", "label", "id"));
    converge(operated, changed);
    assertThat(plan(operated, changed)).isEqualTo(NOTHING);
    assertThat(database.value("SELECT indexdef FROM pg_indexes WHERE indexname = 'i'"))
        .contains("UNIQUE")
        .contains("(label, id)");
  }

  @Test
  void anIndexWhoseBuildFailedIsDroppedAndBuiltOnceTheRowsAllowIt() {
    fill(operated, view("v", "SELECT label, id FROM source"));
    database.asRole("INSERT INTO app.source VALUES (1, 'a secret')");
    operated.refresh(TestViews.order("v", "2", Mode.Standard)).execute();
    ViewDefinition wanted = view("v", "SELECT label, id FROM source", unique("v_id", "id"));

    for (int attempt = 1; attempt <= 2; attempt++) {
      assertThatThrownBy(() -> converge(operated, wanted))
          .asInstanceOf(type(DatabaseException.class))
          .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.DuplicateRows))
          .satisfies(
              e ->
                  assertThat(e.failure().message())
                      .contains("v_id")
                      .doesNotContain("secret", "(1)"));
      assertThat(indexes("v")).as("nothing is left").isEmpty();
      assertThat(operated.observe(app("v")).view().record().orElseThrow().scratch()).isEmpty();
    }
    database.asRole("DELETE FROM app.source WHERE label = 'a secret'");
    operated.refresh(TestViews.order("v", "3", Mode.Standard)).execute();

    converge(operated, wanted);
    assertThat(plan(operated, wanted)).isEqualTo(NOTHING);
    assertThat(operated.observe(app("v")).view().hasUsableUniqueIndex()).isTrue();
  }

  @Test
  void anIndexWhoseBuildWasKilledIsBuiltAgain() throws Exception {
    ViewDefinition bare = view("v", "SELECT id FROM source");
    fill(operated, bare);
    ViewDefinition wanted = view("v", "SELECT id FROM source", unique("v_id", "id"));
    Connection older = database.user();
    older.setAutoCommit(false);
    older.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    run(older, "SELECT 1");
    CompletableFuture<Plan> building =
        CompletableFuture.supplyAsync(() -> converge(operated, wanted));
    List<String> builder =
        await()
            .atMost(SOON)
            .until(() -> database.working("^CREATE .*CONCURRENTLY"), pids -> !pids.isEmpty());

    database.asAdmin("SELECT pg_terminate_backend(" + builder.get(0) + ")");

    assertThatThrownBy(() -> building.get(20, TimeUnit.SECONDS))
        .cause()
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.DatabaseUnavailable));
    older.rollback();
    assertThat(operated.observe(app("v")).view().hasUsableUniqueIndex()).isFalse();
    converge(operated, wanted);
    assertThat(plan(operated, wanted)).isEqualTo(NOTHING);
  }

  @Test
  void whatStandsUnderTheNameAndIsNotOursIsRefusedAndLeft() {
    database.asRole(
        "CREATE TABLE app.a_table (id int)",
        "CREATE VIEW app.a_view AS SELECT 1 AS id",
        "CREATE SEQUENCE app.a_sequence",
        "CREATE INDEX an_index ON app.source (id)",
        "CREATE TYPE app.a_type AS (id int)",
        "CREATE MATERIALIZED VIEW app.by_hand AS SELECT 2 AS id");
    String relations = "SELECT oid, relname, relkind FROM pg_class ORDER BY oid";
    List<String> before = database.rows(relations);

    for (String name : List.of("a_table", "a_view", "a_sequence", "an_index", "a_type")) {
      assertThat(refusal(name)).as(name).isEqualTo(Reason.NotAMaterializedView);
    }
    assertThat(refusal("by_hand")).isEqualTo(Reason.AlreadyExists);
    assertThat(database.rows(relations)).isEqualTo(before);
  }

  @Test
  void aViewThatBelongsToAnotherObjectOrRoleIsRefused() {
    ViewDefinition wanted = view("v", "SELECT 1 AS id");
    converge(operated, wanted);
    ViewDefinition others =
        new ViewDefinition(
            wanted.name(),
            TestViews.claim("somebody"),
            wanted.sql(),
            List.of("app"),
            "UTC",
            List.of());
    assertThat(((Plan.Refusal) plan(operated, others)).reason()).isEqualTo(Reason.TargetConflict);

    database.asAdmin("ALTER MATERIALIZED VIEW app.v OWNER TO postgres");
    assertThat(((Plan.Refusal) plan(operated, wanted)).reason()).isEqualTo(Reason.OwnershipChanged);
  }

  @Test
  void aViewDroppedByHandIsMadeAgainAndKeepsItsHistory() {
    ViewDefinition wanted = view("v", "SELECT id FROM source", unique("v_id", "id"));
    fill(operated, wanted);
    database.asRole("DROP MATERIALIZED VIEW app.v");
    converge(operated, wanted);
    assertThat(plan(operated, wanted)).isEqualTo(NOTHING);
    assertThat(operated.observe(app("v")).refresh().runs()).hasSize(1);
  }

  @Test
  void aLookWaitsForNoLock() throws SQLException {
    fill(operated, view("v", "SELECT id FROM source", unique("v_id", "id")));
    Connection locking = database.admin();
    locking.setAutoCommit(false);
    run(locking, "LOCK TABLE app.source IN ACCESS EXCLUSIVE MODE");
    run(locking, "REFRESH MATERIALIZED VIEW app.v");
    run(locking, "ALTER INDEX app.v_id RENAME TO v_id2");

    Relation seen = operated.observe(app("v")).view().relation().orElseThrow();

    assertThat(seen.storedQuery().fingerprint()).isNotEmpty();
    assertThat(seen.indexes()).extracting(ObservedIndex::name).containsExactly("v_id");
    assertThat(seen.bytes()).isPositive();
    assertThat(database.rows("SELECT pid FROM pg_locks WHERE NOT granted")).isEmpty();
    locking.rollback();
  }

  @Test
  void anIndexThatHasTheNameOfOneOfOursMeanwhileIsNotDropped() {
    fill(operated, view("v", "SELECT id FROM source", unique("v_id", "id")));
    database.asRole(
        "DROP INDEX app.v_id", "CREATE TABLE app.t (a int)", "CREATE INDEX v_id ON app.t (a)");
    operated.applyLong(app("v"), List.of(new Step.DropIndex(app("v"), "v_id", true)), LONG);
    assertThat(database.value("SELECT 'app.v_id'::regclass::text")).isEqualTo("app.v_id");
    assertThat(operated.observe(app("v")).view().record().orElseThrow().indexes()).isEmpty();
  }

  @Test
  void whatNeedsTheViewWhileItIsRefreshedIsToldSoAtOnce() throws SQLException {
    ViewDefinition wanted = view("v", "SELECT id FROM source");
    fill(operated, wanted);
    Session refreshing = database.session();
    assertThat(Fence.of(app("v")).tryHold(refreshing, Session.Pins.ofCatalog(), database.address()))
        .isTrue();
    refreshing.execute(Sql.of("BEGIN"));
    refreshing.execute(Sql.of("REFRESH MATERIALIZED VIEW app.v"));

    for (Runnable work :
        List.<Runnable>of(
            () -> operated.probe(view("v", "SELECT label FROM source")),
            () ->
                operated.apply(
                    app("v"),
                    List.of(new Step.WriteRecord(wanted, new StoredQuery("", ""), List.of()))),
            () ->
                operated.applyLong(
                    app("v"),
                    List.of(new Step.CreateIndex(wanted, index("i", "id"), true)),
                    LONG))) {
      assertThatThrownBy(work::run)
          .asInstanceOf(type(DatabaseException.class))
          .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.RefreshInProgress));
    }
    assertThat(operated.observe(app("v")).view().record().orElseThrow().indexes()).isEmpty();
  }

  @Test
  void anExaminationFindsTheViewsThatAnotherHandHasChangedAndNoOthers() {
    List<QualifiedName> names = make(3).stream().map(ViewDefinition::name).toList();
    names.forEach(operated::observe);
    assertThat(operated.examineAgain(names).orElseThrow()).as("as they were").isEmpty();

    database.asRole("DROP INDEX app.i1", "COMMENT ON MATERIALIZED VIEW app.v2 IS 'theirs'");

    assertThat(operated.examineAgain(names).orElseThrow())
        .containsExactlyInAnyOrder(app("v1"), app("v2"));
    operated.observe(app("v1"));
    assertThat(operated.examineAgain(names).orElseThrow()).containsExactly(app("v2"));
  }

  @Test
  void aLookAtManyViewsIsOneStatement() throws SQLException {
    List<QualifiedName> names = make(200).stream().map(ViewDefinition::name).toList();
    Catalog catalog =
        new Catalog(new Bookkeeping(TestDatabase.BOOKKEEPING, Claimants.ALL_THERE), null);
    Session session = database.session();
    countFromNowOn();

    assertThat(catalog.observe(session, names))
        .hasSize(200)
        .allSatisfy((name, seen) -> assertThat(seen.view().record()).isPresent());

    assertThat(callsOf("%")).isEqualTo(1);
  }

  @Test
  void looksThatWaitForEachOtherShareStatementsAndQuietViewsCostNoChange() {
    List<ViewDefinition> views = make(50);
    views.forEach(v -> operated.observe(v.name()));
    // The server's own vacuum begins a transaction now and then; a look that did would do so
    // always.
    await()
        .atMost(SOON)
        .until(
            () -> {
              countFromNowOn();
              String nextTransaction = nextTransaction();

              views.stream()
                  .map(v -> CompletableFuture.supplyAsync(() -> planInTheEnd(v), this::inThread))
                  .toList()
                  .forEach(plan -> assertThat(plan.join()).isEqualTo(NOTHING));

              assertThat(callsOf("%"))
                  .isEqualTo(callsOf("%w (schema_name, view_name)%"))
                  .isBetween(1, 40);
              return nextTransaction().equals(nextTransaction);
            });
  }

  private String nextTransaction() {
    return database.value("SELECT pg_snapshot_xmax(pg_current_snapshot())");
  }

  private Plan planInTheEnd(ViewDefinition view) {
    return await()
        .atMost(SOON)
        .ignoreException(NotNowException.class)
        .until(() -> plan(operated, view), plan -> true);
  }

  @Test
  void sourcesWithoutDataAreSeenThroughPlainViewsAndChains() {
    converge(operated, view("bottom", "SELECT id FROM source"));
    database.asRole(
        "CREATE VIEW app.plain AS SELECT id FROM app.bottom",
        "CREATE VIEW app.plainer AS SELECT id FROM app.plain");
    converge(operated, view("middle", "SELECT id FROM plainer"));
    converge(operated, view("top", "SELECT m.id FROM middle m JOIN source s USING (id)"));

    assertThat(unpopulated("bottom")).isEmpty();
    assertThat(unpopulated("middle")).containsExactly("app.bottom");
    assertThat(unpopulated("top")).containsExactly("app.middle");

    fill(operated, view("bottom", "SELECT id FROM source"));
    assertThat(unpopulated("middle")).isEmpty();
    assertThat(unpopulated("top")).containsExactly("app.middle");
    operated.refresh(TestViews.order("middle", "1", Mode.Standard)).execute();
    operated.refresh(TestViews.order("top", "1", Mode.Standard)).execute();
    assertThat(unpopulated("top")).isEmpty();
    assertThat(database.value("SELECT count(*) FROM app.top")).isEqualTo("2");
  }

  @Test
  void aRunBeforeItsSourceHasDataIsRefusedByTheServerWithTheRightReason() {
    converge(operated, view("bottom", "SELECT id FROM source"));
    converge(operated, view("top", "SELECT id FROM bottom"));
    operated.refresh(TestViews.order("top", "1", Mode.Standard)).execute();
    assertThat(operated.observe(app("top")).refresh().lastRun().orElseThrow().reason())
        .isEqualTo(Reason.UpstreamNotPopulated);
  }

  @Test
  void schedulesAndSlotsAreRemembered() {
    converge(operated, view("v", "SELECT id FROM source"));
    Instant due = Instant.parse("2030-01-01T00:00:00Z");
    operated.adoptSchedule(app("v"), "every 10s");
    operated.settle(
        app("v"),
        new RefreshDecision.Settle(RunId.schedule(due), due, Run.Result.Missed, Reason.Missed));

    assertThat(operated.observe(app("v")).refresh().schedule()).isEqualTo("every 10s");
    assertThat(operated.observe(app("v")).refresh().settledUntil()).isEqualTo(due);
    Run missed = operated.observe(app("v")).refresh().lastRun().orElseThrow();
    assertThat(missed.result()).isEqualTo(Run.Result.Missed);
    assertThat(missed.mode()).isNull();
    assertThat(missed.id()).isEqualTo("Schedule/2030-01-01T00:00:00Z");
  }

  @Test
  void aConnectionThatTheServerClosedIsReplaced() {
    operated.observe(app("v"));
    database.asAdmin(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE application_name = 'matview-operator' AND datname = current_database()");
    assertThatThrownBy(() -> operated.observe(app("v")))
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.DatabaseUnavailable));
    assertThat(operated.observe(app("v")).view().schemaExists()).isTrue();
  }

  @Test
  void aConnectionThatCanOnlyReadAnyMoreIsGivenUp() {
    converge(operated, view("v", "SELECT id FROM source"));
    List<String> before = operatorsSessions();
    database.asAdmin(
        "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
    try {
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> operated.adoptSchedule(app("v"), "another"))
                      .isInstanceOfSatisfying(
                          DatabaseException.class,
                          e -> assertThat(e.failure().sqlState()).isEqualTo("25006")));
      await().atMost(SOON).until(() -> !operatorsSessions().containsAll(before));
    } finally {
      database.asAdmin(
          "ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()");
    }
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThatCode(() -> operated.examineAgain(List.of())).doesNotThrowAnyException());
    operated.adoptSchedule(app("v"), "another");
  }

  private List<String> operatorsSessions() {
    return database.rows(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'matview-operator'"
            + " AND datname = current_database()");
  }

  @Test
  void anIdleConnectionIsClosedAndOpenedWhenNeeded() {
    operated.observe(app("v"));
    operated.closeIdle(Duration.ofMinutes(1));
    assertThat(sessions()).hasSize(1);
    operated.closeIdle(Duration.ZERO);
    await().atMost(SOON).until(() -> sessions().isEmpty());
    operated.observe(app("v"));
    assertThat(sessions()).hasSize(1);
    operated.close();
    await().atMost(SOON).until(() -> sessions().isEmpty());
    assertThatThrownBy(() -> operated.observe(app("v"))).isInstanceOf(NotNowException.class);
  }

  @Test
  void aLookThatItsEndCutsOffSaysNothingOfTheServer() throws Exception {
    try (TcpProxy network = TcpProxy.before(database.server().port())) {
      Database remote = database.open(database.address(network.port()));
      network.freeze();
      CompletableFuture<Throwable> one = look(remote);
      CompletableFuture<Throwable> other = look(remote);
      // Whoever did not come first has waited long enough; the first is at work.
      CompletableFuture.anyOf(one, other).get(5, TimeUnit.SECONDS);
      remote.close();
      assertThat(one.get(5, TimeUnit.SECONDS)).isInstanceOf(NotNowException.class);
      assertThat(other.get(5, TimeUnit.SECONDS)).isInstanceOf(NotNowException.class);
    }
  }

  @Test
  void aLoginThatItsEndMeetsIsGivenUp() throws Exception {
    operated.close();
    try (TcpProxy network = TcpProxy.before(database.server().port())) {
      Database remote = database.open(database.address(network.port()));
      remote.closeIdle(Duration.ZERO);
      await().atMost(SOON).until(() -> sessions().isEmpty());
      int before = network.accepted();
      network.set(Faults.NONE.withLatency(Duration.ofMillis(200)));
      CompletableFuture<Throwable> look = look(remote);
      await().atMost(SOON).until(() -> network.accepted() > before);
      remote.close();
      assertThat(look.get(20, TimeUnit.SECONDS)).isInstanceOf(NotNowException.class);
      await().atMost(SOON).until(() -> sessions().isEmpty());
    }
  }

  private CompletableFuture<Throwable> look(Database looked) {
    return CompletableFuture.supplyAsync(
        () -> catchThrowable(() -> looked.observe(app("v"))), this::inThread);
  }

  @Test
  void aPasswordThatWasRefusedIsTriedAgainByTheExaminationOnly() throws IOException {
    converge(operated, view("v", "SELECT id FROM source"));
    operated.closeIdle(Duration.ZERO);
    database.asAdmin("ALTER ROLE %s PASSWORD 'the next one'".formatted(database.role()));
    refused(() -> operated.observe(app("v")));
    refused(() -> operated.observe(app("v")));
    refused(() -> operated.refresh(TestViews.order("v", "1", Mode.Standard)).execute());
    refused(() -> operated.expectRuns(1, 1));
    assertThat(refusals()).isEqualTo(1);
    refused(() -> operated.examineAgain(List.of()));
    refused(() -> operated.observe(app("v")));
    assertThat(refusals()).isEqualTo(2);

    database.asAdmin(
        "ALTER ROLE %s PASSWORD '%s'".formatted(database.role(), database.address().password()));
    refused(() -> operated.observe(app("v")));
    operated.examineAgain(List.of());
    assertThat(operated.observe(app("v")).view().relation()).isPresent();
    operated.refresh(TestViews.order("v", "1", Mode.Standard)).execute();
  }

  private static void refused(ThrowingCallable use) {
    assertThatThrownBy(use)
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.AuthenticationFailed));
  }

  private long refusals() throws IOException {
    String line = "password authentication failed for user \"%s\"".formatted(database.role());
    try (Stream<String> lines = Files.lines(database.server().log())) {
      return lines.filter(text -> text.contains(line)).count();
    }
  }

  private void inThread(Runnable look) {
    new Thread(look, "look").start();
  }

  private List<String> sessions() {
    return database.rows(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'matview-operator'"
            + " AND datname = current_database()");
  }

  private List<ViewDefinition> make(int count) {
    List<ViewDefinition> views =
        IntStream.range(0, count)
            .mapToObj(i -> view("v" + i, "SELECT id FROM source", unique("i" + i, "id")))
            .toList();
    views.forEach(v -> converge(operated, v));
    return views;
  }

  private void countFromNowOn() {
    database.asAdmin("CREATE EXTENSION pg_stat_statements", "SELECT pg_stat_statements_reset()");
  }

  /** Statements of the role's sessions. */
  private int callsOf(String like) {
    return Integer.parseInt(
        database.value(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s"
                + " JOIN pg_roles r ON r.oid = userid"
                + " WHERE rolname = '%s' AND query LIKE '%s'".formatted(database.role(), like)));
  }

  private Reason refusal(String name) {
    return ((Plan.Refusal) converge(operated, view(name, "SELECT 1 AS id"))).reason();
  }

  private List<String> unpopulated(String name) {
    return operated.observe(app(name)).view().relation().orElseThrow().unpopulatedSources();
  }

  private String fingerprint() {
    return storedQuery().fingerprint();
  }

  private StoredQuery storedQuery() {
    return operated.observe(app("v")).view().relation().orElseThrow().storedQuery();
  }

  private String columns(String name) {
    return database.value(
        "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute"
            + " WHERE attrelid = 'app.%s'::regclass AND attnum > 0".formatted(name));
  }

  private List<String> indexes(String name) {
    return database.rows("SELECT indexname FROM pg_indexes WHERE tablename = '%s'".formatted(name));
  }

  private static ViewDefinition withPath(ViewDefinition view, String... path) {
    return new ViewDefinition(
        view.name(), view.claim(), view.sql(), List.of(path), view.timeZone(), view.indexes());
  }
}
