package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The packaged operator as a process of its own, as it runs in a cluster. */
public final class OperatorProcess implements AutoCloseable {

  public static final String NAMESPACE = "matview-operator";
  public static final String SERVICE_ACCOUNT = "matview-operator";

  /** With which the image starts it too. */
  public static final Path JVM_OPTIONS = Path.of("src", "main", "docker", "jvm.options");

  /** As if this machine had no more than the chart lets a Pod have. */
  public static final String MEMORY = "-XX:MaxRAM=512m";

  /** As in the image. */
  public static final Map<String, String> VARIABLES = Map.of("MALLOC_ARENA_MAX", "2");

  private static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");

  /** Each probe that finds it not ready is a line in its log. */
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** One for all: each keeps a connection, which is an open file of the operator's. */
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final ChildProcess process;
  private final String url;

  private OperatorProcess(ChildProcess process, String url) {
    this.process = process;
    this.url = url;
  }

  /** Waits until the operator says that it is ready; what {@code environment} holds wins. */
  public static OperatorProcess start(Path kubeconfig, Path log, Map<String, String> environment) {
    return LoopbackPort.retrying(
        () -> {
          long before = log.toFile().length();
          return launch(kubeconfig, log, environment).awaitReady(log, before);
        });
  }

  /** For one that is to die before long, perhaps before it is ready. */
  public static OperatorProcess launch(Path kubeconfig, Path log, Map<String, String> environment) {
    if (!Files.exists(JAR)) {
      throw new IllegalStateException(JAR + " is missing; `./mvnw package -DskipTests` makes it");
    }
    int port = LoopbackPort.free();
    Map<String, String> variables = new HashMap<>(VARIABLES);
    variables.put("KUBECONFIG", kubeconfig.toAbsolutePath().toString());
    // As in a Pod whose container starts again: it holds the lease of the one that was killed.
    variables.put("HOSTNAME", "matview-operator-0");
    variables.put("QUARKUS_HTTP_HOST", LoopbackPort.HOST);
    variables.put("QUARKUS_HTTP_PORT", String.valueOf(port));
    variables.putAll(environment);
    ChildProcess process = ChildProcess.start("The operator", command(), variables, log);
    return new OperatorProcess(process, "http://" + LoopbackPort.HOST + ":" + port);
  }

  /** Where the port was taken meanwhile, it may be another operator that answers there. */
  private OperatorProcess awaitReady(Path log, long before) {
    HttpProbe probe = HttpProbe.plain();
    String listening = "Listening on: " + url;
    process.awaitReady(
        LIMIT,
        INTERVAL,
        () ->
            LogTail.since(log, before).contains(listening) && probe.isOk(url + "/q/health/ready"));
    return this;
  }

  private static List<String> command() {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return List.of(java.toString(), MEMORY, "@" + JVM_OPTIONS, "-jar", JAR.toString());
  }

  /** Where it answers HTTP, such as /q/metrics. */
  public String url() {
    return url;
  }

  /** What it tells Prometheus now, as text. */
  public String metrics() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/q/metrics"))
            .header("Accept", "text/plain")
            .build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** What it answers there, such as 200 at /q/health/live; 0 when nothing comes. */
  public int status(String path) {
    return HttpProbe.plain().status(url + path);
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Empty if it still runs after that time. */
  public OptionalInt exitStatus(Duration limit) {
    return process.exitedWithin(limit) ? OptionalInt.of(process.exitStatus()) : OptionalInt.empty();
  }

  /** SIGKILL: it gets no chance to tidy up. */
  public void kill() {
    process.kill();
  }

  /** SIGTERM, as Kubernetes sends it; {@link #close} also waits. */
  public void terminate() {
    process.terminate();
  }

  /** Such as STOP and CONT. */
  public void signal(String signal) {
    process.signal(signal);
  }

  /** What the JVM answers to one of jcmd's commands, such as GC.run. */
  public String jcmd(String command) {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    return Commands.run(List.of(jcmd.toString(), String.valueOf(pid()), command), Map.of());
  }

  ChildProcess process() {
    return process;
  }

  @Override
  public void close() {
    process.close();
  }
}
