package dev.matviews.playground;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Everything that runs: the control plane with our kinds and roles, PostgreSQL with the
 * playground's database, and the operator under its own ServiceAccount.
 */
record Cluster(ControlPlane controlPlane, PlaygroundDatabase database, OperatorProcess operator) {

  private static final Path CRDS = Path.of("crds");
  private static final Path ROLES = Path.of("deploy", "operator.yaml");
  static final String OPERATOR_LOG = "operator.log";

  static Cluster start(Path folder, Running running, Progress progress) {
    progress.step("Starting the Kubernetes control plane and PostgreSQL");
    CompletableFuture<PostgresServer> postgres =
        CompletableFuture.supplyAsync(
            () -> PostgresServer.start(folder.resolve("postgres"), PostgresServer.Options.NONE));
    running.add(() -> closeOnceStarted(postgres));
    CompletableFuture<PlaygroundDatabase> database =
        postgres.thenApply(server -> database(server, progress));
    ControlPlane controlPlane =
        running.add(ControlPlane.start(folder.resolve("controlplane"), progress));
    progress.step("The Kubernetes API is up: %s", controlPlane.url());
    controlPlane.kubectl().establishCrds(CRDS);
    controlPlane.kubectl().apply(ROLES);
    progress.step("The kinds and the operator's roles are there");
    OperatorProcess operator = running.add(operator(folder, controlPlane));
    progress.step("The operator is ready");
    Cluster cluster = new Cluster(controlPlane, database.join(), operator);
    controlPlane.client().resource(cluster.database().secret()).create();
    return cluster;
  }

  private static void closeOnceStarted(CompletableFuture<PostgresServer> postgres) {
    PostgresServer server = postgres.exceptionally(failure -> null).join();
    if (server != null) {
      server.close();
    }
  }

  private static PlaygroundDatabase database(PostgresServer server, Progress progress) {
    PlaygroundDatabase database = PlaygroundDatabase.create(server);
    database.seed();
    progress.step("PostgreSQL is up and seeded: %s:%d", server.host(), server.port());
    return database;
  }

  private static OperatorProcess operator(Path folder, ControlPlane controlPlane) {
    Path kubeconfig =
        controlPlane.serviceAccountKubeconfig(
            OperatorProcess.NAMESPACE, OperatorProcess.SERVICE_ACCOUNT);
    return OperatorProcess.start(kubeconfig, folder.resolve(OPERATOR_LOG), Map.of());
  }

  /** The first of the processes that ends although nobody stopped it. */
  ChildProcess awaitTheEndOfOne() {
    List<CompletableFuture<ChildProcess>> ends =
        Stream.concat(controlPlane.processes(), Stream.of(operator.process()))
            .map(ChildProcess::onExit)
            .toList();
    CompletableFuture.anyOf(ends.toArray(CompletableFuture[]::new)).join();
    return ends.stream().filter(CompletableFuture::isDone).findFirst().orElseThrow().join();
  }
}
