package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import dev.matviews.api.v1alpha1.MaterializedViewRefreshStatus;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.playground.Kubectl;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("A MaterializedViewRefresh")
class RefreshIT {

  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String KEYED = "indexes: [{name: v_key, unique: true, columns: [a]}]";

  /** Ends when nobody holds the lock. */
  private static final String SLOW =
      "SELECT a FROM source, LATERAL (SELECT pg_sleep(s) FROM pause) p";

  private Tenant tenant;

  @BeforeEach
  void view(Tenant moved) {
    tenant = moved;
    tenant.sql(
        "CREATE TABLE app.source (a int)",
        "CREATE TABLE app.pause (s int)",
        "INSERT INTO app.source VALUES (1)",
        "INSERT INTO app.pause VALUES (0)");
    tenant.own("source");
    tenant.own("pause");
    tenant.view("v", SLOW, KEYED);
    tenant.awaitReady("v");
  }

  @Test
  @DisplayName("refreshes its view once, says how it went, belongs to the view, and wait sees it")
  void refreshes(Stage stage) {
    tenant.sql("INSERT INTO app.source VALUES (2)");
    run("now", "mode: Standard");
    kubectl(stage, "wait", "--for=condition=Complete", "--timeout=5s", "mvr/now");
    assertThat(tenant.value("SELECT count(*) FROM app.v")).isEqualTo("2");
    MaterializedViewRefreshStatus status = await("now", SOON, "Complete/Succeeded");
    assertThat(status.result()).hasToString("Succeeded");
    assertThat(status.reason()).isEqualTo("Succeeded");
    assertThat(status.rowsBefore()).isEqualTo(1);
    assertThat(status.rowsAfter()).isEqualTo(2);
    assertThat(status.startTime()).isBefore(status.completionTime());
    assertThat(status.durationSeconds()).isPositive();
    assertThat(runs("now")).isEqualTo("Run Standard Succeeded");
    assertThat(object("now").getMetadata().getOwnerReferences())
        .singleElement()
        .matches(o -> o.getUid().equals(tenant.object("v").getMetadata().getUid()));
    assertThat(kubectl(stage, "get", "mvr"))
        .containsPattern("NAME +VIEW +RESULT +REASON +STARTED +DURATION +AGE\n")
        .containsPattern("now +v +Succeeded +Succeeded +\\d+s +0?\\.\\d+ +\\d+s\n");
    assertThat(tenant.status("v").lastAttempt()).isNotNull();
  }

