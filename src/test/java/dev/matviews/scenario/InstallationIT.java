package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.ControlPlane;
import dev.matviews.playground.ControllerManager;
import dev.matviews.playground.Kubectl;
import dev.matviews.playground.OperatorProcess;
import dev.matviews.playground.Progress;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the chart's README says, word for word, in a cluster where nothing is yet and where the
 * controllers of Kubernetes work. Its Pods wait for a node; a process stands in for the one that
 * would lead.
 */
@ExtendWith(Stage.Extension.class)
@EnabledIfSystemProperty(named = "controller.manager", matches = "true")
@DisplayName("In a cluster of its own the operator")
class InstallationIT {

  private static final String NAME = OperatorProcess.NAMESPACE;
  private static final String SHELL = "```sh\n";
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final String VIEWS =
      """
      apiVersion: matviews.dev/v1alpha1
      kind: PostgresConnection
      metadata: {name: db}
      spec: {secretRef: {name: db}, tls: {mode: disable}}
      ---
      apiVersion: matviews.dev/v1alpha1
      kind: MaterializedView
      metadata: {name: kept}
      spec: {connectionRef: {name: db}, schema: app, sql: SELECT 1 AS a}
      ---
      apiVersion: matviews.dev/v1alpha1
      kind: MaterializedView
      metadata: {name: dropped}
      spec: {connectionRef: {name: db}, schema: app, sql: SELECT 1 AS a, deletionPolicy: Delete}
      """;

  private Path folder;
  private ControlPlane cluster;
  private ControllerManager controllers;

  @SuppressWarnings("NullAway.Init") // set before each test
  InstallationIT() {}

  @BeforeEach
  void start(@TempDir Path empty) {
    folder = empty;
    cluster = ControlPlane.start(folder, new Progress(System.out));
    controllers = cluster.startControllerManager(new Progress(System.out));
  }

  @AfterEach
  void stop() {
    controllers.close();
    cluster.close();
  }

  @Test
  @DisplayName("is installed by plain manifests, in one command")
  void plain() throws IOException {
    commands("Without Helm").forEach(this::run);
    awaitTwoPods();
  }

  @Test
  @DisplayName("is installed by Helm, serves, and is removed with all that is its own")
  void lifetime(Stage stage, Tenant tenant) throws IOException {
    restrict();
    commands("The chart of matview-operator").forEach(this::run);
    awaitTwoPods();

    InstalledChart chart = new InstalledChart(cluster, NAME, NAME);
    List<List<String>> removal = commands("Remove");
    Path log = stage.logOf("installation");
    OperatorProcess operator = OperatorProcess.start(chart.kubeconfig(), log, chart.environment());
    try {
      serve(tenant);
      removal.stream().takeWhile(InstallationIT::isKubectl).forEach(this::run);
    } finally {
      operator.close();
    }
    removal.stream().dropWhile(InstallationIT::isKubectl).forEach(this::run);

    Kubectl kubectl = cluster.kubectl();
    assertThat(kubectl.run("get", "crds", "--output=name")).doesNotContain("matviews.dev");
    assertThat(chart.objects()).isEmpty();
    assertThat(kubectl.run("get", "namespaces", "--output=name")).doesNotContain(NAME);
    assertThat(tenant.relations()).contains("kept").doesNotContain("dropped");
  }

  /** To Pods that Pod Security calls restricted. */
  private void restrict() {
    cluster
        .client()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAME)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build())
        .create();
  }

  private void serve(Tenant tenant) throws IOException {
    Secret secret = tenant.client().secrets().inNamespace(tenant.namespace()).withName("db").get();
    secret.setMetadata(new ObjectMetaBuilder().withName("db").withNamespace("default").build());
    cluster.client().resource(secret).create();
    cluster.kubectl().apply(Files.writeString(folder.resolve("views.yaml"), VIEWS));
    cluster.kubectl().run("wait", "--for=condition=Ready", "matviews", "--all", "--timeout=30s");
  }

  private void awaitTwoPods() {
    Awaitility.await("two Pods").atMost(SOON).until(() -> pods().size() == 2);
    assertThat(pods())
        .allSatisfy(pod -> assertThat(pod.getSpec().getServiceAccountName()).isEqualTo(NAME));
  }

  private List<Pod> pods() {
    return cluster.client().pods().inNamespace(NAME).list().getItems();
  }

  /** Those of the first block below a heading. */
  private static List<List<String>> commands(String heading) throws IOException {
    String page = Files.readString(InstalledChart.README);
    String below = page.substring(page.indexOf("# " + heading + "\n"));
    String block = below.substring(below.indexOf(SHELL) + SHELL.length());
    return block
        .substring(0, block.indexOf("```"))
        .replaceAll("\\\\\n\\s*", "")
        .lines()
        .map(command -> List.of(command.split(" ", -1)))
        .toList();
  }

  private static boolean isKubectl(List<String> command) {
    return command.get(0).equals("kubectl");
  }

  private void run(List<String> command) {
    List<String> arguments = command.subList(1, command.size());
    if (isKubectl(command)) {
      cluster.kubectl().run(arguments);
    } else {
      assertThat(command.get(0)).isEqualTo("helm");
      cluster.helm(new Progress(System.out)).run(arguments);
    }
  }
}
