package dev.matviews.scenario;

import dev.matviews.playground.ControlPlane;
import dev.matviews.playground.Progress;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A release of the chart, put into a cluster by Helm. There is no node to start its Pods. */
record InstalledChart(ControlPlane controlPlane, String namespace, String release) {

  private static final Path CHART = Path.of("helm", "matview-operator");
  static final Path README = CHART.resolve("README.md");

  /** {@code values} are more arguments of Helm, such as {@code --set}. */
  void install(String... values) {
    helm(List.of("install", release, CHART.toString(), "--create-namespace"), values);
  }

  void upgrade(String... values) {
    helm(List.of("upgrade", release, CHART.toString(), "--reuse-values"), values);
  }

  void uninstall() {
    helm(List.of("uninstall", release, "--ignore-not-found"));
  }

  private void helm(List<String> command, String... more) {
    List<String> arguments =
        Stream.of(command, List.of("--namespace", namespace), List.of(more))
            .flatMap(List::stream)
            .toList();
    controlPlane.helm(new Progress(System.out)).run(arguments);
  }

  /** As whom its Pods would speak to the API server. */
  Path kubeconfig() {
    return controlPlane.serviceAccountKubeconfig(namespace, pod().getServiceAccountName());
  }

  /** What its Pods would be told. */
  Map<String, String> environment() {
    return pod().getContainers().get(0).getEnv().stream()
        .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
  }

  private PodSpec pod() {
    return controlPlane
        .client()
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withLabel("app.kubernetes.io/instance", release)
        .list()
        .getItems()
        .get(0)
        .getSpec()
        .getTemplate()
        .getSpec();
  }

  /** All that kubectl finds with the release's label, in every namespace and in none. */
  String objects() {
    return controlPlane
        .kubectl()
        .run(
            "get",
            "--all-namespaces",
            "--selector=app.kubernetes.io/instance=" + release,
            "--output=name",
            "--ignore-not-found",
            "deployments,services,serviceaccounts,networkpolicies,poddisruptionbudgets,"
                + "roles,rolebindings,clusterroles,clusterrolebindings");
  }
}