  @Test
  @DisplayName("runs though the view is suspended, and its status is rebuilt without a second run")
  void suspendedAndDeletedStatus() {
    tenant.view("v", SLOW, KEYED + "\nsuspend: true");
    run("now", "");
    MaterializedViewRefreshStatus before = await("now", SOON, "Complete/Succeeded");
    String data = tenant.value("SELECT data_as_of FROM matview_operator.views");
    tenant
        .client()
        .resource(object("now"))
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":null}");
    MaterializedViewRefreshStatus after = await("now", SOON, "Complete/Succeeded");
    assertThat(after.startTime()).isEqualTo(before.startTime());
    assertThat(tenant.value("SELECT data_as_of FROM matview_operator.views")).isEqualTo(data);
  }

  @Test
  @DisplayName("goes when its time is over")
  void expires() {
    run("now", "ttlAfterFinished: 1s");
    await("now", SOON, "Complete/Succeeded");
    awaitGone("now");
  }

  @Test
  @DisplayName("is skipped while another one runs, which goes on")
  void whileAnotherRuns() {
    pause(2);
    run("first", "");
    tenant.awaitValue(Tenant.REFRESHING, SOON, "1");
    run("second", "");
    assertThat(message(await("second", SOON, "Failed/RefreshInProgress")))
        .contains("create another");
    assertThat(runs("second")).isEqualTo("Run - Skipped");
    await("first", SOON, "Complete/Succeeded");
  }

  @Test
  @DisplayName("is skipped while somebody else works on the view, of which nothing is told later")
  void whileAnotherSessionWorks() throws SQLException {
    pause(1);
    run("first", "");
    tenant.awaitValue(Tenant.REFRESHING, SOON, "1");
    try (Connection other = tenant.connect();
        Statement statement = other.createStatement()) {
      // Waits for the end of the first, which holds it.
      statement.execute(
          """
          SELECT pg_advisory_lock(classid::int8 << 32 | objid::int8) FROM pg_locks
          WHERE locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          """);
      run("second", "");
      await("second", SOON, "Failed/RefreshInProgress");
      tenant.await("v", SOON, RefreshIT::isRefreshed);
    }
  }

  private static boolean isRefreshed(MaterializedViewStatus status) {
    return Objects.requireNonNull(Tenant.condition(status.conditions(), "Refreshed")).status()
        == ConditionStatus.TRUE;
  }

  @Test
  @DisplayName("that cannot run says why: no view, no data in a source, no unique index")
  void refused() {
    tenant.view("bare", "SELECT 1 AS a", "");
    tenant.view("empty", "SELECT 1 AS a", "refresh: {initialPopulation: Deferred}");
    tenant.view("top", "SELECT a FROM empty", "refresh: {initialPopulation: Deferred}");
    tenant.view("broken", "SELEC 1", "");
    tenant.awaitReady("bare");
    tenant.awaitReason("empty", "TRUE/NotPopulated");
    tenant.awaitReason("top", "TRUE/NotPopulated");
    tenant.awaitReason("broken", "FALSE/InvalidSQL");
    run("a", "materializedViewRef: {name: nowhere}");
    run("b", "materializedViewRef: {name: bare}\nmode: Concurrent");
    run("c", "materializedViewRef: {name: top}");
    run("d", "materializedViewRef: {name: broken}");
    await("a", SOON, "Failed/ViewMissing");
    assertThat(message(await("b", SOON, "Failed/UniqueIndexRequired"))).contains("unique index");
    assertThat(message(await("c", SOON, "Failed/UpstreamNotPopulated"))).contains("app.empty");
    await("d", SOON, "Failed/InvalidSQL");
    assertThat(tenant.status("bare").conditions())
        .noneMatch(c -> c.reason().equals("UniqueIndexRequired"));
  }

  @Test
  @DisplayName("is cancelled by its deletion: nothing stays running, and the runs say so")
  void cancelled() {
    pause(300);
    run("now", "");
    tenant.awaitValue(Tenant.REFRESHING, SOON, "1");
    String uid = object("now").getMetadata().getUid();
    tenant.client().resource(object("now")).delete();
    tenant.awaitValue(Tenant.REFRESHING, SOON, "0");
    tenant.awaitValue(
        "SELECT string_agg(result, ',') FROM matview_operator.runs WHERE run_id = 'Run/%s'"
            .formatted(uid),
        SOON,
        "Cancelled");
    tenant.await(
        "v",
        SOON,
        s ->
            s.lastAttempt() != null
                && String.valueOf(s.lastAttempt().result()).equals("Cancelled")
                && Tenant.ready(s).equals("TRUE/InSync"));
    assertThat(tenant.value("SELECT count(*) FROM app.v")).isEqualTo("1");
  }

  @Test
  @DisplayName("is cancelled by its deletion also while somebody looks at its view")
  void cancelledDuringALook() {
    pause(300);
    try (HeldLocks locks = HeldLocks.none().and(tenant, Tenant.LOCK_OF_LOOKS)) {
      locks.await();
      run("now", "");
      tenant.awaitValue(Tenant.LOCK_WAITS, SOON, "1");
      tenant.client().resource(object("now")).delete();
      // Its word needs no database, and tells that what came before has been heard.
      tenant.view("heard", "SELECT 1 AS a", "refresh: {schedule: 'nonsense'}");
      tenant.awaitReason("heard", "FALSE/InvalidSchedule");
    }
    tenant.view("after", "SELECT 1 AS a", "");
    tenant.awaitReady("after");
    tenant.awaitValue(Tenant.REFRESHING, SOON, "0");
  }

  @Test
  @DisplayName("with all that it stands on leaves out what is being deleted")
  void belowIsDeleted() {
    tenant.view("below", "SELECT a FROM source", "deletionPolicy: Delete");
    tenant.awaitReady("below");
    tenant.view("top", "SELECT a FROM below", "");
    tenant.awaitReady("top");
    tenant.delete("below");
    tenant.await("below", SOON, s -> Tenant.ready(s).equals("FALSE/DependentsExist"));
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedViewRefresh
        metadata: {name: whole}
        spec: {materializedViewRef: {name: top}, cascade: Upstream}
        """);
    await("whole", SOON, "Complete/Succeeded");
  }

  @Test
  @DisplayName("of a view that is deleted ends with it")
  void viewDeleted() {
    pause(300);
    run("now", "");
    tenant.awaitValue(Tenant.REFRESHING, SOON, "1");
    tenant.delete("v");
    tenant.awaitValue(Tenant.REFRESHING, SOON, "0");
    await("now", SOON, "Failed/ViewMissing");
  }

  @Test
  @DisplayName("that fails does so once, with the SQLSTATE, and old data are served")
  void fails(Stage stage) {
    tenant.sql("DELETE FROM app.pause", "INSERT INTO app.source VALUES (1)");
    tenant.sql("INSERT INTO app.pause VALUES (0)");
    run("now", "mode: Concurrent");
    kubectl(stage, "wait", "--for=jsonpath={.status.completionTime}", "--timeout=5s", "mvr/now");
    MaterializedViewRefreshStatus status = await("now", SOON, "Failed/DuplicateRows");
    assertThat(status.sqlState()).isIn("21000", "23505");
    assertThat(runs("now")).isEqualTo("Run Concurrent Failed");
    assertThat(tenant.value("SELECT count(*) FROM app.v")).isEqualTo("1");
    assertThat(tenant.value("SELECT consecutive_failures FROM matview_operator.views"))
        .isEqualTo("1");
  }

  @Test
  @DisplayName("is all that a refresher needs: it refreshes, and cannot edit a view")
  void refresher(Stage stage) {
    kubectl(stage, "apply", "-f", "examples/on-request/refresher.yaml");
    Path kubeconfig =
        stage.controlPlane().serviceAccountKubeconfig(tenant.namespace(), "refresher");
    Kubectl refresher = new Kubectl(stage.controlPlane().kubectl().binary(), kubeconfig);
    tenant.sql("INSERT INTO app.source VALUES (2)");
    tenant.view("leaderboard", "SELECT a FROM v", "");
    tenant.awaitReady("leaderboard");
    String run =
        refresher
            .run(
                "-n",
                tenant.namespace(),
                "create",
                "-o",
                "name",
                "-f",
                "examples/on-request/refresh.yaml")
            .strip();
    refresher.run(
        "-n", tenant.namespace(), "wait", "--for=condition=Complete", "--timeout=5s", run);
    refresher.run("-n", tenant.namespace(), "delete", run);
    assertThatThrownBy(
            () ->
                refresher.run(
                    "-n",
                    tenant.namespace(),
                    "patch",
                    "matview",
                    "v",
                    "--type=merge",
                    "-p",
                    "{\"spec\":{\"sql\":\"SELECT 2 AS a\"}}"))
        .hasMessageContaining("forbidden");
    assertThatThrownBy(() -> refresher.run("-n", tenant.namespace(), "get", "secrets"))
        .hasMessageContaining("forbidden");
  }

  private void run(String name, String spec) {
    String view = spec.contains("materializedViewRef") ? "" : "  materializedViewRef: {name: v}\n";
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedViewRefresh
        metadata: {name: %s}
        spec:
        """
                .formatted(name)
            + view
            + spec.indent(2));
  }

  private void pause(int seconds) {
    tenant.sql("UPDATE app.pause SET s = " + seconds);
  }

  private @Nullable MaterializedViewRefresh find(String name) {
    return tenant
        .client()
        .resources(MaterializedViewRefresh.class)
        .inNamespace(tenant.namespace())
        .withName(name)
        .get();
  }

  private MaterializedViewRefresh object(String name) {
    return Objects.requireNonNull(find(name));
  }

  private MaterializedViewRefreshStatus await(String name, Duration limit, String wanted) {
    String[] last = {""};
    try {
      Awaitility.await()
          .atMost(limit)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                last[0] = outcome(object(name).getStatus());
                return last[0].equals(wanted);
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("%s is still %s".formatted(name, last[0]), e);
    }
    return object(name).getStatus();
  }

  private static String outcome(@Nullable MaterializedViewRefreshStatus status) {
    return status == null || status.conditions().isEmpty()
        ? String.valueOf(status)
        : status.conditions().get(0).type() + "/" + status.conditions().get(0).reason();
  }

  private static String message(MaterializedViewRefreshStatus status) {
    Condition condition = status.conditions().get(0);
    return condition.message();
  }

  private void awaitGone(String name) {
    Awaitility.await(name + " is gone").atMost(SOON).until(() -> find(name) == null);
  }

  /** What the database remembers of it. */
  private @Nullable String runs(String name) {
    return tenant.value(
        "SELECT string_agg(trigger || ' ' || coalesce(mode, '-') || ' ' || result, ', ')"
            + " FROM matview_operator.runs WHERE run_id = 'Run/%s'"
                .formatted(object(name).getMetadata().getUid()));
  }

  private String kubectl(Stage stage, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "-n";
    all[1] = tenant.namespace();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return stage.controlPlane().kubectl().run(all);
  }
}
