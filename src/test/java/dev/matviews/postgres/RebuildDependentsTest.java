package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.LOCK_TIMEOUT;
import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.index;
import static dev.matviews.postgres.TestViews.rebuild;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.matviews.plan.Claimants;
import dev.matviews.plan.Column;
import dev.matviews.plan.Dependent;
import dev.matviews.plan.Dependent.Kind;
import dev.matviews.plan.Plan;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Run;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RebuildDependentsTest {

  private static final ViewDefinition OLD =
      view("v", "SELECT id, label FROM source", unique("v_id", "id"), index("v_label", "label"));
  private static final ViewDefinition NEW =
      view(
          "v",
          "SELECT id, label FROM source WHERE id > 1",
          unique("v_id", "id"),
          index("v_label", "label"));

  private static final Executor EACH_ITS_THREAD = task -> new Thread(task).start();

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  RebuildDependentsTest() {}

  @BeforeEach
  void aFilledView() {
    database.asRole(
        "CREATE TABLE app.source (id int, label varchar(20))",
        "INSERT INTO app.source VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    operated = database.open();
    TestViews.fill(operated, OLD);
  }

  @Test
  void allThatStandsOnAViewIsListedOutermostFirst() throws SQLException {
    TestViews.fill(operated, view("ours", "SELECT id FROM v"));
    database.asRole(
        "CREATE STATISTICS app.s ON id, label FROM app.v",
        "CREATE MATERIALIZED VIEW app.theirs AS SELECT label FROM app.v",
        "CREATE VIEW app.plain AS SELECT v.label FROM app.v WHERE id > 0",
        "CREATE VIEW app.\"Outer\" AS SELECT p.label FROM app.plain p, app.v",
        "CREATE VIEW app.on_ours AS SELECT * FROM app.ours",
        "CREATE TABLE app.rows (r app.v)",
        "CREATE VIEW app.whole AS SELECT v AS r FROM app.v",
        "CREATE TEMP VIEW passing AS SELECT id FROM app.v",
        "CREATE FUNCTION app.f() RETURNS bigint LANGUAGE sql"
            + " BEGIN ATOMIC SELECT count(id) FROM app.v; END");
    database.asAdmin(
        "CREATE SCHEMA closed",
        "CREATE VIEW closed.away AS SELECT id FROM app.v",
        "CREATE RULE r AS ON INSERT TO app.source DO ALSO SELECT id FROM app.v");

    List<Dependent> found =
        new Dependents(new Bookkeeping(TestDatabase.BOOKKEEPING, Claimants.ALL_THERE))
            .of(database.session(), app("v"));

    Column id = new Column("id", "integer");
    Column label = new Column("label", "character varying(20)");
    assertThat(found)
        .extracting(
            Dependent::description,
            Dependent::kind,
            Dependent::ownerReachable,
            Dependent::managed,
            Dependent::direct,
            Dependent::columns)
        .containsExactlyInAnyOrder(
            tuple(
                "materialized view app.ours", Kind.MaterializedView, true, true, true, List.of(id)),
            tuple(
                "materialized view app.theirs",
                Kind.MaterializedView,
                true,
                false,
                true,
                List.of(label)),
            tuple("view app.plain", Kind.View, true, false, true, List.of(id, label)),
            tuple("view app.\"Outer\"", Kind.View, true, false, true, List.of()),
            tuple("view app.on_ours", Kind.View, true, false, false, List.of()),
            tuple("table app.rows", Kind.Other, true, false, true, List.of()),
            tuple("view app.whole", Kind.Other, true, false, true, List.of()),
            tuple("function app.f()", Kind.Other, false, false, true, List.of(id)),
            tuple("view closed.away", Kind.View, false, false, true, List.of(id)),
            tuple("rule r on table app.source", Kind.Other, false, false, true, List.of(id)));
    List<String> order = found.stream().map(Dependent::description).toList();
    assertThat(order.indexOf("view app.\"Outer\"")).isLessThan(order.indexOf("view app.plain"));
    assertThat(found)
        .filteredOn(Dependent::forbidsRebuild)
        .extracting(Dependent::description)
        .doesNotContain("materialized view app.ours", "view app.plain", "view app.on_ours")
        .hasSize(6);
    assertThat(found)
        .filteredOn(d -> d.description().equals("view closed.away"))
        .extracting(Dependent::relation, Dependent::owner)
        .containsExactly(tuple(new QualifiedName("closed", "away"), "postgres"));
  }

  @Test
  void aViewOfOursOnTopStandsOnTheOldOneUntilItsOwnTurn() {
    ViewDefinition top = view("top", "SELECT id FROM v", unique("top_id", "id"));
    TestViews.fill(operated, top);
    database.asRole(
        "CREATE VIEW app.plain AS SELECT label FROM app.v",
        "CREATE STATISTICS app.s ON id, label FROM app.v");

    rebuilt(NEW);
    assertThat(scratch()).isEqualTo("{v__old}");
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("2");
    assertThat(database.value("SELECT count(*) FROM app.plain")).isEqualTo("2");
    assertThat(database.value("SELECT pg_get_viewdef('app.top'::regclass)")).contains("v__old");
    assertThat(
            database.rows(
                "SELECT indexname FROM pg_indexes WHERE schemaname = 'app' AND tablename = 'v'"))
        .containsExactlyInAnyOrder("v_id", "v_label");

    rebuilt(OLD);
    assertThat(scratch()).as("top still stands on it").isEqualTo("{v__old}");

    rebuilt(top);
    rebuilt(NEW);
    assertThat(scratch()).isEqualTo("{v__old}");
    assertThat(database.value("SELECT pg_get_viewdef('app.top'::regclass)")).contains("v__old");

    rebuilt(top);
    database.asRole("DROP MATERIALIZED VIEW app.top");
    rebuilt(OLD);
    assertThat(scratch()).isEqualTo("{}");
    assertThat(database.value("SELECT to_regclass('app.v__old')")).isEqualTo("null");
    assertThat(database.rows("SELECT 1 FROM pg_class WHERE relname ~ '^matviews_'")).isEmpty();
  }

  @Test
  void aViewWhoseSourceIsReplacedWhileItIsBuiltMovesOnceMore() throws Exception {
    ViewDefinition top = view("top", "SELECT id FROM v");
    TestViews.fill(operated, top);
    Connection inTheWay = database.reading("SELECT id FROM app.top");
    ViewDefinition edited = view("top", "SELECT id, 1 AS one FROM v");
    RefreshRun run = operated.rebuild(rebuild(operated, edited));
    CompletableFuture<RefreshRun.Outcome> running =
        CompletableFuture.supplyAsync(run::execute, EACH_ITS_THREAD);
    // All is built, and only the place of the old view is wanting.
    await().atMost(Duration.ofSeconds(20)).until(() -> database.lockTimeouts() > 0);
    rebuilt(NEW);
    inTheWay.rollback();
    running.get(20, TimeUnit.SECONDS);
    assertThat(database.value("SELECT pg_get_viewdef('app.top'::regclass)")).contains("v__old");

    TestViews.converge(operated, edited);

    assertThat(database.value("SELECT pg_get_viewdef('app.top'::regclass)"))
        .doesNotContain("v__old");
    assertThat(TestViews.plan(operated, edited)).isEqualTo(new Plan.Steps(List.of()));
  }

  @Test
  void statisticsOfAnotherRoleAreInNobodysWay() {
    TestViews.fill(operated, view("top", "SELECT id FROM v"));
    database.asAdmin(
        "CREATE STATISTICS app.s ON id, label FROM app.v",
        "ALTER STATISTICS app.s OWNER TO " + database.reachableRole("dba"));
    rebuilt(NEW);
    assertThat(scratch()).isEqualTo("{v__old}");
    assertThat(
            database.rows(
                "SELECT stxrelid::regclass::text FROM pg_statistic_ext WHERE stxname = 's'"))
        .containsExactly("app.v");
  }

  @Test
  void whatAViewOfOursIsAboutToBecomeStandsOnTheOldOneToo() {
    TestViews.fill(operated, view("top", "SELECT id FROM v"));
    rebuilt(NEW);
    database.asRole(
        "CREATE MATERIALIZED VIEW app.matviews_next AS SELECT id FROM app.v",
        "UPDATE matview_operator.views SET scratch = '{matviews_next}' WHERE view_name = 'top'");
    rebuilt(OLD);
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("3");
    assertThat(database.value("SELECT count(*) FROM app.matviews_next")).isEqualTo("2");
    assertThat(
            database.value(
                "SELECT array_length(scratch, 1) FROM matview_operator.views"
                    + " WHERE view_name = 'v'"))
        .as("each stands on another one")
        .isEqualTo("2");
  }

  @Test
  void aDumpThatHoldsTheReplacedViewHoldsUpNothingElse() throws SQLException {
    ViewDefinition top = view("top", "SELECT id FROM v");
    TestViews.fill(operated, top);
    rebuilt(NEW);
    rebuilt(top);
    Connection dump = database.admin();
    dump.setAutoCommit(false);
    TestDatabase.run(dump, "SELECT FROM app.v__old");

    assertTimeout(
        Duration.ofSeconds(20),
        () ->
            assertThatThrownBy(this::dropReplaced)
                .isInstanceOfSatisfying(
                    DatabaseException.class,
                    e -> assertThat(e.failure().reason()).isEqualTo(Reason.LockTimeout)));
    assertThat(scratch()).isEqualTo("{v__old}");

    dump.commit();
    dropReplaced();
    assertThat(scratch()).isEqualTo("{}");
  }

  private void dropReplaced() {
    QualifiedName name = app("v");
    operated.applyLong(
        name, List.of(new Step.DropScratch(name, List.of("v__old"), true)), TestViews.LONG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE FUNCTION app.f() RETURNS bigint LANGUAGE sql"
            + " BEGIN ATOMIC SELECT count(*) FROM app.v; END",
        "CREATE TABLE app.rows (r app.v[])",
        "CREATE MATERIALIZED VIEW app.theirs AS SELECT label FROM app.v",
        "CREATE VIEW public.away AS SELECT label FROM app.v"
      })
  void whatCannotBeMovedForbidsTheSwapAndNothingIsChanged(String inTheWay) {
    TestViews.fill(operated, view("top", "SELECT id FROM v"));
    database.asRole("CREATE VIEW app.plain AS SELECT label FROM app.v");
    database.asAdmin(inTheWay);
    List<String> before = relations();

    operated.rebuild(rebuild(operated, NEW)).execute();

    assertThat(lastRun().result()).isEqualTo(Run.Result.Failed);
    assertThat(lastRun().reason()).isEqualTo(Reason.DependentsExist);
    assertThat(lastRun().sqlState()).isEqualTo("2BP01");
    assertThat(relations()).isEqualTo(before);
    assertThat(scratch()).isEqualTo("{}");
  }

  @Test
  void aViewWhoseObjectIsGoneIsAnybodyElses() throws SQLException {
    TestViews.fill(operated, view("top", "SELECT id FROM v"));
    operated = database.open((name, claim) -> name.equals(app("top")));
    assertRefused("materialized view app.top, whose MaterializedView", "is gone");

    operated.rebuild(rebuild(operated, NEW)).execute();

    assertThat(lastRun().reason())
        .as("gone since it was looked at")
        .isEqualTo(Reason.DependentsExist);
    assertThat(database.value("SELECT pg_get_viewdef('app.top'::regclass)"))
        .doesNotContain("__old");
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("3");
  }

  private void assertRefused(String... said) {
    assertThat(TestViews.plan(operated, NEW))
        .isInstanceOfSatisfying(
            Plan.Refusal.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.DependentsExist);
              assertThat(refusal.message()).contains(said);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT id FROM source", "SELECT id, label::text FROM source"})
  void aColumnThatAViewOnTopNeedsForbidsTheSwap(String sql) {
    database.asRole("CREATE VIEW app.plain AS SELECT label FROM app.v");
    List<String> before = relations();

    operated.rebuild(rebuild(operated, view("v", sql))).execute();

    assertThat(lastRun().reason()).isEqualTo(Reason.DependentsExist);
    assertThat(lastRun().message()).contains("needs a column");
    assertThat(relations()).isEqualTo(before);
  }

  @Test
  void readersOfViewsOnTopSeeNoErrorAndNoEmptyView() throws Exception {
    database.asRole(
        "CREATE VIEW app.plain AS SELECT id FROM app.v",
        "CREATE VIEW app.both AS SELECT v.id FROM app.v JOIN app.plain p ON p.id = v.id",
        "CREATE VIEW app.outside AS SELECT b.id FROM app.both b, app.plain p WHERE p.id = b.id");
    AtomicBoolean over = new AtomicBoolean();
    List<CompletableFuture<Integer>> readers =
        Stream.of("outside", "both", "plain", "v")
            .map(name -> CompletableFuture.supplyAsync(() -> reads(name, over), EACH_ITS_THREAD))
            .toList();
    for (int i = 0; i < 5; i++) {
      rebuilt(NEW);
      rebuilt(OLD);
    }
    over.set(true);

    for (CompletableFuture<Integer> reader : readers) {
      assertThat(reader.get(20, TimeUnit.SECONDS)).isGreaterThan(10);
    }
  }

  private int reads(String name, AtomicBoolean over) {
    try (Connection reader = database.user()) {
      int reads = 0;
      while (!over.get()) {
        assertThat(TestDatabase.rows(reader, "SELECT id FROM app." + name)).hasSizeBetween(2, 3);
        reads++;
      }
      return reads;
    } catch (SQLException e) {
      throw new IllegalStateException(name, e);
    }
  }

  @Test
  void whatBelongsToColumnsThatAreGoneIsLeftOut() {
    database.asRole(
        "CREATE INDEX theirs ON app.v (lower(label))",
        "CREATE STATISTICS app.s ON id, label FROM app.v",
        "COMMENT ON COLUMN app.v.label IS 'gone'",
        "GRANT SELECT (label) ON app.v TO PUBLIC");

    rebuilt(view("v", "SELECT id FROM source"));

    assertThat(database.rows("SELECT 1 FROM pg_statistic_ext")).isEmpty();
    assertThat(database.rows("SELECT 1 FROM pg_indexes WHERE schemaname = 'app'")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GRANT SELECT ON app.v TO PUBLIC",
        "GRANT SELECT (id) ON app.v TO PUBLIC",
        "COMMENT ON COLUMN app.v.id IS 'new'",
        "CREATE INDEX late ON app.v (label)",
        "CREATE STATISTICS app.late ON id, label FROM app.v",
        "CREATE VIEW app.late AS SELECT id FROM app.v",
        "CREATE OR REPLACE VIEW app.plain AS SELECT label FROM app.v WHERE id > 2",
        "ALTER VIEW app.plain SET (security_barrier)",
        "CREATE FUNCTION app.f() RETURNS bigint LANGUAGE sql"
            + " BEGIN ATOMIC SELECT count(*) FROM app.v; END",
        "REFRESH MATERIALIZED VIEW app.v WITH NO DATA"
      })
  void aChangeSinceItWasReadStopsTheSwap(String change) throws SQLException {
    database.asRole("CREATE VIEW app.plain AS SELECT label FROM app.v");
    Session session = database.session();
    SwapBlock block = new SwapBlock(app("v"), LOCK_TIMEOUT, session);
    block.thenCheckState();
    session.execute(block.sql());

    database.asRole(change);

    assertThatThrownBy(() -> session.execute(block.sql()))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
  }

  @Test
  void grantsOfARoleOutOfReachAreFound() throws SQLException {
    String grantor = database.name() + "_grantor";
    database.asAdmin(
        "CREATE ROLE " + grantor,
        "GRANT USAGE ON SCHEMA app TO " + grantor,
        "GRANT SELECT ON app.v TO %s WITH GRANT OPTION".formatted(grantor),
        "SET ROLE " + grantor,
        "GRANT SELECT (id) ON app.v TO PUBLIC");

    assertThat(Carry.unreachableGrantors(database.session(), app("v"))).containsExactly(grantor);
    operated.rebuild(rebuild(operated, NEW)).execute();
    assertThat(lastRun().reason()).isEqualTo(Reason.PermissionDenied);
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("3");
  }

  @Test
  void aViewOnTopWhoseOwnerMayNotMakeItAnewIsToldBeforeAnythingIsBuilt() {
    String reader = database.inheritedRole("reader");
    database.asAdmin(
        "CREATE SCHEMA closed",
        "CREATE VIEW closed.on_top AS SELECT id FROM app.v",
        "GRANT USAGE ON SCHEMA closed TO PUBLIC",
        "GRANT SELECT ON app.v TO " + reader,
        "ALTER VIEW closed.on_top OWNER TO " + reader);

    assertRefused("closed.on_top of role " + reader, "may not CREATE in its schema");
    database.asAdmin("GRANT CREATE ON SCHEMA closed TO " + reader);
    rebuilt(NEW);
    assertThat(database.value("SELECT count(*) FROM closed.on_top")).isEqualTo("2");
  }

  @Test
  void aNameThatSomethingElseHasIsToldBeforeAnythingIsBuilt() {
    database.asRole("CREATE TABLE app.taken ()");
    for (String sql : List.of(OLD.sql(), NEW.sql())) {
      assertThat(TestViews.plan(operated, view("v", sql, index("taken", "label"))))
          .isInstanceOfSatisfying(
              Plan.Refusal.class,
              refusal -> {
                assertThat(refusal.reason()).isEqualTo(Reason.TargetConflict);
                assertThat(refusal.message()).contains("index taken of app.v");
              });
    }
  }

  @Test
  void anOldNameFitsAndTellsLongNamesApart() {
    assertThat(SwapAside.shortened("v", "__old")).isEqualTo("v__old");
    String first = SwapAside.shortened("😀".repeat(15) + "abc", "__old");
    String second = SwapAside.shortened("😀".repeat(15) + "abd", "__old");
    assertThat(first).isNotEqualTo(second).endsWith("__old").startsWith("😀😀");
    assertThat(first.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(63);
  }

  private void rebuilt(ViewDefinition wanted) {
    operated.rebuild(rebuild(operated, wanted)).execute();
    Run run = operated.observe(wanted.name()).refresh().lastRun().orElseThrow();
    assertThat(run.message()).isNull();
    assertThat(run.result()).isEqualTo(Run.Result.Succeeded);
  }

  private String scratch() {
    return database.value("SELECT scratch FROM matview_operator.views WHERE view_name = 'v'");
  }

  private List<String> relations() {
    return database.rows(
        "SELECT oid, relname, relacl, pg_get_viewdef(oid) FROM pg_class"
            + " WHERE relnamespace = 'app'::regnamespace ORDER BY oid");
  }

  private Run lastRun() {
    return operated.observe(app("v")).refresh().lastRun().orElseThrow();
  }
}
