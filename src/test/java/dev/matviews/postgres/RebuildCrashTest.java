package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.rebuild;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Claimants;
import dev.matviews.plan.Plan;
import dev.matviews.plan.ViewDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator that is killed in the middle, and the next one. */
class RebuildCrashTest {

  private static final ViewDefinition OLD =
      view("v", "SELECT id FROM source", unique("v_id", "id"));
  private static final ViewDefinition NEW =
      view("v", "SELECT id, id * 2 AS twice FROM source", unique("v_id", "id"));
  private static final int KILLED = 137;

  @RegisterExtension final TestDatabase database = new TestDatabase();

  /** The operator that is killed. */
  static final class Victim {

    private Victim() {}

    public static void main(String[] args) {
      ServerAddress address =
          new ServerAddress(
              args[0],
              Integer.parseInt(args[1]),
              args[2],
              args[3],
              args[4],
              TlsMode.DISABLE,
              null,
              null,
              Networks.NONE,
              Duration.ofSeconds(5));
      Database operated =
          Database.open(address, TestDatabase.TERMS, Claimants.ALL_THERE, Clock.systemUTC());
      RefreshRun run =
          args[5].equals("refresh")
              ? operated.refresh(refresh())
              : operated.rebuild(rebuild(operated, NEW));
      run.execute();
    }
  }

  private static RefreshOrder refresh() {
    return TestViews.swap(OLD, "by swap", TestViews.LONG, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shadow-created",
        "shadow-filled",
        "index-built",
        "shadow-vacuumed",
        "before-swap",
        "after-swap"
      })
  void aKilledSwapRefreshServesDataAndIsDoneOnceByTheNext(String place) throws Exception {
    database.asRole("CREATE TABLE app.source (id int)", "INSERT INTO app.source VALUES (1), (2)");
    Database operated = database.open();
    TestViews.fill(operated, OLD);
    database.asRole("INSERT INTO app.source VALUES (3)");

    assertThat(killedAt(place, "refresh")).isEqualTo(KILLED);

    boolean live = place.equals("after-swap");
    assertThat(database.rows("SELECT id FROM app.v")).hasSize(live ? 3 : 2);
    long oid = oid(operated);
    await()
        .atMost(SOON)
        .until(() -> operated.refresh(refresh()).execute() instanceof RefreshRun.Outcome.Recorded);

    assertThat(oid(operated) == oid).as("done already").isEqualTo(live);
    assertThat(database.rows("SELECT id FROM app.v")).hasSize(3);
    assertThat(
            database.rows(
                "SELECT mode, result FROM matview_operator.runs WHERE trigger = 'Request' AND run_id ~ 'swap'"))
        .containsExactly("Swap|Succeeded");
    assertThat(TestViews.plan(operated, OLD)).isEqualTo(new Plan.Steps(List.of()));
    assertNothingIsLeft(operated);
  }

  private static long oid(Database operated) {
    return operated.observe(app("v")).view().relation().orElseThrow().oid();
  }

  private void assertNothingIsLeft(Database operated) {
    assertThat(database.value("SELECT scratch FROM matview_operator.views")).isEqualTo("{}");
    assertThat(database.rows("SELECT relname FROM pg_class WHERE relname ~ '^matviews_'"))
        .isEmpty();
    assertThat(operated.observe(app("v")).refresh().consecutiveFailures()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shadow-created",
        "shadow-filled",
        "index-built",
        "shadow-vacuumed",
        "before-swap",
        "after-swap"
      })
  void aKilledRebuildServesDataAndTheNextEndsIt(String place) throws Exception {
    database.asRole(
        "CREATE TABLE app.source (id int)", "INSERT INTO app.source VALUES (1), (2), (3)");
    Database operated = database.open();
    TestViews.fill(operated, OLD);

    assertThat(killedAt(place, "rebuild")).isEqualTo(KILLED);

    boolean live = place.equals("after-swap");
    assertThat(database.rows("SELECT id FROM app.v")).hasSize(3);
    assertThat(isLive(operated)).isEqualTo(live);
    assertThat(database.rows("SELECT scratch[1] FROM matview_operator.views WHERE scratch <> '{}'"))
        .isEqualTo(
            database.rows(
                "SELECT relname FROM pg_class WHERE relname ~ '^matviews_.*' AND relkind = 'm'"))
        .hasSize(live ? 0 : 1);

    await()
        .atMost(SOON)
        .until(
            () ->
                operated.rebuild(rebuild(operated, NEW)).execute()
                    instanceof RefreshRun.Outcome.Recorded);
    assertThat(isLive(operated)).isTrue();
    assertThat(database.rows("SELECT twice FROM app.v")).hasSize(3);
    assertNothingIsLeft(operated);
  }

  private static boolean isLive(Database operated) {
    return TestViews.plan(operated, NEW).equals(new Plan.Steps(List.of()));
  }

  private int killedAt(String place, String what) throws IOException, InterruptedException {
    ServerAddress address = database.address();
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "-Dmatviews.failpoint=" + place,
            Victim.class.getName(),
            address.host(),
            Integer.toString(address.port()),
            address.database(),
            address.user(),
            address.password(),
            what)
        .inheritIO()
        .start()
        .waitFor();
  }
}
