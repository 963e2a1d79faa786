package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static dev.matviews.postgres.TestDatabase.run;
import static dev.matviews.postgres.TestViews.LOCK_TIMEOUT;
import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.claim;
import static dev.matviews.postgres.TestViews.converge;
import static dev.matviews.postgres.TestViews.fill;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Claim;
import dev.matviews.plan.Dependent;
import dev.matviews.plan.Plan;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropTest {

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  DropTest() {}

  @BeforeEach
  void twoViews() {
    database.asRole(
        "CREATE TABLE app.source (id int, label text)",
        "INSERT INTO app.source VALUES (1, 'a'), (2, 'b')");
    operated = database.open();
    fill(operated, view("v", "SELECT id, label FROM source", unique("v_id", "id")));
    fill(operated, view("other", "SELECT id FROM source"));
  }

  @Test
  void nothingGoesInAnotherDatabaseThatHoldsTheSame() {
    Drop drop =
        new Drop(
            database.address(),
            "1/1",
            TestDatabase.BOOKKEEPING,
            app("v"),
            claim("v"),
            LOCK_TIMEOUT);
    assertThatThrownBy(drop::execute)
        .asInstanceOf(type(DatabaseException.class))
        .extracting(e -> e.failure().reason())
        .isEqualTo(Reason.DatabaseChanged);
    assertStands("v");
  }

  @Test
  void theViewGoesWithIndexesRecordAndRunsAndItsNeighbourStays() {
    assertThat(drop("v").execute()).isEqualTo(new Drop.Outcome.Gone());
    assertGone("v");
    assertThat(database.value("SELECT to_regclass('app.v_id') IS NULL")).isEqualTo("t");
    assertStands("other");
    assertThat(drop("v").execute()).as("again").isEqualTo(new Drop.Outcome.Gone());
  }

  @Test
  void aViewOfAnotherClaimOrOfNoneIsNotOurs() {
    for (Claim other :
        List.of(
            new Claim("another", "team-a", "v"),
            new Claim("default", "team-b", "v"),
            new Claim("default", "team-a", "w"))) {
      assertThat(drop(app("v"), other).execute()).isEqualTo(new Drop.Outcome.Gone());
      assertStands("v");
    }
    database.asAdmin("DELETE FROM matview_operator.views WHERE view_name = 'v'");
    assertThat(drop("v").execute()).isEqualTo(new Drop.Outcome.Gone());
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("2");
  }

  @Test
  void aViewThatWasOnlyEverRefreshedStaysAndTheRecordGoes() {
    database.asRole("CREATE MATERIALIZED VIEW app.theirs AS SELECT 1 AS id");
    operated.apply(
        app("theirs"), List.of(new Step.Register(app("theirs"), TestViews.claim("theirs"))));

    assertThat(drop("theirs").execute()).isEqualTo(new Drop.Outcome.Gone());

    assertThat(database.value("SELECT id FROM app.theirs")).isEqualTo("1");
    assertThat(records("theirs")).isEqualTo("0|0");
  }

  @Test
  void whatHasTakenTheNameMeanwhileStaysAndTheRecordGoes() {
    database.asRole("DROP MATERIALIZED VIEW app.v", "CREATE TABLE app.v (a int)");
    assertThat(drop("v").execute()).isEqualTo(new Drop.Outcome.Gone());
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("0");
    assertThat(records("v")).isEqualTo("0|0");

    database.asRole("DROP MATERIALIZED VIEW app.other");
    assertThat(drop("other").execute()).isEqualTo(new Drop.Outcome.Gone());
    assertThat(records("other")).isEqualTo("0|0");
  }

  @Test
  void whatOthersHaveBuiltOnItHoldsItUntilItIsGone() {
    database.asRole(
        "CREATE VIEW app.on_top AS SELECT * FROM app.v",
        "CREATE VIEW app.further_up AS SELECT * FROM app.on_top",
        "CREATE MATERIALIZED VIEW app.stored AS SELECT id FROM app.v",
        "CREATE FUNCTION app.labels() RETURNS SETOF text BEGIN ATOMIC SELECT label FROM app.v; END",
        "CREATE FUNCTION app.first_of(app.v[]) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE app.copies (id int, original app.v)");
    Drop.Outcome.Held held = (Drop.Outcome.Held) drop("v").execute();
    assertThat(held.dependents())
        .extracting(Dependent::description)
        .containsExactlyInAnyOrder(
            "table app.copies",
            "function app.first_of(app.v[])",
            "function app.labels()",
            "materialized view app.stored",
            "view app.on_top");
    assertStands("v");
    database.asRole(
        "DROP TABLE app.copies",
        "DROP FUNCTION app.labels()",
        "DROP FUNCTION app.first_of(app.v[])",
        "DROP VIEW app.further_up, app.on_top",
        "DROP MATERIALIZED VIEW app.stored");
    assertThat(drop("v").execute()).isEqualTo(new Drop.Outcome.Gone());
    assertGone("v");
  }

  /** By its operator too, or by nobody else: one that was killed, or another replica's. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRefreshThatRunsIsCutOff(boolean abandoned) {
    converge(operated, view("slow", "SELECT 1 AS a, pg_sleep(300)::text AS s"));
    RefreshRun refresh = operated.refresh(TestViews.order("slow", "1", Mode.Standard));
    CompletableFuture<Void> running = CompletableFuture.runAsync(() -> ended(refresh::execute));
    await().atMost(SOON).until(() -> database.working("^REFRESH").size() == 1);
    if (abandoned) {
      refresh.abandon();
    }
    assertThat(drop("slow").execute()).isEqualTo(new Drop.Outcome.Gone());
    assertThat(running).succeedsWithin(SOON);
    assertThat(database.working("^REFRESH")).isEmpty();
    assertGone("slow");
  }

  @Test
  void aBuildOfAnIndexThatWaitsForOthersIsCutOff() throws SQLException {
    Connection writer = database.user();
    writer.setAutoCommit(false);
    run(writer, "SELECT pg_current_xact_id(), count(*) FROM app.v");
    ViewDefinition more =
        view("v", "SELECT id, label FROM source", unique("v_id", "id"), unique("more", "label"));
    Plan.Steps steps = (Plan.Steps) TestViews.plan(operated, more);
    CompletableFuture<Void> building =
        CompletableFuture.runAsync(
            () -> ended(() -> operated.applyLong(app("v"), steps.steps(), Duration.ofMinutes(5))));
    await().atMost(SOON).until(() -> database.working("CREATE UNIQUE INDEX").size() == 1);
    assertThatThrownBy(() -> drop("v").execute())
        .as("the reader goes on, the build does not")
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.LockTimeout));
    assertThat(building).succeedsWithin(SOON);
    writer.rollback();
    assertThat(drop("v").execute()).isEqualTo(new Drop.Outcome.Gone());
    assertGone("v");
  }

  @Test
  void theFenceOfSomebodyElseIsNotBroken() throws SQLException {
    Connection stranger = database.user();
    run(stranger, "SELECT pg_advisory_lock(%d)".formatted(Fence.of(app("v")).key()));
    assertThatThrownBy(() -> drop("v").execute())
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.RefreshInProgress));
    assertThat(TestDatabase.rows(stranger, "SELECT 1")).containsExactly("1");
    assertStands("v");
  }

  @Test
  void aLongReaderIsWaitedForInShortTries() throws SQLException {
    Connection reader = database.user();
    reader.setAutoCommit(false);
    run(reader, "SELECT count(*) FROM app.v");
    assertThatThrownBy(() -> drop("v").execute())
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.LockTimeout))
        .satisfies(e -> assertThat(e.failure().message()).contains("materialized view app.v"));
    CompletableFuture<Drop.Outcome> dropped =
        CompletableFuture.supplyAsync(() -> drop("v").execute());
    for (boolean waits : new boolean[] {true, false, true}) {
      await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> isWaiting() == waits);
    }
    reader.rollback();
    assertThat(dropped).succeedsWithin(3, TimeUnit.SECONDS).isEqualTo(new Drop.Outcome.Gone());
  }

  @Test
  void asTheOwnerThatTheRoleMayBecome() {
    String owner = database.role() + " \"of\" views";
    giveAway(owner);
    database.asAdmin(grantSetOnly(owner), "GRANT USAGE ON SCHEMA app TO " + Sql.identifier(owner));
    assertThat(drop("v").execute()).isEqualTo(new Drop.Outcome.Gone());
    assertGone("v");
    database.asAdmin("DROP OWNED BY " + Sql.identifier(owner));
    database.server().execute("postgres", "DROP ROLE " + Sql.identifier(owner));
  }

  @Test
  void aViewWhoseOwnerTheRoleCannotBecomeStands() {
    String owner = database.role() + "_stranger";
    giveAway(owner);
    assertThatThrownBy(() -> drop("v").execute())
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.OwnershipChanged))
        .satisfies(e -> assertThat(e.failure().message()).contains("role " + owner));
    assertStands("v");
    database.asAdmin("DROP OWNED BY " + owner);
    database.server().execute("postgres", "DROP ROLE " + owner);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Ünï \"quoted\"", "x; DROP TABLE app.source", "v'--", "drop", "$$ %s ${scratch}"})
  void namesOfAnyShape(String name) {
    converge(operated, view(name, "SELECT id FROM source"));
    assertThat(drop(name).execute()).isEqualTo(new Drop.Outcome.Gone());
    assertThat(operated.observe(app(name)).view().relation()).isEmpty();
    assertThat(operated.observe(app(name)).view().record()).isEmpty();
    assertThat(database.value("SELECT count(*) FROM app.source")).isEqualTo("2");
    assertStands("v");
  }

  @Test
  void aNameThatTheServerWouldCutShortIsNobodysName() {
    String cut = "n".repeat(63);
    converge(operated, view(cut, "SELECT id FROM source"));
    QualifiedName longer = app(cut + "n");
    assertThat(drop(longer, claim(cut)).execute()).isEqualTo(new Drop.Outcome.Gone());
    assertStands(cut);
  }

  @Test
  void whatIsAbandonedBeforeItConnectsOrWhileItWaitsLeavesAll() throws SQLException {
    Drop early = drop("v");
    early.abandon();
    assertThat(early.execute()).isEqualTo(new Drop.Outcome.Abandoned());
    Connection reader = database.user();
    reader.setAutoCommit(false);
    run(reader, "SELECT count(*) FROM app.v");
    Drop waiting = drop("v");
    CompletableFuture<Drop.Outcome> outcome = CompletableFuture.supplyAsync(waiting::execute);
    await().atMost(SOON).until(this::isWaiting);
    waiting.abandon();
    assertThat(outcome).succeedsWithin(3, TimeUnit.SECONDS).isEqualTo(new Drop.Outcome.Abandoned());
    reader.rollback();
    assertStands("v");
  }

  private Drop drop(String name) {
    return drop(app(name), claim(name));
  }

  private Drop drop(QualifiedName name, Claim claim) {
    return new Drop(
        database.address(),
        database.identity(),
        TestDatabase.BOOKKEEPING,
        name,
        claim,
        LOCK_TIMEOUT);
  }

  private boolean isWaiting() {
    return !database.rows("SELECT 1 FROM pg_locks WHERE NOT granted").isEmpty();
  }

  /** Whatever a session that was cut off makes of it. */
  private static void ended(Runnable work) {
    try {
      work.run();
    } catch (DatabaseException e) {
      assertThat(e.failure().reason()).isEqualTo(Reason.DatabaseUnavailable);
    }
  }

  private void giveAway(String owner) {
    database.asAdmin(
        "CREATE ROLE " + Sql.identifier(owner),
        "ALTER MATERIALIZED VIEW app.v OWNER TO " + Sql.identifier(owner));
  }

  /** As the README of a shared database would: the right to become it, and none of its rights. */
  private String grantSetOnly(String owner) {
    return (database.major() < 16
            ? "ALTER ROLE %2$s NOINHERIT; GRANT %1$s TO %2$s"
            : "GRANT %s TO %s WITH INHERIT FALSE, SET TRUE")
        .formatted(Sql.identifier(owner), database.role());
  }

  private void assertGone(String name) {
    assertThat(operated.observe(app(name)).view().relation()).isEmpty();
    assertThat(records(name)).isEqualTo("0|0");
  }

  private void assertStands(String name) {
    assertThat(operated.observe(app(name)).view().relation()).isPresent();
    assertThat(records(name)).startsWith("1|");
  }

  private String records(String name) {
    return database.value(
        "SELECT (SELECT count(*) FROM matview_operator.views WHERE view_name = '%1$s') || '|' ||"
                .formatted(name)
            + " (SELECT count(*) FROM matview_operator.runs WHERE view_name = '%1$s')"
                .formatted(name));
  }
}
