package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.CurrentRun;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.RowCount;
import dev.matviews.api.v1alpha1.RowCountKind;
import dev.matviews.api.v1alpha1.RunPhase;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("The status")
class RunStatusIT {

  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  @DisplayName("is written once for a quick run, with the rows before and after it")
  void oneWriteARun(Tenant tenant) {
    tenant.view("quick", "SELECT 1 AS a", "refresh: {rowCount: Exact}");
    tenant.awaitReady("quick");
    Statuses statuses = new Statuses();
    try (Watch watch = statuses.watch(tenant, "quick")) {
      assertThat(watch).isNotNull();
      for (String request : List.of("one", "two", "three")) {
        tenant.annotate("quick", request);
        tenant.await("quick", SOON, s -> request.equals(s.lastHandledRefreshRequest()));
      }
    }
    assertThat(statuses.seen.stream().map(MaterializedViewStatus::lastHandledRefreshRequest))
        .startsWith(null, "one", "two")
        .hasSizeLessThanOrEqualTo(4);
    assertThat(statuses.seen.subList(1, 3))
        .allSatisfy(
            status -> {
              assertThat(Objects.requireNonNull(status.lastAttempt()).rowsBefore()).isEqualTo(1);
              assertThat(status.lastAttempt().rowsAfter()).isEqualTo(1);
              assertThat(status.rowCount()).isEqualTo(new RowCount(1, RowCountKind.Exact));
              assertThat(status.currentRun()).isNull();
            });
  }

  /** Each status that differs from the one before it. */
  private static final class Statuses implements Watcher<MaterializedView> {

    private final List<MaterializedViewStatus> seen = new CopyOnWriteArrayList<>();

    Watch watch(Tenant tenant, String view) {
      return tenant
          .client()
          .resources(MaterializedView.class)
          .inNamespace(tenant.namespace())
          .withName(view)
          .watch(this);
    }

    @Override
    public void eventReceived(Action action, MaterializedView view) {
      MaterializedViewStatus status = view.getStatus();
      if (seen.isEmpty() || !seen.get(seen.size() - 1).equals(status)) {
        seen.add(status);
      }
    }

    @Override
    public void onClose(@Nullable WatcherException cause) {
      assertThat(cause).isNull();
    }
  }

  @Test
  @DisplayName("tells of a run that takes long: since when, what it does and who is in its way")
  void aLongRun(Tenant tenant) throws SQLException {
    tenant.view("held", "SELECT 1 AS a", "refresh: {mode: Standard}");
    tenant.awaitReady("held");
    Instant before = Instant.now().minusSeconds(1);
    try (Connection reader = tenant.connect();
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("SELECT FROM app.held");
      tenant.annotate("held", "blocked");
      MaterializedViewStatus status =
          tenant.await("held", Duration.ofSeconds(15), s -> s.currentRun() != null);
      CurrentRun run = Objects.requireNonNull(status.currentRun());
      assertThat(run.id()).isEqualTo("Request/blocked");
      assertThat(run.phase()).isEqualTo(RunPhase.Refreshing);
      assertThat(run.startTime()).isBetween(before, Instant.now().minusSeconds(4));
      assertThat(run.blockedBy()).containsExactly(pid(statement));
      assertThat(
              tenant.value(
                  "SELECT application_name FROM pg_stat_activity WHERE pid = " + run.pid()))
          .isEqualTo("matview-operator");
      reader.rollback();
    }
    MaterializedViewStatus ended =
        tenant.await("held", SOON, s -> "blocked".equals(s.lastHandledRefreshRequest()));
    assertThat(ended.currentRun()).isNull();
    assertThat(Objects.requireNonNull(ended.lastAttempt()).durationSeconds()).isGreaterThan(4);
  }

  private static int pid(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  @DisplayName("says that data are stale as soon as they are, and the view stays Ready")
  void staleness(Tenant tenant) {
    tenant.view("old", "SELECT 1 AS a", "maxStaleness: 4s");
    MaterializedViewStatus fresh = tenant.await("old", SOON, s -> fresh(s).equals("TRUE/Fresh"));
    MaterializedViewStatus stale = tenant.await("old", SOON, s -> fresh(s).equals("FALSE/Stale"));
    Instant at =
        Objects.requireNonNull(Tenant.condition(stale.conditions(), "Fresh")).lastTransitionTime();
    assertThat(at)
        .isBetween(
            Objects.requireNonNull(fresh.dataAsOf()).plusSeconds(3),
            fresh.dataAsOf().plusSeconds(6));
    assertThat(Tenant.ready(stale)).isEqualTo("TRUE/InSync");

    tenant.view("old", "SELECT 1 AS a", "");
    tenant.await("old", SOON, s -> fresh(s).isEmpty());
  }

  private static String fresh(MaterializedViewStatus status) {
    Condition fresh = Tenant.condition(status.conditions(), "Fresh");
    return fresh == null ? "" : fresh.status() + "/" + fresh.reason();
  }
}
