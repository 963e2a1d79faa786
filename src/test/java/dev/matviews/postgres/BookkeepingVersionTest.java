package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.matviews.plan.Reason;
import dev.matviews.refresh.Mode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Tables that a newer operator has made")
class BookkeepingVersionTest {

  private static final String MARK = "Bookkeeping of matview-operator, version ";
  private static final int NEWER = BookkeepingVersion.KNOWN + 1;

  /** All of it with the transactions that changed it last. */
  private static final List<String> EVERYTHING =
      List.of(
          "SELECT oid, relname, relfilenode, xmin FROM pg_class"
              + " WHERE relnamespace IN ('app'::regnamespace, 'matview_operator'::regnamespace)"
              + " ORDER BY oid",
          "SELECT xmin, v FROM matview_operator.views v",
          "SELECT xmin, r FROM matview_operator.runs r ORDER BY run_id",
          "SELECT obj_description('matview_operator.views'::regclass)");

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  BookkeepingVersionTest() {}

  @BeforeEach
  void aViewThatWasRefreshed() {
    operated = database.open();
    TestViews.fill(operated, view("v", "SELECT 1 AS id"));
  }

  @Test
  @DisplayName("bear its number, and those without one are of the first version")
  void theNumber() {
    assertThat(mark()).isEqualTo(MARK + BookkeepingVersion.KNOWN);
    for (String other : List.of("NULL", "'version of ours'", "'version 12345678901234567890'")) {
      database.asRole("COMMENT ON TABLE matview_operator.views IS " + other);
      database.open().observe(app("v"));
    }
  }

  @Test
  @DisplayName("get their number when older ones are brought up to date")
  void upgrade() {
    database.asRole(
        "COMMENT ON TABLE matview_operator.views IS NULL",
        "DROP VIEW matview_operator.status",
        "ALTER TABLE matview_operator.runs DROP COLUMN rows_changed");
    database.open();
    assertThat(mark()).isEqualTo(MARK + BookkeepingVersion.KNOWN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "ALTER TABLE views ADD COLUMN more int",
        "ALTER TABLE views ADD COLUMN more int DEFAULT 1 CHECK (more > 0)",
        "DROP VIEW status; ALTER TABLE views DROP COLUMN handled_request",
        "DROP TABLE runs CASCADE; CREATE TABLE runs (run_id uuid PRIMARY KEY)",
        "ALTER TABLE views RENAME TO all_views; CREATE VIEW views AS SELECT * FROM all_views;"
            + " COMMENT ON VIEW views IS '"
            + MARK
            + "%d'",
        "COMMENT ON TABLE views IS NULL; COMMENT ON TABLE runs IS '" + MARK + "%d'"
      })
  @DisplayName("are refused whatever they look like, and left as they are")
  void refused(String change) {
    outgrow();
    database.asRole("SET search_path = matview_operator; " + change.formatted(NEWER));
    List<String> before = database.rows(EVERYTHING.get(0));

    assertUnsupported(database::open);

    assertThat(database.rows(EVERYTHING.get(0))).isEqualTo(before);
  }

  @Test
  @DisplayName("while this one was at work are found by its next look, run and drop")
  void meanwhile() {
    RefreshRun decided = operated.refresh(TestViews.order("v", "decided", Mode.Standard));
    Drop drop =
        new Drop(
            database.address(),
            database.identity(),
            TestDatabase.BOOKKEEPING,
            app("v"),
            TestViews.claim("v"),
            TestViews.LOCK_TIMEOUT);
    outgrow();
    List<List<String>> before = EVERYTHING.stream().map(database::rows).toList();

    assertUnsupported(() -> operated.observe(app("v")));
    assertUnsupported(() -> operated.observe(List.of(app("v"))));
    assertUnsupported(() -> operated.examineAgain(List.of(app("v"))));
    assertUnsupported(decided::execute);
    assertUnsupported(drop::execute);

    assertThat(EVERYTHING.stream().map(database::rows).toList()).isEqualTo(before);
    database.asRole("COMMENT ON TABLE matview_operator.views IS NULL");
    assertThat(operated.observe(app("v")).refresh().runs()).hasSize(1);
  }

  @Test
  @DisplayName("in the moment before this one does are not set back")
  void race() throws SQLException {
    database.asRole("DROP VIEW matview_operator.status");
    Connection newer = database.user();
    newer.setAutoCommit(false);
    TestDatabase.run(
        newer,
        "SELECT pg_advisory_xact_lock(%d)"
            .formatted(BookkeepingTables.lock(TestDatabase.BOOKKEEPING).key()));

    CompletableFuture<Database> late = CompletableFuture.supplyAsync(database::open);
    database.awaitRow("SELECT 1 FROM pg_locks WHERE NOT granted");
    TestDatabase.run(newer, comment(NEWER));
    newer.commit();

    assertThat(late)
        .failsWithin(TestDatabase.SOON)
        .withThrowableThat()
        .havingRootCause()
        .isInstanceOf(DatabaseException.class)
        .withMessageContaining("UnsupportedVersion");
    assertThat(mark()).isEqualTo(MARK + NEWER);
    assertThat(database.rows("SELECT 1 FROM pg_class WHERE relname = 'status'")).isEmpty();
  }

  private void outgrow() {
    database.asRole(comment(NEWER));
  }

  private static String comment(int version) {
    return "COMMENT ON TABLE matview_operator.views IS '%s%d'".formatted(MARK, version);
  }

  private String mark() {
    return database.value("SELECT obj_description('matview_operator.views'::regclass)");
  }

  private static void assertUnsupported(ThrowingCallable work) {
    assertThatThrownBy(work)
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.UnsupportedVersion))
        .satisfies(
            e ->
                assertThat(e.failure().message())
                    .contains("version " + NEWER, "knows " + BookkeepingVersion.KNOWN, "upgraded"));
  }
}
