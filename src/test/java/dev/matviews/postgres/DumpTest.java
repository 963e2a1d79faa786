package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("While a dump runs")
class DumpTest {

  private static final int ROWS = 100_000;
  private static final int CHANGED = 1000;

  private static final ViewDefinition VIEW =
      view("v", "SELECT id, n FROM source", unique("v_id", "id"));

  private static final String SUM = "SELECT sum(n) FROM app.v";

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  DumpTest() {}

  @BeforeEach
  void aViewThatIsSwapped() {
    database.asRole(
        "CREATE TABLE app.source AS SELECT g AS id, 0 AS n FROM generate_series(1, %d) g"
            .formatted(ROWS));
    operated = database.open();
    TestViews.fill(operated, VIEW);
    assertThat(choice().mode()).isEqualTo(Mode.Swap);
  }

  @Test
  @DisplayName("Auto refreshes concurrently at once, and does not try to swap again and again")
  void auto() throws Exception {
    Connection dump = database.admin();
    dump.setAutoCommit(false);
    // One snapshot for all that it reads, and each lock until its end.
    TestDatabase.run(dump, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    assertThat(TestDatabase.rows(dump, SUM)).containsExactly("0");

    Run first = refresh(1);
    assertThat(first.mode()).isEqualTo(Mode.Concurrent);
    assertThat(first.insteadOf()).isEqualTo(Mode.Swap);
    assertThat(first.duration()).isLessThan(Duration.ofSeconds(9));
    for (int n = 2; n <= 4; n++) {
      assertThat(choice().mode()).isEqualTo(Mode.Concurrent);
      assertThat(refresh(n).insteadOf()).isNull();
      assertThat(TestDatabase.rows(dump, SUM)).as("what the dump reads").containsExactly("0");
    }
    dump.rollback();
    assertThat(database.value(SUM)).isEqualTo(String.valueOf(4 * CHANGED));
  }

  private Run refresh(int n) {
    database.asRole("UPDATE app.source SET n = %d WHERE id <= %d".formatted(n, CHANGED));
    operated.refresh(TestViews.order(VIEW, RunId.request("n" + n), choice())).execute();
    Run run = operated.observe(VIEW.name()).refresh().lastRun().orElseThrow();
    assertThat(run.is(RunId.request("n" + n))).isTrue();
    assertThat(run.result()).isEqualTo(Run.Result.Succeeded);
    return run;
  }

  private ModeChoice choice() {
    return ModeChoice.of(Mode.Auto, operated.observe(VIEW.name()).modeFacts());
  }
}
