package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.commons.support.AnnotationSupport.findAnnotation;

import dev.matviews.playground.ControlPlane;
import dev.matviews.playground.FileTrees;
import dev.matviews.playground.OperatorProcess;
import dev.matviews.playground.PostgresServer;
import dev.matviews.playground.Progress;
import dev.matviews.playground.TcpProxy;
import dev.matviews.playground.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** The servers that all scenarios of one JVM share, started by the first of them. */
final class Stage implements AutoCloseable {

  /** One a JVM: two of them run the scenarios side by side. */
  static final Path FOLDER = Path.of(System.getProperty("scenarios.folder", "target/scenarios/1"));

  /** The log of an operator that is not reached directly: it may say that it lost the way. */
  static final String OVER_A_NETWORK = "over-a-network";

  private static final AuditLog AUDIT = AuditLog.in(FOLDER.resolve("audit").toAbsolutePath());

  /** So short that a test need not wait for what a user would wait for. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "MATVIEWS_RESYNC_INTERVAL", "5s",
          "MATVIEWS_RECHECK_INTERVAL", "1s",
          "MATVIEWS_CONNECTION_RETRY_INTERVAL", "2s");

  private final ControlPlane controlPlane;
  private final PostgresServer postgres;
  private final TestCertificates certificates;
  private final Path kubeconfig;
  private final Seen seen;
  private OperatorProcess operator;

  private Stage(ControlPlane controlPlane, PostgresServer postgres, TestCertificates certificates) {
    this.controlPlane = controlPlane;
    this.postgres = postgres;
    this.certificates = certificates;
    this.kubeconfig =
        controlPlane.serviceAccountKubeconfig(
            OperatorProcess.NAMESPACE, OperatorProcess.SERVICE_ACCOUNT);
    this.seen = Seen.from(controlPlane.client());
    this.operator = OperatorProcess.start(kubeconfig, operatorLog(), SETTINGS);
  }

  private static Stage set() {
    clear();
    TestCertificates certificates = TestCertificates.generate(FOLDER.resolve("tls"));
    PostgresServer postgres =
        PostgresServer.start(
            FOLDER.resolve("postgres"),
            PostgresServer.Options.THROWAWAY
                .with("log_lock_waits", "on")
                .with("deadlock_timeout", "150ms")
                .with("log_statement", "ddl")
                .withTls(certificates));
    ControlPlane controlPlane =
        ControlPlane.start(FOLDER.resolve("controlplane"), new Progress(System.out), AUDIT.flags());
    if (Boolean.getBoolean("controller.manager")) {
      controlPlane.provideControllerManager(new Progress(System.out));
    }
    new InstalledChart(controlPlane, OperatorProcess.NAMESPACE, OperatorProcess.SERVICE_ACCOUNT)
        .install();
    return new Stage(controlPlane, postgres, certificates);
  }

  /** How often the operator has read a Secret, by the API server's own account. */
  long readsOfSecret(Tenant tenant, String name) {
    return AUDIT.readsOfSecret(tenant, name, ":" + OperatorProcess.SERVICE_ACCOUNT);
  }

