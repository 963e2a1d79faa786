package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import dev.matviews.playground.ControlPlane;
import dev.matviews.playground.OperatorProcess;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A second release beside the stage's own, whose operator does not work meanwhile. */
@ExtendWith(Stage.Extension.class)
@DisplayName("The chart, installed by Helm")
class ChartIT {

  private static final String RELEASE = "second";
  private static final Pattern UPGRADE_OF_KINDS = Pattern.compile("(?m)^kubectl (apply .*crds/)$");

  private Stage stage;
  private Tenant tenant;
  private InstalledChart chart;
  private final List<OperatorProcess> operators = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before each test
  ChartIT() {}

  @BeforeEach
  void alone(Stage shared, Tenant moved) {
    stage = shared;
    tenant = moved;
    chart = new InstalledChart(stage.controlPlane(), "operator-of-" + tenant.namespace(), RELEASE);
    stage.stopOperator();
    tenant.sql("CREATE TABLE app.source AS SELECT 1 AS a");
    tenant.own("source");
  }

  @AfterEach
  void leave() {
    stop();
    chart.uninstall();
    stage.startOperatorAgain();
  }

  @Test
  @DisplayName("works in the namespaces that it is told, by Roles and nothing of the cluster")
  void namespaced() throws IOException {
    chart.install(
        "--set",
        "watch.namespaces={" + tenant.namespace() + "}",
        "--set",
        "userRoles.create=false");
    assertThat(chart.objects()).contains("role.rbac").doesNotContain("clusterrole");
    start("namespaced");
    liveAndDie();
    try (KubernetesClient client = ControlPlane.clientOf(chart.kubeconfig())) {
      assertThat(may(client, "list", "matviews.dev", "materializedviews", tenant.namespace()))
          .isTrue();
      assertThat(may(client, "list", "matviews.dev", "materializedviews", "default")).isFalse();
      assertThat(may(client, "get", "", "secrets", "default")).isFalse();
      assertThat(may(client, "get", "", "secrets", chart.namespace())).isFalse();
    }
    assertThat(log("namespaced")).doesNotContain("orbidden");
  }

  @Test
  @DisplayName("does not start while one of its namespaces is not there, and its log names it")
  void namespaceGone() throws IOException {
    String namespaces = tenant.namespace() + ",gone-meanwhile";
    chart.install("--set", "watch.namespaces={" + tenant.namespace() + "}");
    Map<String, String> environment = new HashMap<>(chart.environment());
    assertThat(environment.put("MATVIEWS_WATCH_NAMESPACES", namespaces)).isNotNull();
    OperatorProcess operator =
        OperatorProcess.launch(chart.kubeconfig(), stage.logOf("gone"), environment);
    operators.add(operator);
    assertThat(operator.exitStatus(Duration.ofSeconds(30))).hasValue(1);
    assertThat(log("gone")).contains("see whether namespace gone-meanwhile is there");
  }

  @Test
  @DisplayName("is upgraded without touching a view, and leaves views and kinds when it goes")
  void lifetime() throws IOException {
    chart.install();
    start("installed");
    liveAndDie();
    tenant.view("kept", "SELECT a FROM source", "");
    tenant.awaitReady("kept");
    String relations = tenant.relations();

    upgradeKinds();
    chart.upgrade("--set", "settings.maxConcurrentRefreshes=7");
    assertThat(chart.environment()).containsEntry("MATVIEWS_MAX_CONCURRENT_REFRESHES", "7");
    stop();
    start("upgraded");
    tenant.view("kept", "SELECT a FROM source", "comment: seen by the new one");
    tenant.awaitValue(
        "SELECT obj_description('app.kept'::regclass)",
        Duration.ofSeconds(10),
        "seen by the new one");
    assertThat(tenant.relations()).isEqualTo(relations);

    stop();
    chart.uninstall();
    assertThat(chart.objects()).isEmpty();
    assertThat(tenant.find("kept")).as("its kind is there, and so is it").isPresent();
    assertThat(tenant.relations()).isEqualTo(relations);
  }

  /** As its Pod would be, but for what a test must not wait for. */
  private void start(String log) {
    Map<String, String> environment = new HashMap<>(chart.environment());
    environment.put("MATVIEWS_RECHECK_INTERVAL", "1s");
    operators.add(OperatorProcess.start(chart.kubeconfig(), stage.logOf(log), environment));
  }

  /** As the chart's README says it. */
  private void upgradeKinds() throws IOException {
    Matcher command = UPGRADE_OF_KINDS.matcher(Files.readString(InstalledChart.README));
    assertThat(command.find()).isTrue();
    stage.controlPlane().kubectl().run(command.group(1).split(" ", -1));
  }

  private void stop() {
    operators.forEach(OperatorProcess::close);
    operators.clear();
  }

  /** All that the operator needs rights for. */
  private void liveAndDie() {
    tenant.view("short-lived", "SELECT a FROM source", "deletionPolicy: Delete");
    tenant.awaitReady("short-lived");
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedViewRefresh
        metadata: {name: once}
        spec: {materializedViewRef: {name: short-lived}, ttlAfterFinished: 1s}
        """);
    Awaitility.await("refreshed, and gone after its time")
        .atMost(Duration.ofSeconds(20))
        .until(() -> refreshes().isEmpty());
    assertThat(tenant.value("SELECT count(*) FROM matview_operator.runs WHERE trigger = 'Run'"))
        .isEqualTo("1");
    assertThat(tenant.events("short-lived")).isNotEmpty();
    tenant.delete("short-lived");
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> tenant.find("short-lived").isEmpty());
    assertThat(tenant.relations()).doesNotContain("short_lived");
  }

  private List<MaterializedViewRefresh> refreshes() {
    return tenant
        .client()
        .resources(MaterializedViewRefresh.class)
        .inNamespace(tenant.namespace())
        .list()
        .getItems();
  }

  private static boolean may(
      KubernetesClient client, String verb, String group, String resource, String namespace) {
    return client
        .authorization()
        .v1()
        .selfSubjectAccessReview()
        .create(
            new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withVerb(verb)
                .withGroup(group)
                .withResource(resource)
                .withNamespace(namespace)
                .endResourceAttributes()
                .endSpec()
                .build())
        .getStatus()
        .getAllowed();
  }

  private String log(String name) throws IOException {
    return Files.readString(stage.logOf(name));
  }
}
