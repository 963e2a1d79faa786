package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static dev.matviews.postgres.TestViews.order;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.matviews.refresh.Mode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunSessionsTest {

  private static final String SESSIONS =
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
          + " AND application_name = 'matview-operator' AND query NOT LIKE '%definition_hash%'"
          + " ORDER BY pid";

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;
  private List<String> before;

  @SuppressWarnings("NullAway.Init") // set before each test
  RunSessionsTest() {}

  @BeforeEach
  void aFilledView() {
    database.asRole("CREATE TABLE app.pace AS SELECT 0 AS seconds");
    operated = database.open();
    before = sessions();
    TestViews.fill(operated, view("v", "SELECT pg_sleep(seconds)::text AS s FROM pace"));
  }

  @Test
  void areOpenedAheadUsedAndKeptUntilTheyAreNotNeeded() {
    operated.expectRuns(2, 2);
    List<String> open = ahead();
    assertThat(open).hasSize(2);

    refresh("one");
    refresh("two");
    operated.expectRuns(1, 2);
    assertThat(ahead()).as("the same as before").isEqualTo(open);

    awaitClosed();
  }

  @Test
  void areAsAfterTheLoginForEachRun() {
    String setting = "client_connection_check_interval";
    TestViews.fill(
        operated, view("w", "SELECT current_setting('%s') AS checked".formatted(setting)));
    operated.expectRuns(1, 1);
    List<String> open = ahead();

    operated.refresh(order("w", "one", Mode.Standard)).execute();
    operated.refresh(order("w", "two", Mode.Standard)).execute();

    assertThat(ahead()).as("the same session").isEqualTo(open);
    assertThat(database.value("SELECT checked FROM app.w")).isEqualTo("500ms");
  }

  @Test
  void stayForAMomentWhereNoSlotIsNear() {
    refresh("one");
    List<String> open = ahead();
    operated.expectRuns(0, 0);
    refresh("two");
    assertThat(open).hasSize(1);
    assertThat(ahead()).as("the same as before").isEqualTo(open);

    awaitClosed();
    assertThat(operated.holdsRunSessions()).isFalse();
  }

  @Test
  void areClosedWithTheDatabase() {
    refresh("one");
    operated.close();
    await().atMost(SOON).until(() -> ahead().isEmpty());
  }

  @Test
  void areNotOpenedForWhatHasWaitedUntilTheDatabaseWasClosed() {
    RefreshRun waiting = operated.refresh(order("v", "one", Mode.Standard));
    operated.close();
    assertThatThrownBy(waiting::execute).isInstanceOf(NotNowException.class);
    assertThat(database.rows("SELECT 1 FROM matview_operator.runs WHERE run_id ~ 'one'")).isEmpty();
  }

  @Test
  void thatWereLostMeanwhileAreReplaced() {
    operated.expectRuns(2, 2);
    ahead().forEach(pid -> database.asAdmin("SELECT pg_terminate_backend(" + pid + ")"));
    await().atMost(SOON).until(() -> ahead().isEmpty());

    refresh("one");

    assertThat(database.value("SELECT result FROM matview_operator.runs WHERE run_id ~ 'one'"))
        .isEqualTo("Succeeded");
  }

  @Test
  void areNotCutUnderAnotherRunByOneThatHasEnded() throws Exception {
    operated.expectRuns(1, 1);
    RefreshRun ended = operated.refresh(order("v", "one", Mode.Standard));
    ended.execute();
    database.asRole("UPDATE app.pace SET seconds = 1");
    CompletableFuture<Void> running = CompletableFuture.runAsync(() -> refresh("two"));
    await().atMost(SOON).until(() -> !database.working("^REFRESH").isEmpty());

    ended.abandon();

    running.get(20, TimeUnit.SECONDS);
    assertThat(database.value("SELECT result FROM matview_operator.runs WHERE run_id ~ 'two'"))
        .isEqualTo("Succeeded");
  }

  /** Whoever expects runs does it once a second. */
  private void awaitClosed() {
    await()
        .atMost(SOON)
        .until(
            () -> {
              operated.expectRuns(0, 0);
              return ahead().isEmpty();
            });
  }

  private void refresh(String request) {
    operated.refresh(order("v", request, Mode.Standard)).execute();
  }

  private List<String> ahead() {
    return sessions().stream().filter(pid -> !before.contains(pid)).toList();
  }

  private List<String> sessions() {
    return database.rows(SESSIONS);
  }
}
