package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.OperatorProcess;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("When the operator is told to stop")
class ShutdownIT {

  private static final Duration SOON = Duration.ofSeconds(5);

  /**
   * Five seconds for runs, two to end them, five for what is being looked at, and the JVM's own.
   */
  private static final Duration EXIT = Duration.ofSeconds(15);

  /** Whoever refreshes or changes a view holds its fence; a look that has begun may end. */
  private static final String WORKING =
      "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
          + " WHERE datname = current_database() AND locktype = 'advisory'";

  private Stage stage;
  private Tenant tenant;

  @SuppressWarnings("NullAway.Init") // set before each test
  ShutdownIT() {}

  @BeforeEach
  void views(Stage shared, Tenant moved) {
    stage = shared;
    tenant = moved;
    tenant.sql(
        "ALTER DATABASE \"%s\" SET log_statement = 'all'".formatted(tenant.role()),
        "CREATE TABLE app.pace AS SELECT 0 AS n, 0.0 AS seconds");
    tenant.own("pace");
    tenant.view(
        "slow", "SELECT n, pg_sleep(seconds)::text AS s FROM pace", "refresh: {mode: Standard}");
    tenant.view("idle", "SELECT 1 AS a", "refresh: {mode: Standard}");
    tenant.awaitReady("slow");
    tenant.awaitReady("idle");
  }

  @AfterEach
  void again() {
    if (!stage.operator().isAlive()) {
      stage.startOperatorAgain();
    }
  }

  @Test
  @DisplayName("a run that soon ends is kept, and nothing new begins")
  void ends() throws IOException {
    refreshFor("3.0");
    long before = drains();
    stage.operator().terminate();
    // Until then it has not heard that it is to stop.
    Awaitility.await().atMost(SOON).until(() -> drains() > before);
    tenant.annotate("idle", "1");

    assertThat(stage.operator().exitStatus(EXIT)).hasValue(143);
    assertThat(runs()).isEqualTo("slow Succeeded 1");
    assertThat(tenant.value("SELECT n FROM app.slow")).isEqualTo("1");

    stage.startOperatorAgain();
    handled("slow");
    handled("idle");
    assertThat(runs()).isEqualTo("idle Succeeded 1,slow Succeeded 1");
    eachOnce();
  }

  @Test
  @DisplayName("a run that does not end is ended, the lease goes after it, and it is done once")
  void doesNotEnd() {
    refreshFor("600.0");
    List<String> working = new CopyOnWriteArrayList<>();
    Watch watch = whenTheLeaseIsFree(() -> working.add(tenant.value(WORKING)));
    stage.operator().terminate();
    assertThat(stage.operator().exitStatus(EXIT)).hasValue(143);
    assertThat(tenant.value(WORKING)).isEqualTo("0");
    tenant.sql("UPDATE app.pace SET seconds = 0");
    Awaitility.await().atMost(SOON).until(() -> !working.isEmpty());
    watch.close();
    assertThat(working).as("what the server still did when the lease was free").containsOnly("0");
    assertThat(runs()).as("as if it had never begun").isEmpty();
    assertThat(tenant.value("SELECT n FROM app.slow")).as("the old data").isEqualTo("0");

    stage.startOperatorAgain();
    handled("slow");
    assertThat(runs()).isEqualTo("slow Succeeded 1");
    eachOnce();
  }

  private long drains() throws IOException {
    try (Stream<String> lines = Files.lines(stage.operatorLog())) {
      return lines.filter(line -> line.contains("Stopping: 1 runs may end")).count();
    }
  }

  private void refreshFor(String seconds) {
    tenant.sql("UPDATE app.pace SET n = 1, seconds = " + seconds);
    tenant.annotate("slow", "1");
    tenant.awaitValue(Tenant.REFRESHING, SOON, "1");
  }

  private void handled(String view) {
    tenant.await(view, Duration.ofSeconds(10), s -> "1".equals(s.lastHandledRefreshRequest()));
  }

  /** Those that were asked for. */
  private String runs() {
    return String.valueOf(
        tenant.value(
            """
            SELECT coalesce(
              string_agg(concat_ws(' ', view_name, result, tries), ',' ORDER BY view_name), '')
            FROM matview_operator.runs WHERE trigger = 'Request'
            """));
  }

  private void eachOnce() {
    assertThat(CommittedRefreshes.of(stage, tenant).byViewAndRun())
        .containsEntry("slow Request/1", 1L)
        .allSatisfy((run, times) -> assertThat(times).as(run).isOne());
  }

  private Watch whenTheLeaseIsFree(Runnable action) {
    return stage
        .controlPlane()
        .client()
        .leases()
        .inNamespace(OperatorProcess.NAMESPACE)
        .withName("matview-operator")
        .watch(
            new Watcher<>() {
              @Override
              public void eventReceived(Action event, Lease lease) {
                String holder = lease.getSpec().getHolderIdentity();
                if (holder == null || holder.isEmpty()) {
                  action.run();
                }
              }

              @Override
              public void onClose(WatcherException cause) {}
            });
  }
}
