package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.LONG;
import static dev.matviews.postgres.TestViews.index;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The figures of docs/operations.md, in copies of the view with its indexes. What autovacuum writes
 * meanwhile counts too, so the bounds leave room for it and still tell once from twice.
 */
@DisplayName("Disk and WAL:")
class SpaceTest {

  private static final int ROWS = 200_000;

  private static final ViewDefinition VIEW =
      view("v", "SELECT id, label, n FROM source", unique("v_id", "id"), index("v_label", "label"));

  private static final ViewDefinition CHANGED =
      view(
          "v",
          "SELECT id, label, n + 1 AS n FROM source",
          unique("v_id", "id"),
          index("v_label", "label"));

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  /** In sizes of the view with its indexes. */
  private record Space(double disk, double wal) {}

  @SuppressWarnings("NullAway.Init") // set before each test
  SpaceTest() {}

  @BeforeEach
  void aFilledView() {
    database.asRole(
        "CREATE TABLE app.source AS SELECT g AS id, md5(g::text) AS label, 0 AS n"
            + " FROM generate_series(1, %d) g".formatted(ROWS));
    operated = database.open();
    TestViews.fill(operated, VIEW);
    // So that no page has to go to the WAL as a whole for a checkpoint's sake.
    database.asAdmin("CHECKPOINT");
  }

  @Test
  @DisplayName("a swap needs one more copy of the view, and writes it to the WAL once")
  void swap() throws Exception {
    Space space = space(operated.refresh(TestViews.swap(VIEW, "now", LONG, false)));
    assertThat(space.disk()).isBetween(0.8, 1.2);
    assertThat(space.wal()).isBetween(0.7, 1.8);
  }

  @Test
  @DisplayName("a changed definition needs the same")
  void rebuild() throws Exception {
    Space space = space(operated.rebuild(TestViews.rebuild(operated, CHANGED)));
    assertThat(space.disk()).isBetween(0.8, 1.2);
    assertThat(space.wal()).isBetween(0.7, 1.8);
  }

  @Test
  @DisplayName("a standard refresh needs as much disk, and half as much WAL again")
  void standard() throws Exception {
    Space space = space(operated.refresh(TestViews.order("v", "now", Mode.Standard)));
    assertThat(space.disk()).isBetween(0.8, 1.2);
    assertThat(space.wal()).isBetween(1.0, 2.0);
  }

  @Test
  @DisplayName(
      "a concurrent refresh writes what has changed; right after a checkpoint, whole pages")
  void concurrent() throws Exception {
    Space afterCheckpoint = concurrent(1);
    assertThat(afterCheckpoint.disk()).isBetween(0.3, 0.8);
    assertThat(afterCheckpoint.wal()).isBetween(0.5, 1.5);
    Space soon = concurrent(2);
    assertThat(soon.disk()).isBetween(0.3, 0.8);
    assertThat(soon.wal()).isLessThan(0.2);
  }

  /** One row of a hundred has changed, so that there is one on nearly every page. */
  private Space concurrent(int n) throws Exception {
    database.asRole("UPDATE app.source SET n = %1$d WHERE id %% 100 = %1$d".formatted(n));
    return space(operated.refresh(TestViews.order("v", "now " + n, Mode.Concurrent)));
  }

  private Space space(RefreshRun run) throws Exception {
    double view = number("SELECT pg_total_relation_size('app.v')");
    double disk = number("SELECT pg_database_size(current_database())");
    String start = database.value("SELECT pg_current_wal_insert_lsn()");
    CountDownLatch over = new CountDownLatch(1);
    Connection observer = database.admin();
    CompletableFuture<Long> highest = CompletableFuture.supplyAsync(() -> highest(observer, over));
    assertThat(run.execute()).isInstanceOf(RefreshRun.Outcome.Recorded.class);
    over.countDown();
    double wal = number("SELECT pg_current_wal_insert_lsn() - '%s'::pg_lsn".formatted(start));
    Space space = new Space((highest.get(1, TimeUnit.MINUTES) - disk) / view, wal / view);
    System.out.printf("%d rows, %.0f MB with indexes: %s%n", ROWS, view / 1e6, space);
    return space;
  }

  private static long highest(Connection observer, CountDownLatch over) {
    long highest = 0;
    try {
      do {
        String size =
            TestDatabase.rows(observer, "SELECT pg_database_size(current_database())").get(0);
        highest = Math.max(highest, Long.parseLong(size));
      } while (!over.await(1, TimeUnit.MILLISECONDS));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return highest;
  }

  private double number(String query) {
    return Double.parseDouble(database.value(query));
  }
}
