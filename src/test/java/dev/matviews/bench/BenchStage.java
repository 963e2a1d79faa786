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
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The packaged operator with its servers; each database has a namespace of the same name. */
final class BenchStage implements AutoCloseable {

  private static final Path FOLDER = Path.of("target", "bench");
  static final String PASSWORD = "bench";
  private static final Duration SETTLED = Duration.ofSeconds(10);

  private final Report report;
  private final ApiRequests requests;
  private final ControlPlane controlPlane;
  private final PostgresServer postgres;
  private final Path kubeconfig;
  private final ConnectionWatch connections;
  private OperatorProcess operator;

  private BenchStage(Report report, PostgresServer.Options options) {
    this.report = report;
    requests = ApiRequests.in(FOLDER.resolve("audit"));
    postgres = PostgresServer.start(FOLDER.resolve("postgres"), options);
    controlPlane =
        ControlPlane.start(
            FOLDER.resolve("controlplane"), Progress.toStandardError(), requests.flags());
    controlPlane.kubectl().establishCrds(Path.of("crds"));
    controlPlane.kubectl().apply(Path.of("deploy", "operator.yaml"));
    kubeconfig =
        controlPlane.serviceAccountKubeconfig(
            OperatorProcess.NAMESPACE, OperatorProcess.SERVICE_ACCOUNT);
    report.version("PostgreSQL", text(PostgresServer.ADMIN, "SHOW server_version"));
    report.version("Kubernetes", controlPlane.client().getKubernetesVersion().getGitVersion());
    connections = ConnectionWatch.of(postgres);
    operator = startOperator();
  }

  static BenchStage start(Report report) {
    return start(report, PostgresServer.Options.NONE);
  }

  /** With more of the server's parameters than all benchmarks need. */
  static BenchStage start(Report report, PostgresServer.Options options) {
    try {
      FileTrees.delete(FOLDER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BenchStage(
        report,
        options
            .with("fsync", "off")
            .with("shared_preload_libraries", "pg_stat_statements")
            .with("pg_stat_statements.max", "50000")
            .with("shared_buffers", "512MB")
            .with("max_wal_size", "4GB"));
  }

  private OperatorProcess startOperator() {
    return OperatorProcess.start(kubeconfig, FOLDER.resolve("operator.log"), Map.of());
  }

  void stopOperator() {
    operator.close();
  }

  /** With more settings; does not wait until it is ready. */
  void launchOperator(Map<String, String> settings) {
    operator = OperatorProcess.launch(kubeconfig, FOLDER.resolve("operator.log"), settings);
  }

  /** What has ended may still be told of: until no status was written for a while. */
  void awaitQuiet() {
    Instant from;
    do {
      from = Instant.now();
      awaitTime(from.plus(SETTLED));
    } while (requests.statusWrites(from, Instant.now()) > 0);
  }

  PostgresServer postgres() {
    return postgres;
  }

  OperatorProcess operator() {
    return operator;
  }

  KubernetesClient client() {
    return controlPlane.client();
  }

  ConnectionWatch connections() {
    return connections;
  }

  ApiRequests requests() {
    return requests;
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

  /** As the role that the operator logs in as. */
  Connection connect(String database) throws SQLException {
    return postgres.connect(database, database, PASSWORD);
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

  void apply(String namespace, String kind, String name, String spec) {
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

  private String text(String database, String query) {
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(query + ": " + e.getMessage(), e);
    }
  }

  void awaitNumber(String database, String query, double wanted) {
    while (number(database, query) < wanted) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
    }
  }

  void awaitPopulated(String database, int views) {
    awaitNumber(
        database,
        "SELECT count(*) FROM pg_matviews WHERE schemaname = 'app' AND ispopulated",
        views);
  }

  static void awaitTime(Instant moment) {
    while (Instant.now().isBefore(moment)) {
      LockSupport.parkUntil(moment.toEpochMilli());
    }
  }

  @Override
  public void close() {
    connections.close();
    report.sawConnections(connections.most());
    operator.close();
    controlPlane.close();
    postgres.close();
  }
}
