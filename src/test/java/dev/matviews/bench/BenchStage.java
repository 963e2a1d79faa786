package dev.matviews.bench;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.playground.ControlPlane;
import dev.matviews.playground.FileTrees;
import dev.matviews.playground.OperatorProcess;
import dev.matviews.playground.PostgresServer;
import dev.matviews.playground.Progress;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The packaged operator with its servers; each database has a namespace of the same name. */
final class BenchStage implements AutoCloseable {

  private static final Path FOLDER = Path.of("target", "bench");
  private static final String PASSWORD = "bench";

  private final ControlPlane controlPlane;
  private final PostgresServer postgres;
  private final OperatorProcess operator;

  BenchStage(Progress progress) {
    try {
      FileTrees.delete(FOLDER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    postgres =
        PostgresServer.start(
            FOLDER.resolve("postgres"),
            PostgresServer.Options.NONE.with("fsync", "off").with("log_statement", "ddl"));
    controlPlane = ControlPlane.start(FOLDER.resolve("controlplane"), progress);
    controlPlane.kubectl().establishCrds(Path.of("crds"));
    controlPlane.kubectl().apply(Path.of("deploy", "operator.yaml"));
    Path kubeconfig =
        controlPlane.serviceAccountKubeconfig(
            OperatorProcess.NAMESPACE, OperatorProcess.SERVICE_ACCOUNT);
    operator = OperatorProcess.start(kubeconfig, FOLDER.resolve("operator.log"), Map.of());
  }

  PostgresServer postgres() {
    return postgres;
  }

  void database(String name) {
    postgres.createDatabase(name);
    postgres.execute(
        name,
        "CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(name, PASSWORD),
        "CREATE SCHEMA app AUTHORIZATION " + name,
        "CREATE SCHEMA matview_operator AUTHORIZATION " + name);
    controlPlane
        .client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    controlPlane
        .client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("db")
                .withNamespace(name)
                .endMetadata()
                .addToStringData("host", postgres.host())
                .addToStringData("port", String.valueOf(postgres.port()))
                .addToStringData("dbname", name)
                .addToStringData("username", name)
                .addToStringData("password", PASSWORD)
                .build())
        .create();
    apply(name, "PostgresConnection", "db", "secretRef: {name: db}, tls: {mode: disable}");
  }

  void view(String database, String name, String sql, String refresh) {
    apply(
        database,
        "MaterializedView",
        name,
        "connectionRef: {name: db}, schema: app, sql: \"%s\", refresh: %s".formatted(sql, refresh));
  }

  void dropViews(String database) {
    controlPlane.client().resources(MaterializedView.class).inNamespace(database).delete();
  }

  private void apply(String namespace, String kind, String name, String spec) {
    HasMetadata object =
        controlPlane
            .client()
            .getKubernetesSerialization()
            .unmarshal(
                """
                apiVersion: matviews.dev/v1alpha1
                kind: %s
                metadata: {name: %s}
                spec: {%s}
                """
                    .formatted(kind, name, spec));
    object.getMetadata().setNamespace(namespace);
    controlPlane.client().resource(object).serverSideApply();
  }

  /** What a query says of each name. */
  Map<String, Double> numbers(String database, String query) {
    Map<String, Double> numbers = new HashMap<>();
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        numbers.put(rows.getString(1), rows.getDouble(2));
      }
      return numbers;
    } catch (SQLException e) {
      throw new IllegalStateException(query + ": " + e.getMessage(), e);
    }
  }

  double number(String database, String query) {
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getDouble(1);
    } catch (SQLException e) {
      throw new IllegalStateException(query + ": " + e.getMessage(), e);
    }
  }

  void awaitNumber(String database, String query, double wanted) {
    while (number(database, query) < wanted) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
    }
  }

  static void awaitTime(Instant moment) {
    while (Instant.now().isBefore(moment)) {
      LockSupport.parkUntil(moment.toEpochMilli());
    }
  }

  @Override
  public void close() {
    operator.close();
    controlPlane.close();
    postgres.close();
  }
}