  private static void clear() {
    try {
      FileTrees.delete(FOLDER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> settings(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(SETTINGS);
    settings.putAll(more);
    return settings;
  }

  ControlPlane controlPlane() {
    return controlPlane;
  }

  PostgresServer postgres() {
    return postgres;
  }

  TestCertificates certificates() {
    return certificates;
  }

  /** Lines of the server's log about a tenant's database that hold the text. */
  List<String> postgresLog(Tenant tenant, String text) {
    try (var lines = Files.lines(postgres.log())) {
      return lines
          .filter(line -> line.contains("@" + tenant.role() + " "))
          .filter(line -> line.contains(text))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All DDL of the operator in a tenant's database but on its own tables, and no refreshes. */
  List<String> ddl(Tenant tenant) {
    return postgresLog(tenant, "%s@%1$s matview-operator LOG:".formatted(tenant.role())).stream()
        .filter(line -> line.contains("execute "))
        .filter(line -> !line.contains("REFRESH MATERIALIZED VIEW"))
        .filter(line -> !line.contains("\"matview_operator\""))
        .toList();
  }

  /** How often the operator has written a view's status, by the API server's own account. */
  long statusWrites(Tenant tenant, String view, Instant from, Instant until) {
    return AUDIT.statusWrites(tenant, view, from, until);
  }

  OperatorProcess operator() {
    return operator;
  }

  Path operatorLog() {
    return FOLDER.resolve("operator.log");
  }

  /** After a test has ended it, or has had one with other settings. */
  void startOperatorAgain() {
    startOperatorAgain(Map.of());
  }

  /** What {@code more} holds wins over the usual settings. */
  void startOperatorAgain(Map<String, String> more) {
    stopOperator();
    operator = OperatorProcess.start(kubeconfig, operatorLog(), settings(more));
  }

  /** One that reaches the API server over this network, until another is started. */
  void startOperatorOver(TcpProxy network) {
    stopOperator();
    operator = OperatorProcess.start(kubeconfigOver(network), logOf(OVER_A_NETWORK), SETTINGS);
  }

  /** The same, but does not wait until it is ready. */
  void launchOperatorOver(TcpProxy network) {
    stopOperator();
    operator = OperatorProcess.launch(kubeconfigOver(network), logOf(OVER_A_NETWORK), SETTINGS);
  }

  private Path kubeconfigOver(TcpProxy network) {
    Path over = FOLDER.resolve("over-a-network.kubeconfig");
    String direct = ":" + controlPlane.port() + "\n";
    try {
      String text = Files.readString(kubeconfig);
      return Files.writeString(over, text.replace(direct, ":" + network.port() + "\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another replica, on the same API server and for the same databases; the test closes it. */
  OperatorProcess startReplica(String name) {
    return startReplica(name, Map.of());
  }

  OperatorProcess startReplica(String name, Map<String, String> more) {
    Map<String, String> named = new HashMap<>(more);
    named.put("HOSTNAME", name);
    return OperatorProcess.start(kubeconfig, logOf(name), settings(named));
  }

  Path logOf(String replica) {
    return FOLDER.resolve(replica + ".log");
  }

  /** One that works at once, whoever else does; does not wait until it is ready. */
  OperatorProcess launchWithoutLease(String name) {
    return OperatorProcess.launch(
        kubeconfig,
        logOf(name),
        settings(Map.of("HOSTNAME", name, "MATVIEWS_LEADER_ELECTION", "false")));
  }

  /** One that kills itself when it comes to that place; does not wait until it is ready. */
  void startOperatorThatDiesAt(String failpoint) {
    operator.kill();
    operator =
        OperatorProcess.launch(
            kubeconfig, operatorLog(), settings(Map.of("MATVIEWS_FAILPOINT", failpoint)));
  }

  /** Nobody works until another is started. */
  void stopOperator() {
    seen.metricsOf(operator);
    operator.close();
  }

  @Override
  public void close() {
    stopOperator();
    seen.write(FOLDER.resolveSibling("seen-" + FOLDER.getFileName() + ".txt"));
    postgres.close();
    controlPlane.close();
  }

  /** Gives a test its {@link Tenant} and the stage, and reads the operator's log after it. */
  static final class Extension
      implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

    @Override
    public void beforeAll(ExtensionContext context) {
      stage(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
      LogCheck check = LogCheck.fromNow(stage(context).operatorLog());
      store(context).put(LogCheck.class, check);
    }

    @Override
    public void afterEach(ExtensionContext context) {
      LogCheck check = Objects.requireNonNull(store(context).get(LogCheck.class, LogCheck.class));
      List<String> expected =
          Stream.of(context.getTestMethod(), context.getTestClass())
              .flatMap(element -> findAnnotation(element, ExpectLog.class).stream())
              .flatMap(announced -> Stream.of(announced.value()))
              .toList();
      assertThat(check.unexpected(Tenant.names(), expected))
          .as("what the operator logged, and no @ExpectLog of this scenario announces")
          .isEmpty();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      Class<?> type = parameter.getParameter().getType();
      return type == Tenant.class || type == Stage.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      Stage stage = stage(context);
      return parameter.getParameter().getType() == Stage.class ? stage : tenant(stage, context);
    }

    /** One a test, and gone with it; one a class where that is asked for before all tests. */
    private static Tenant tenant(Stage stage, ExtensionContext context) {
      return store(context)
          .computeIfAbsent(Tenant.class, key -> Tenant.moveIn(stage), Tenant.class);
    }

    private static ExtensionContext.Store store(ExtensionContext context) {
      return context.getStore(
          ExtensionContext.Namespace.create(Tenant.class, context.getUniqueId()));
    }

    static Stage stage(ExtensionContext context) {
      return context
          .getStore(ExtensionContext.StoreScope.LAUNCHER_SESSION, ExtensionContext.Namespace.GLOBAL)
          .computeIfAbsent(Stage.class, key -> Stage.set(), Stage.class);
    }
  }
}
