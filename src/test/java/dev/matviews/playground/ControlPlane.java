package dev.matviews.playground;

import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Kubernetes API with nothing behind it: etcd and kube-apiserver as processes on loopback, no
 * nodes and no controllers.
 */
public final class ControlPlane implements AutoCloseable {

  private static final Duration TOKEN_LIFETIME = Duration.ofHours(24);

  private final Path folder;
  private final Path binaries;
  private final Etcd etcd;
  private final ApiServer apiServer;
  private final Path adminKubeconfig;
  private final KubernetesClient client;

  private ControlPlane(Path folder, Path binaries, Etcd etcd, ApiServer apiServer) {
    this.folder = folder;
    this.binaries = binaries;
    this.etcd = etcd;
    this.apiServer = apiServer;
    this.adminKubeconfig = kubeconfig("admin", apiServer.adminToken(), "default");
    this.client = clientOf(adminKubeconfig);
  }

  /** Keeps all its files in the folder; {@code apiServerFlags} come after its own flags. */
  public static ControlPlane start(Path folder, Progress progress, String... apiServerFlags) {
    Path home = folder.toAbsolutePath();
    Path binaries = ControlPlaneBinaries.ofEnvironment(progress).provide();
    try {
      Files.createDirectories(home);
    } catch (IOException e) {
      throw new UncheckedIOException("The folder " + home + " could not be made", e);
    }
    Etcd etcd = Etcd.start(binaries.resolve("etcd"), home);
    try {
      ApiServer apiServer =
          ApiServer.start(
              new ApiServer.Settings(
                  binaries.resolve("kube-apiserver"), home, etcd.url(), List.of(apiServerFlags)));
      return new ControlPlane(home, binaries, etcd, apiServer);
    } catch (RuntimeException e) {
      etcd.close();
      throw e;
    }
  }

  public String url() {
    return apiServer.url();
  }

  /** Of its API server, on loopback. */
  public int port() {
    return URI.create(url()).getPort();
  }

  public String etcdUrl() {
    return etcd.url();
  }

  /** As a member of system:masters, to whom no rule applies. */
  public Path adminKubeconfig() {
    return adminKubeconfig;
  }

  public KubernetesClient client() {
    return client;
  }

  public Kubectl kubectl() {
    return new Kubectl(binaries.resolve("kubectl"), adminKubeconfig);
  }

  public Helm helm(Progress progress) {
    return Helm.of(adminKubeconfig, progress);
  }

  /** The folder with etcd, kube-apiserver and kubectl. */
  public Path binaries() {
    return binaries;
  }

  /**
   * As a ServiceAccount that exists, in its namespace, with no more rights than were bound to it.
   */
  public Path serviceAccountKubeconfig(String namespace, String name) {
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withExpirationSeconds(TOKEN_LIFETIME.toSeconds())
            .endSpec()
            .build();
    TokenRequest answer =
        client.serviceAccounts().inNamespace(namespace).withName(name).tokenRequest(request);
    return kubeconfig(namespace + "-" + name, answer.getStatus().getToken(), namespace);
  }

  public static KubernetesClient clientOf(Path kubeconfig) {
    try {
      return new KubernetesClientBuilder()
          .withConfig(Config.fromKubeconfig(Files.readString(kubeconfig)))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException("The kubeconfig " + kubeconfig + " could not be read", e);
    }
  }

  /** The API server gets a signal, such as STOP and CONT. */
  public void signalApiServer(String signal) {
    apiServer.process().signal(signal);
  }

  /** So that it is there when it is started, and is not built beside what others measure. */
  public void provideControllerManager(Progress progress) {
    ControllerManager.binary(binaries, progress);
  }

  /**
   * The controllers without which a namespace that is deleted stays for ever and a Deployment has
   * no Pods; they work until the caller closes them.
   */
  public ControllerManager startControllerManager(Progress progress) {
    return ControllerManager.start(
        ControllerManager.binary(binaries, progress), folder, adminKubeconfig);
  }

  Stream<ChildProcess> processes() {
    return Stream.of(etcd.process(), apiServer.process());
  }

  private Path kubeconfig(String user, String token, String namespace) {
    return new Kubeconfig(apiServer.url(), apiServer.certificates(), user, token, namespace)
        .writeTo(folder.resolve(user + ".kubeconfig"));
  }

  @Override
  public void close() {
    client.close();
    apiServer.close();
    etcd.close();
  }
}
