package dev.matviews.playground;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What a newcomer does with {@code examples/quickstart/}, by kubectl and on the screen. */
record Quickstart(Cluster cluster, PrintStream out) {

  private static final String FOLDER = "examples/quickstart";
  private static final String INTERVAL_VIEW = "daily-volume";
  private static final String MESSAGES =
      "custom-columns=NAME:.metadata.name,"
          + "REASON:.status.conditions[?(@.type=='Ready')].reason,"
          + "MESSAGE:.status.conditions[?(@.type=='Ready')].message";
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final Duration SCHEDULED_LIMIT = Duration.ofSeconds(40);

  void apply() {
    show("apply", "-f", FOLDER);
    showUntilReady("pgconn");
    showUntilReady("matviews");
  }

  private void showUntilReady(String kind) {
    String limit = "--timeout=" + READY_LIMIT.toSeconds() + "s";
    try {
      show("wait", "--for=condition=Ready", kind, "--all", limit);
    } catch (IllegalStateException e) {
      show("get", "pgconn,matviews", "-o", MESSAGES);
      throw e;
    }
  }

  /** Waits for the first refresh that nobody but the schedule asked for. */
  void awaitScheduledRefresh() {
    try {
      Awaitility.await()
          .atMost(SCHEDULED_LIMIT)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> refreshedBySchedule(view(INTERVAL_VIEW)));
    } catch (ConditionTimeoutException e) {
      throw new IllegalStateException(
          "The view %s has an interval, but no scheduled refresh succeeded within %d s"
              .formatted(INTERVAL_VIEW, SCHEDULED_LIMIT.toSeconds()),
          e);
    }
  }

  private static boolean refreshedBySchedule(GenericKubernetesResource view) {
    return "Schedule".equals(view.get("status", "lastAttempt", "trigger"))
        && "Succeeded".equals(view.get("status", "lastAttempt", "result"));
  }

  void showViews() {
    show("get", "matviews");
  }

  void showHistory() {
    out.println();
    out.println("The runs of these views, from their status:");
    out.print(RunHistory.tableOf(views()));
  }

  private void show(String... arguments) {
    out.println();
    out.println("$ kubectl " + String.join(" ", arguments));
    out.print(cluster.controlPlane().kubectl().run(arguments));
  }

  private GenericKubernetesResource view(String name) {
    return views().stream()
        .filter(view -> view.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<GenericKubernetesResource> views() {
    KubernetesClient client = cluster.controlPlane().client();
    return client
        .genericKubernetesResources("matviews.dev/v1alpha1", "MaterializedView")
        .inNamespace("default")
        .list()
        .getItems();
  }
}
