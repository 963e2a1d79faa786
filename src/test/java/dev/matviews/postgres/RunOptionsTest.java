package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Index;
import dev.matviews.plan.Reason;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.RowCounting;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.RunOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

class RunOptionsTest {

  private static final Index KEY = unique("v_id", "id");

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  RunOptionsTest() {}

  @BeforeEach
  void aViewOfThreeRows() {
    database.asRole("CREATE TABLE app.source AS SELECT * FROM generate_series(1, 3) id");
    operated = database.open();
    TestViews.fill(operated, view("v", "SELECT id FROM source", KEY));
  }

  @Test
  void asManyRunsAreKeptAsTheSpecWants() {
    for (int i = 1; i <= 4; i++) {
      refresh("r" + i, Mode.Standard, history(2));
    }
    assertThat(runs()).containsExactly("Request/r3", "Request/r4");
    database.asRole("INSERT INTO app.source VALUES (4), (4)");
    refresh("bad", Mode.Standard, history(1));
    assertThat(runs()).as("after a failed run").containsExactly("Request/r4", "Request/bad");
  }

  private List<String> runs() {
    return database.rows("SELECT run_id FROM matview_operator.runs ORDER BY started_at");
  }

  @Test
  void theNewestSuccessOfEachModeStaysSinceItTellsWhatTheModeCosts() {
    refresh("a", Mode.Concurrent, history(1));
    refresh("b", Mode.Concurrent, history(1));
    refresh("c", Mode.Standard, history(1));
    refresh("d", Mode.Standard, history(1));
    assertThat(runs()).containsExactlyInAnyOrder("Request/b", "Request/d");
  }

