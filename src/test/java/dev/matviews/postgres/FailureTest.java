package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.matviews.plan.Claimants;
import dev.matviews.plan.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureTest {

  @RegisterExtension static final TestDatabase database = new TestDatabase();

  /** The server raises each of them, with words in every part that a user must not read. */
  @ParameterizedTest
  @CsvSource({
    "55P03, LockTimeout",
    "57014, RefreshTimeout",
    "40P01, Deadlock",
    "40001, Deadlock",
    "53300, TooManyConnections",
    "53100, InsufficientResources",
    "53200, InsufficientResources",
    "53400, InsufficientResources",
    "25006, ReadOnlyServer",
    "08006, DatabaseUnavailable",
    "08P01, DatabaseUnavailable",
    "57P01, DatabaseUnavailable",
    "57P03, DatabaseUnavailable",
    "25P03, DatabaseUnavailable",
    "25P04, RefreshTimeout",
    "3D000, DatabaseUnavailable",
    "28000, AuthenticationFailed",
    "28P01, AuthenticationFailed",
    "42P01, SourceMissing",
    "3F000, SchemaMissing",
    "42501, PermissionDenied",
    "0A000, UnsupportedSQL",
    "2BP01, DependentsExist",
    "23505, DuplicateRows",
    "21000, DuplicateRows",
    "42P07, TargetConflict",
    "55000, UpstreamNotPopulated",
    "42601, InvalidSQL",
    "42703, InvalidSQL",
    "42883, InvalidSQL",
    "42701, InvalidSQL",
    "22012, QueryFailed",
    "22P02, QueryFailed",
    "P0001, QueryFailed",
    "23514, QueryFailed",
    "XX000, QueryFailed",
    "ZZ123, QueryFailed"
  })
  void everyConditionHasItsReason(String sqlState, Reason reason) {
    try (Session session = Session.open(database.address(), Session.Pins.ofCatalog())) {
      SQLException raised = raised(session, sqlState);
      Failure failure = Failure.ofRefresh(raised, "app.v");
      assertThat(failure.reason()).isEqualTo(reason);
      assertThat(failure.sqlState()).isEqualTo(sqlState);
      assertThat(failure.message())
          .contains("app.v", sqlState)
          .doesNotContain("canary")
          .hasSizeLessThanOrEqualTo(300);
      assertThat(Failure.ofStatement(raised, "the server").message())
          .contains("the server", sqlState)
          .doesNotContain("canary");
    }
  }

  @Test
  void noConditionThatPostgresKnowsIsADefectOfOurs() throws IOException {
    Properties conditions = new Properties();
    try (InputStream in = Failure.class.getResourceAsStream("conditions.properties")) {
      conditions.load(in);
    }
    assertThat(conditions).hasSizeGreaterThan(200);
    for (String sqlState : conditions.stringPropertyNames()) {
      Failure failure = Failure.ofRefresh(new SQLException("canary", sqlState), "app.v");
      assertThat(failure.reason()).as(sqlState).isNotEqualTo(Reason.InternalError);
      assertThat(failure.message())
          .contains(sqlState + " " + conditions.getProperty(sqlState))
          .doesNotContain("canary");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SELECT nothing|line 1, column 8: column \"nothing\" does not exist",
        "SELECT 1 AS a,\\n  nothing|line 2, column 3: column \"nothing\" does not exist",
        "\\n\\n  SELECT nothing|line 3, column 10: column \"nothing\" does not exist",
        "SELECT '😀😀' AS a, nothing|line 1, column 19: column \"nothing\" does not exist",
        "SELECT '👩‍👩‍👧' AS \"é\",\\n '中' < nothing|line 2, column 8: column \"nothing\" does not exist",
        "SELECT 1\\r\\nFROM nowhere|line 2, column 6: relation \"nowhere\" does not exist",
        "SELEC 1|line 1, column 1: syntax error at or near \"SELEC\"",
        "SELECT (1|syntax error at or near \"WITH\"",
        "SELECT 'open|line 1, column 8: unterminated quoted string at or near \"'open WITH NO DATA\"",
        "SELECT 1 AS a, 2 AS a|column \"a\" specified more than once",
        "SELECT round('x', 'y', 'z')|line 1, column 8: function round(unknown, unknown, unknown) does"
            + " not exist"
      })
  void aMistakeInADefinitionIsShownWithItsPlaceInTheSpecsText(String sql, String expected) {
    Failure failure = definitionFailure(sql.replace("\\n", "\n").replace("\\r", "\r"));
    assertThat(failure.message()).isEqualTo(expected);
  }

  @Test
  void aMessageIsShortAndHasNeitherHintNorDetail() {
    Failure hinted = definitionFailure("SELECT idd FROM (SELECT 1 AS id) t");
    assertThat(hinted.message()).isEqualTo("line 1, column 8: column \"idd\" does not exist");

    Failure longOne = definitionFailure("SELECT '" + "😀".repeat(2000) + "'::int");
    assertThat(longOne.message().codePoints().count())
        .isEqualTo("line 1, column 8: ".length() + 300);
    assertThat(longOne.message()).endsWith("…").matches("\\P{Cs}*");
  }

  private static Failure definitionFailure(String sql) {
    try (Database operated =
        Database.open(
            database.address(), TestDatabase.TERMS, Claimants.ALL_THERE, Clock.systemUTC())) {
      Failure[] failure = new Failure[1];
      assertThatThrownBy(() -> TestViews.converge(operated, TestViews.view("v", sql)))
          .asInstanceOf(type(DatabaseException.class))
          .satisfies(e -> failure[0] = e.failure());
      return failure[0];
    }
  }

  private static SQLException raised(Session session, String sqlState) {
    try {
      session.execute(
          Sql.of(
              """
              DO $$ BEGIN RAISE EXCEPTION 'canary message' USING ERRCODE = '%s',
                DETAIL = 'canary detail', HINT = 'canary hint'; END $$
              """
                  .formatted(sqlState)));
    } catch (SQLException e) {
      return e;
    }
    throw new AssertionError("nothing raised");
  }
}
