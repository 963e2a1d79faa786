package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Claimants;
import dev.matviews.refresh.Mode;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunStartTest {

  private static final Session.Pins PINS =
      new Session.Pins(Duration.ofSeconds(7), Duration.ofMillis(70));
  private static final Bookkeeping BOOKKEEPING =
      new Bookkeeping("matview_operator", Claimants.ALL_THERE);

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Session session;

  @SuppressWarnings("NullAway.Init") // set before each test
  RunStartTest() {}

  @BeforeEach
  void anIdleSession() throws SQLException {
    TestViews.fill(database.open(), TestViews.view("v", "SELECT 1 AS a"));
    session = Session.open(database.address(), RunSessions.IDLE);
    database.closeAfterwards(session);
    RunStart.rehearse(session, RunSessions.IDLE, database.address(), BOOKKEEPING);
  }

  @Test
  void rehearsalLocksNothing() throws SQLException {
    assertThat(
            said(
                "SELECT count(*)::text FROM pg_locks"
                    + " WHERE locktype = 'advisory' AND pid = pg_backend_pid()"))
        .isEqualTo("0");
  }

  @Test
  void isPlannedByTheRehearsal() throws SQLException {
    start();
    assertThat(
            said(
                "SELECT generic_plans || ' generic, ' || custom_plans || ' custom'"
                    + " FROM pg_prepared_statements WHERE statement LIKE '%Whether a run is done%'"))
        .isEqualTo("2 generic, 0 custom");
  }

  /** Functions of a view are planned as anywhere else. */
  @Test
  void leavesTheRunItsOwnPins() throws SQLException {
    start();
    assertThat(said("SHOW plan_cache_mode")).isEqualTo("auto");
    assertThat(said("SHOW statement_timeout")).isEqualTo("7s");
    assertThat(said("SHOW lock_timeout")).isEqualTo("70ms");
  }

  @Test
  void startsByTheOperatorsClockBeforeTheDatabaseIsAsked() throws SQLException {
    RunStart start = start();
    assertThat(start.startedAt()).isBefore(start.now());
  }

  @Test
  void holdsTheViewUnlessAnotherSessionDoes() throws SQLException {
    assertThat(start().holdsView()).isTrue();
    Session other = Session.open(database.address(), PINS);
    database.closeAfterwards(other);
    assertThat(start(other).holdsView()).isFalse();
  }

  private RunStart start() throws SQLException {
    return start(session);
  }

  private RunStart start(Session asked) throws SQLException {
    return RunStart.of(
        asked,
        PINS,
        database.address(),
        BOOKKEEPING,
        order("v", "one", Mode.Standard),
        Clock.systemUTC());
  }

  private String said(String question) throws SQLException {
    return session.query(question, row -> row.getString(1)).get(0);
  }
}