  @Test
  void aSlotWhoseRowMadeWayForNewerOnesNeverRunsAgain() {
    Instant due = Instant.now();
    operated.refresh(order(RunId.schedule(due), due, Mode.Standard, history(1))).execute();
    refresh("later", Mode.Standard, history(1));
    assertThat(runs()).containsExactly("Request/later");
    String file = database.value("SELECT pg_relation_filenode('app.v')");

    operated.refresh(order(RunId.schedule(due), due, Mode.Standard, history(1))).execute();

    assertThat(database.value("SELECT pg_relation_filenode('app.v')")).isEqualTo(file);
    assertThat(runs()).containsExactly("Request/later");
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"Standard", "Concurrent"})
  void rowsAreCountedOneByOneWhereTheSpecWantsIt(Mode mode) {
    database.asRole("INSERT INTO app.source VALUES (4)");
    database.asAdmin("UPDATE pg_class SET reltuples = 70 WHERE oid = 'app.v'::regclass");

    refresh("two", mode, counting(RowCounting.Exact));

    assertThat(lastRun().rowsBefore()).isEqualTo(3);
    assertThat(lastRun().rowsAfter()).isEqualTo(4);
    assertThat(lastRun().rowsExact()).isTrue();
  }

  @Test
  void theRowsOfAViewWithoutDataAreNotCounted() {
    database.asRole("REFRESH MATERIALIZED VIEW app.v WITH NO DATA");
    refresh("two", Mode.Standard, counting(RowCounting.Exact));
    assertThat(lastRun().result()).isEqualTo(Run.Result.Succeeded);
    assertThat(lastRun().rowsBefore()).isNull();
    assertThat(lastRun().rowsAfter()).isEqualTo(3);
  }

  @Test
  void estimatesAreNoCounts() {
    refresh("two", Mode.Standard, counting(RowCounting.Estimated));
    assertThat(lastRun().rowsBefore()).isEqualTo(70);
    assertThat(lastRun().rowsAfter()).isEqualTo(3);
    assertThat(lastRun().rowsExact()).isFalse();
  }

  @Test
  void noRowsAreCountedWhereNobodyWantsIt() {
    refresh("two", Mode.Standard, counting(RowCounting.None));
    assertThat(lastRun().rowsBefore()).isNull();
    assertThat(lastRun().rowsAfter()).isNull();
    assertThat(database.value("SELECT reltuples FROM pg_class WHERE oid = 'app.v'::regclass"))
        .as("statistics are for the planner as well")
        .isEqualTo("3");
  }

  @Test
  void theRowsOfANewDefinitionAreCounted() {
    rebuild("SELECT id FROM source WHERE id > 1", counting(RowCounting.Exact));
    assertThat(lastRun().id()).startsWith("Definition/");
    assertThat(lastRun().rowsBefore()).isEqualTo(3);
    assertThat(lastRun().rowsAfter()).isEqualTo(2);
    assertThat(lastRun().rowsExact()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"Standard", "Concurrent"})
  void listenersAreToldOfNewData(Mode mode) throws SQLException {
    Connection listener = listener();
    refresh("two", mode, notifying());
    assertThat(heard(listener)).containsExactly(payload());
  }

  @Test
  void listenersAreToldOfTheDataOfANewDefinition() throws SQLException {
    Connection listener = listener();
    rebuild("SELECT id FROM source WHERE id > 1", notifying());
    assertThat(heard(listener)).containsExactly(payload());
  }

  @Test
  void listenersHearNothingOfARunThatFailed() throws SQLException {
    Connection listener = listener();
    database.asRole("INSERT INTO app.source VALUES (3)");
    refresh("two", Mode.Standard, notifying());
    assertThat(lastRun().reason()).isEqualTo(Reason.DuplicateRows);
    assertThat(heard(listener)).isEmpty();
  }

  private Connection listener() throws SQLException {
    Connection listener = database.user();
    TestDatabase.run(listener, "LISTEN \"Odd \"\" channel; --\"");
    return listener;
  }

  private static List<String> heard(Connection listener) throws SQLException {
    TestDatabase.run(listener, "SELECT 1");
    return Arrays.stream(listener.unwrap(PGConnection.class).getNotifications())
        .map(PGNotification::getParameter)
        .toList();
  }

  private String payload() {
    return "{\"dataAsOf\":\"%s\",\"view\":\"app.v\"}"
        .formatted(operated.observe(app("v")).refresh().dataAsOf());
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"Standard", "Concurrent"})
  void settingsHoldWhileTheQueryRuns(Mode mode) {
    TestViews.fill(operated, view("s", SETTINGS, unique("s_mem", "mem")));
    RunOptions options = settings(Map.of("work_mem", "77MB", "enable_hashjoin", "off"));
    RefreshOrder any = TestViews.order("s", "two", mode);
    operated.refresh(with(any, any.id(), any.due(), options)).execute();
    assertThat(database.rows("SELECT * FROM app.s")).containsExactly("77MB|off");
  }

  private static final String SETTINGS =
      "SELECT current_setting('work_mem') AS mem, current_setting('enable_hashjoin') AS hash";

  @Test
  void settingsHoldWhileANewDefinitionIsFilled() {
    rebuild(SETTINGS + ", 1 AS id", settings(Map.of("work_mem", "77MB")));
    assertThat(database.rows("SELECT mem, hash FROM app.v")).containsExactly("77MB|on");
  }

  @Test
  void aSettingThatTheServerRefusesIsNamed() {
    refresh("two", Mode.Standard, settings(Map.of("jit", "off", "work_mem", "a lot")));
    assertRefused("work_mem", "22023 invalid_parameter_value");
    refresh("three", Mode.Standard, settings(Map.of("enable_wonders", "on")));
    assertRefused("enable_wonders", "42704 undefined_object");
    assertThat(operated.observe(app("v")).refresh().handledRequest()).isEqualTo("three");

    rebuild("SELECT id FROM source WHERE id > 1", settings(Map.of("work_mem", "a lot")));
    assertThat(lastRun().id()).startsWith("Definition/");
    assertRefused("work_mem", "22023 invalid_parameter_value");
    assertThat(database.value("SELECT count(*) FROM app.v")).isEqualTo("3");
  }

  private void assertRefused(String setting, String condition) {
    assertThat(lastRun().reason()).isEqualTo(Reason.InvalidSetting);
    assertThat(lastRun().message())
        .contains("refresh.sessionSettings." + setting)
        .contains(condition)
        .doesNotContain("a lot");
  }

  private static RunOptions history(int limit) {
    return new RunOptions(limit, RowCounting.Estimated, null, Map.of(), null);
  }

  private static RunOptions counting(RowCounting counting) {
    return new RunOptions(20, counting, null, Map.of(), null);
  }

  private static RunOptions notifying() {
    return new RunOptions(20, RowCounting.Estimated, "Odd \" channel; --", Map.of(), null);
  }

  private static RunOptions settings(Map<String, String> settings) {
    return new RunOptions(20, RowCounting.Estimated, null, settings, null);
  }

  private void refresh(String request, Mode mode, RunOptions options) {
    operated.refresh(order(RunId.request(request), Instant.now(), mode, options)).execute();
  }

  private static RefreshOrder order(RunId id, Instant due, Mode mode, RunOptions options) {
    return with(TestViews.order("v", "any", mode), id, due, options);
  }

  private static RefreshOrder with(RefreshOrder any, RunId id, Instant due, RunOptions options) {
    return new RefreshOrder(
        any.view(),
        id,
        due,
        any.mode(),
        70L,
        any.searchPath(),
        any.timeZone(),
        any.timeout(),
        any.lockTimeout(),
        options,
        null);
  }

  private void rebuild(String sql, RunOptions options) {
    ViewDefinition wanted = view("v", sql, KEY);
    RebuildOrder any = TestViews.rebuild(operated, wanted);
    operated
        .rebuild(
            new RebuildOrder(
                wanted,
                any.id(),
                any.due(),
                true,
                null,
                null,
                any.timeout(),
                any.lockTimeout(),
                options))
        .execute();
  }

  private Run lastRun() {
    return operated.observe(app("v")).refresh().lastRun().orElseThrow();
  }
}
