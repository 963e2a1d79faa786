package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Reason;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.playground.PostgresServer;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.RefreshState;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Whoever reads from a standby that waits for nobody")
class StandbyTest {

  private static final ViewDefinition VIEW =
      view("v", "SELECT id, n FROM source", unique("v_id", "id"));

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;
  private PostgresServer standby;
  private Connection reader;

  @SuppressWarnings("NullAway.Init") // set before each test
  StandbyTest() {}

  @BeforeEach
  void aReaderOnAStandby(@TempDir Path folder) throws SQLException {
    database.asRole(
        "CREATE TABLE app.source AS SELECT g AS id, 0 AS n FROM generate_series(1, 20000) g");
    operated = database.open();
    TestViews.fill(operated, VIEW);
    standby =
        database
            .server()
            .startStandby(
                folder,
                // Old rows that it may still see are then kept on the primary; locks are not.
                PostgresServer.Options.NONE
                    .with("hot_standby_feedback", "on")
                    .with("wal_receiver_status_interval", "1s")
                    .with("max_standby_streaming_delay", "0"));
    await().atMost(SOON).until(() -> choice(Mode.Swap).legal() && standing());
    // The lock of the first fill would else come over while the reader reads.
    awaitReplay();
    reader = standby.connect(database.name());
    reader.setAutoCommit(false);
    reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    assertThat(sum()).isZero();
    await().atMost(SOON).until(this::isTold);
  }

  @AfterEach
  void end() throws SQLException {
    reader.close();
    standby.close();
    await().atMost(SOON).until(() -> !standing());
  }

  @Test
  @DisplayName("goes on reading what it has begun to read under Auto")
  void auto() throws SQLException {
    for (int n = 1; n <= 3; n++) {
      refresh(Mode.Auto, n);
      assertThat(choice(Mode.Auto).mode()).isEqualTo(Mode.Concurrent);
      assertThat(sum()).isZero();
    }
    reader.rollback();
    assertThat(sum()).isEqualTo(3 * 5000);
  }

  @Test
  @DisplayName("is cut off by a swap, which is why Auto takes none")
  void swap() {
    refresh(Mode.Swap, 1);
    assertThatThrownBy(this::sum).isInstanceOf(SQLException.class);
  }

  @Test
  @DisplayName("reads from no primary, which the operator finds out at its login")
  void isNoPrimary() {
    assertThatThrownBy(() -> database.open(database.address(standby.port())))
        .isInstanceOfSatisfying(
            DatabaseException.class,
            e -> {
              assertThat(e.failure().reason()).isEqualTo(Reason.ReadOnlyServer);
              assertThat(e.failure().message()).contains("perhaps a standby");
            });
  }

  private void refresh(Mode mode, int n) {
    database.asRole("UPDATE app.source SET n = %d WHERE id <= 5000".formatted(n));
    RunId id = RunId.request(mode + " " + n);
    operated.refresh(TestViews.order(VIEW, id, choice(mode))).execute();
    assertThat(state().lastRun()).hasValueSatisfying(run -> assertThat(run.is(id)).isTrue());
    assertThat(state().lastRun().orElseThrow().result()).isEqualTo(Run.Result.Succeeded);
    awaitReplay();
  }

  private void awaitReplay() {
    // Commits are asynchronous there, so what is inserted is not written yet.
    String written = database.value("SELECT pg_current_wal_insert_lsn()");
    await()
        .atMost(SOON)
        .until(
            () -> {
              try (Connection asking = standby.connect(database.name());
                  Statement statement = asking.createStatement();
                  ResultSet row =
                      statement.executeQuery(
                          "SELECT pg_last_wal_replay_lsn() >= '%s'".formatted(written))) {
                return row.next() && row.getBoolean(1);
              }
            });
  }

  private RefreshState state() {
    return operated.observe(VIEW.name()).refresh();
  }

  private ModeChoice choice(Mode mode) {
    return ModeChoice.of(mode, operated.observe(VIEW.name()).modeFacts());
  }

  /** The primary knows by now of the reader's snapshot. */
  private boolean isTold() {
    return database
        .value("SELECT bool_or(backend_xmin IS NOT NULL) FROM pg_stat_replication")
        .equals("t");
  }

  private boolean standing() {
    return operated.observe(VIEW.name()).modeFacts().standing().standbys();
  }

  private long sum() throws SQLException {
    try (Statement statement = reader.createStatement();
        ResultSet row = statement.executeQuery("SELECT sum(n) FROM app.v")) {
      row.next();
      return row.getLong(1);
    }
  }
}
