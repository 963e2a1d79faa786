package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static dev.matviews.postgres.TestDatabase.rows;
import static dev.matviews.postgres.TestDatabase.run;
import static dev.matviews.postgres.TestViews.LONG;
import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Attributes;
import dev.matviews.plan.Desired;
import dev.matviews.plan.Index;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Probe;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random lives of a view: whatever users, other hands and crashes do, a plan that was applied
 * leaves nothing to do, or says why and converges when the cause is gone.
 *
 * <p>A failing life is lived again with {@code -Dhistories=1 -Dhistory.seed=…}.
 */
class SpecHistoryTest {

  private static final int MOST_CAUSES = 6;

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private final List<String> history = new ArrayList<>();
  private final Random random = new Random();
  private Database operated;
  private RandomSpec spec;
  private OtherHands others;

  @SuppressWarnings("NullAway.Init") // set before each test
  SpecHistoryTest() {}

  static LongStream seeds() {
    long first = Long.getLong("history.seed", System.currentTimeMillis());
    return LongStream.range(first, first + Integer.getInteger("histories", 30));
  }

  @BeforeEach
  void sources() {
    database.asAdmin(
        "CREATE SCHEMA more",
        "GRANT USAGE ON SCHEMA more TO PUBLIC",
        "CREATE TABLE app.source (id int, label text, amount numeric, at timestamptz)",
        "INSERT INTO app.source SELECT i, 'label ' || i, i / 3.0,"
            + " timestamptz '2026-01-01 20:00 UTC' + i * interval '1 hour' FROM generate_series(1, 9) i",
        "CREATE TABLE more.source AS SELECT * FROM app.source WHERE id < 5",
        "CREATE TABLE more.other AS SELECT id, 'note ' || id AS note FROM app.source",
        "CREATE VIEW app.below AS SELECT id, label FROM app.source",
        "GRANT SELECT ON ALL TABLES IN SCHEMA app, more TO PUBLIC");
    operated = database.open();
    List<String> owners =
        List.of(database.role(), database.inheritedRole("one"), database.inheritedRole("two"));
    spec = new RandomSpec(random, owners, database.reachableRole("reader"));
    others = new OtherHands(database, random, database.role(), "pg_monitor");
  }

  @ParameterizedTest(name = "history.seed={0}")
  @MethodSource("seeds")
  void everyStopIsInOrder(long seed) {
    random.setSeed(seed);
    try {
      settle();
      int edits = 5 + random.nextInt(6);
      for (int i = 0; i < edits; i++) {
        if (random.nextInt(3) > 0) {
          refresh(i);
        }
        note(random.nextBoolean() ? spec.edit() : others.act());
        if (random.nextInt(6) == 0) {
          abandon();
        }
        settle();
      }
    } catch (AssertionError | RuntimeException | SQLException e) {
      throw new AssertionError(
          "-Dhistories=1 -Dhistory.seed=" + seed + "\n" + String.join("\n", history), e);
    }
  }

  private void note(String what) {
    history.add(what);
  }

  private void refresh(int number) {
    note("refreshed");
    operated.refresh(order("v", "refresh " + number, Mode.Standard)).execute();
  }

  /** Either nothing is left to do, or the same is said again until its cause is gone. */
  private void settle() throws SQLException {
    boolean readable = populated();
    for (int cause = 0; cause < MOST_CAUSES; cause++) {
      said(true);
      Plan said = said(false);
      note(said.toString());
      assertThat(said(false)).as("said again").isEqualTo(said);
      if (readable && database.value("SELECT to_regclass('app.v') IS NULL").equals("f")) {
        assertThat(populated()).as("data stay served").isTrue();
      }
      if (said.equals(new Plan.Steps(List.of()))) {
        checkStop();
        return;
      }
      takeAwayCause(said);
    }
    throw new AssertionError("does not converge");
  }

  private boolean populated() {
    return !database
        .rows("SELECT 1 FROM pg_class WHERE oid = to_regclass('app.v') AND relispopulated")
        .isEmpty();
  }

  /** A failure to look or to apply is what the user reads as well. */
  private Plan said(boolean apply) {
    try {
      return apply
          ? TestViews.converge(operated, spec.desired())
          : TestViews.plan(operated, spec.desired());
    } catch (DatabaseException e) {
      return new Plan.Refusal(e.failure().reason(), e.failure().message());
    }
  }

