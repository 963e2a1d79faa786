package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.matviews.plan.Claimants;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Mode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BookkeepingTest {

  private static final String TABLES =
      "SELECT relname || ' of ' || pg_get_userbyid(relowner) FROM pg_class"
          + " WHERE relnamespace = 'matview_operator'::regnamespace AND relkind = 'r' ORDER BY 1";

  @RegisterExtension final TestDatabase database = new TestDatabase();

  @Test
  void theTablesAreMadeWhenTheyAreMissing() {
    database.open();
    assertThat(database.rows(TABLES))
        .containsExactly("runs of " + database.role(), "views of " + database.role());
    database.open();
  }

  @Test
  void oneTableThatIsMissingIsMade() {
    database.open();
    database.asRole("DROP TABLE matview_operator.runs CASCADE");
    database.open();
    assertThat(database.rows(TABLES)).hasSize(2);
  }

  @Test
  void tablesOfAnEarlierVersionGetWhatTheyLackAndKeepWhatTheyHold() {
    Database operated = database.open();
    TestViews.fill(operated, TestViews.view("v", "SELECT 1 AS id"));
    database.asRole(
        "DROP VIEW matview_operator.status",
        "ALTER TABLE matview_operator.runs DROP COLUMN tries, DROP COLUMN rows_exact,"
            + " DROP COLUMN rows_changed, DROP COLUMN instead_of");

    RefreshRun next = database.open().refresh(TestViews.order("v", "next", Mode.Standard));

    assertThat(next.execute()).isEqualTo(new RefreshRun.Outcome.Recorded());
    assertThat(database.rows("SELECT result FROM matview_operator.runs")).hasSize(2);
  }

  @Test
  void theStatusOfAllViewsIsThereForThoseToWhomItIsGranted() throws SQLException {
    Database operated = database.open();
    database.asRole("CREATE TABLE app.source AS SELECT 1 AS id");
    TestViews.fill(operated, TestViews.view("v", "SELECT id FROM source"));
    Instant due = Instant.parse("2040-01-01T00:00:00Z");
    operated.recordNextDue(TestViews.app("v"), due);
    String reader = database.reachableRole("reader");
    database.asRole(
        "GRANT USAGE ON SCHEMA matview_operator TO " + reader,
        "GRANT SELECT ON matview_operator.status TO " + reader);

    Connection granted = database.user();
    TestDatabase.run(granted, "SET ROLE " + reader);
    assertThat(
            TestDatabase.rows(
                granted,
                "SELECT schema_name, view_name, last_result, next_due = '%s',".formatted(due)
                    + " data_as_of, last_run_at FROM matview_operator.status"))
        .containsExactly("app|v|Succeeded|t|" + dataAsOfAndEnd());
    operated.recordNextDue(TestViews.app("v"), null);
    assertThat(database.value("SELECT next_due FROM matview_operator.status")).isEqualTo("null");
  }

  private String dataAsOfAndEnd() {
    return database
        .rows(
            "SELECT data_as_of, finished_at"
                + " FROM matview_operator.views JOIN matview_operator.runs USING (view_name)")
        .get(0);
  }

  @Test
  void whatElseIsCalledStatusIsLeftAlone() {
    database.asAdmin("CREATE TABLE matview_operator.status AS SELECT 1 AS theirs");
    database.open();
    database.open();
    assertThat(database.value("SELECT theirs FROM matview_operator.status")).isEqualTo("1");
  }

  @Test
  void theSchemaIsMadeWhereTheRoleMay() {
    database.asAdmin(
        "DROP SCHEMA matview_operator",
        "GRANT CREATE ON DATABASE %s TO %s".formatted(database.name(), database.role()));
    database.open();
    assertThat(database.rows(TABLES)).hasSize(2);
  }

  @Test
  void aSchemaThatTheRoleMayNotMakeIsAskedForByTheLineThatMakesIt() {
    database.asAdmin("DROP SCHEMA matview_operator");

    String message = refused();

    String remedy = message.substring(message.indexOf("CREATE SCHEMA"));
    assertThat(remedy)
        .isEqualTo("CREATE SCHEMA \"matview_operator\" AUTHORIZATION " + database.role());
    database.asAdmin(remedy);
    database.open();
  }

  @Test
  void aSchemaInWhichTheRoleMayMakeNothingIsRefused() {
    database.asAdmin("ALTER SCHEMA matview_operator OWNER TO postgres");

    String message = refused();

    database.asAdmin(message.substring(message.indexOf("GRANT")));
    database.open();
  }

  @Test
  void operatorsThatStartAtOnceAllSucceed() {
    database.asAdmin(
        "DROP SCHEMA matview_operator",
        "GRANT CREATE ON DATABASE %s TO %s".formatted(database.name(), database.role()));
    List<CompletableFuture<Database>> starting =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        database::open, start -> new Thread(start, "start").start()))
            .toList();
    assertThat(starting)
        .allSatisfy(
            started ->
                assertThat(started.join().server().currentUser()).isEqualTo(database.role()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE views OWNER TO postgres",
        "CREATE TRIGGER t BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION theirs_t()",
        "CREATE RULE r AS ON UPDATE TO views DO ALSO SELECT theirs()",
        "CREATE POLICY p ON views USING (theirs()); ALTER TABLE views ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE runs ALTER message SET DEFAULT theirs()::text",
        "ALTER TABLE runs ADD CHECK (theirs())",
        "CREATE TABLE child () INHERITS (runs)",
        "CREATE TABLE parent (handled_request text); ALTER TABLE views INHERIT parent",
        "ALTER TABLE views ADD COLUMN more int",
        "ALTER TABLE views DROP COLUMN handled_request",
        "ALTER TABLE views ALTER settled_until TYPE text",
        "ALTER TABLE views RENAME COLUMN name TO names",
        "CREATE INDEX i ON runs (theirs())",
        "CREATE INDEX i ON runs (run_id) WHERE theirs()",
        "CREATE DOMAIN text AS pg_catalog.text CHECK (theirs());"
            + " ALTER TABLE runs ALTER message TYPE matview_operator.text",
        "ALTER TABLE runs DROP COLUMN rows_after;"
            + " ALTER TABLE runs ADD rows_after bigint GENERATED ALWAYS AS (1) STORED",
        "CREATE TABLE pointing (a text, b text, FOREIGN KEY (a, b) REFERENCES views)",
        "DROP TABLE runs CASCADE; CREATE VIEW runs AS SELECT 1 AS run_id",
        "DROP TABLE runs CASCADE; CREATE TABLE runs (run_id text)"
      })
  void tablesThatCouldRunTheCodeOfOthersAreRefused(String change) {
    database.open();
    database.asAdmin(
        "SET search_path = matview_operator",
        "CREATE FUNCTION matview_operator.theirs() RETURNS bool IMMUTABLE LANGUAGE sql AS"
            + " 'SELECT true'",
        "CREATE FUNCTION matview_operator.theirs_t() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN RETURN NEW; END'");
    database.asAdmin("SET search_path = matview_operator; " + change);

    String message = refused();
    assertThat(message)
        .contains("schema matview_operator")
        .endsWith("CREATE SCHEMA \"matview_operator_2\" AUTHORIZATION " + database.role());
    follow(message);
  }

  @Test
  void tablesThatLayInWaitForTheOperatorAreRefusedAndTouchedByNothing() {
    database.open();
    database.asAdmin(
        "CREATE SCHEMA theirs",
        "CREATE TABLE theirs.called (at timestamptz)",
        "GRANT USAGE ON SCHEMA theirs TO PUBLIC; GRANT INSERT ON theirs.called TO PUBLIC",
        "CREATE FUNCTION theirs.call() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN INSERT INTO theirs.called VALUES (now()); RETURN NEW; END'",
        "ALTER SCHEMA matview_operator RENAME TO waiting",
        "ALTER SCHEMA waiting OWNER TO postgres",
        "ALTER TABLE waiting.views OWNER TO postgres; ALTER TABLE waiting.runs OWNER TO postgres",
        "CREATE TRIGGER t BEFORE INSERT ON waiting.views FOR EACH ROW EXECUTE FUNCTION"
            + " theirs.call()",
        "GRANT ALL ON SCHEMA waiting TO PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA waiting TO PUBLIC",
        "ALTER SCHEMA waiting RENAME TO matview_operator");

    String message = refused();

    assertThat(database.rows("SELECT * FROM theirs.called")).isEmpty();
    follow(message);
  }

  /** As a user would. */
  private void follow(String message) {
    database.asAdmin(message.substring(message.indexOf("CREATE SCHEMA")));
    Terms elsewhere = new Terms("matview_operator_2", false, null);
    database.closeAfterwards(
        Database.open(database.address(), elsewhere, Claimants.ALL_THERE, Clock.systemUTC()));
  }

  private String refused() {
    DatabaseException[] caught = new DatabaseException[1];
    assertThatThrownBy(database::open)
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> caught[0] = e);
    assertThat(caught[0].failure().reason()).isEqualTo(Reason.BookkeepingUnavailable);
    return caught[0].failure().message();
  }
}