  private void takeAwayCause(Plan said) {
    if (said instanceof Plan.Steps steps) {
      assertThat(steps.steps()).as("steps after they were applied").isEmpty();
      spec.approve(steps.planned().map(p -> p.hash()).orElse(null));
      return;
    }
    Plan.Refusal refusal = (Plan.Refusal) said;
    assertThat(refusal.message()).isNotBlank();
    switch (refusal.reason()) {
      case DependentsExist -> others.dropViewsOnTop();
      case ObjectMissing -> spec.approve(null);
      case InvalidSQL, SourceMissing -> {
        others.takeBack();
        spec.simplify();
      }
      case OwnershipChanged -> others.takeBack();
      default -> throw new AssertionError("unexpected " + refusal);
    }
  }

  private void checkStop() throws SQLException {
    Desired wanted = spec.desired();
    assertThat(isWhatTheSpecSays(wanted.definition())).as("the live query").isTrue();
    Probe.Seen probe = operated.probe(wanted.definition());
    assertThat(probe.sameDefinition()).isTrue();
    for (Index index : wanted.definition().indexes()) {
      assertThat(
              database.rows(
                  "SELECT indisvalid FROM pg_index WHERE indrelid = 'app.v'::regclass"
                      + " AND indexrelid = to_regclass('app.%s')".formatted(index.name())))
          .as(index.name())
          .containsExactly("t");
    }
    checkAttributes(wanted.attributes());
    assertThat(others.lost()).as("what others made").isEmpty();
    assertThat(database.value("SELECT scratch FROM matview_operator.views")).isEqualTo("{}");
    assertThat(database.rows("SELECT relname FROM pg_class WHERE relname ~ '^matviews_|__old'"))
        .isEmpty();
  }

  /** By another way than the operator's own probe. */
  private boolean isWhatTheSpecSays(ViewDefinition definition) throws SQLException {
    try (Connection connection = database.server().connect(database.name())) {
      run(connection, "SET search_path = " + Sql.identifiers(definition.searchPath()));
      run(connection, "CREATE TEMP VIEW same AS " + definition.sql());
      return rows(
              connection,
              "SELECT pg_get_viewdef('pg_temp.same'::regclass) = pg_get_viewdef('app.v'::regclass)")
          .contains("t");
    }
  }

  private void checkAttributes(Attributes wanted) {
    String view = "FROM pg_class c WHERE c.oid = 'app.v'::regclass";
    if (wanted.owner() != null) {
      assertThat(database.value("SELECT pg_get_userbyid(relowner) " + view))
          .isEqualTo(wanted.owner());
    }
    if (wanted.comment() != null) {
      assertThat(database.value("SELECT obj_description(c.oid) " + view))
          .isEqualTo(wanted.comment());
    }
    wanted
        .parameters()
        .forEach(
            (name, value) ->
                assertThat(database.value("SELECT reloptions " + view))
                    .contains(name + "=" + value));
    wanted
        .grants()
        .forEach(
            grant ->
                grant
                    .privileges()
                    .forEach(
                        privilege ->
                            assertThat(
                                    database.value(
                                        "SELECT has_table_privilege('%s', c.oid, '%s') %s"
                                            .formatted(
                                                grant.role().toLowerCase(Locale.ROOT),
                                                privilege,
                                                view)))
                                .as("%s", grant)
                                .isEqualTo("t")));
  }

  /** The operator is cut off while it waits for a reader. */
  private void abandon() throws SQLException {
    if (!(said(false) instanceof Plan.Steps plan) || !populated()) {
      return;
    }
    try (Connection reader = database.server().connect(database.name())) {
      reader.setAutoCommit(false);
      reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      rows(reader, "SELECT count(*) FROM app.v");
      for (Step step : plan.steps()) {
        if (step instanceof Step.Rebuild rebuild) {
          note("a rebuild cut off");
          RefreshRun run = operated.rebuild(TestViews.rebuild(operated, rebuild.definition()));
          cutOff(CompletableFuture.runAsync(run::execute), run);
          return;
        }
        if (step instanceof Step.CreateIndex create && create.concurrently()) {
          note("an index build cut off");
          cutOff(
              CompletableFuture.runAsync(() -> operated.applyLong(app("v"), List.of(create), LONG)),
              null);
          return;
        }
      }
    }
  }

  private void cutOff(CompletableFuture<Void> work, @Nullable RefreshRun run) {
    await()
        .atMost(SOON)
        .until(
            () ->
                work.isDone()
                    || !database
                        .rows(
                            "SELECT 1 FROM matview_operator.views WHERE scratch <> '{}' AND EXISTS ("
                                + "SELECT FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND application_name = 'matview-operator'"
                                + " AND wait_event_type = 'Lock')")
                        .isEmpty());
    if (run != null) {
      run.abandon();
    }
    database.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND application_name = 'matview-operator' AND wait_event_type = 'Lock'");
    await().atMost(SOON).until(work::isDone);
    await()
        .atMost(SOON)
        .until(
            () ->
                database
                    .rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted")
                    .isEmpty());
  }
}
