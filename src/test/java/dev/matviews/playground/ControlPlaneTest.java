package dev.matviews.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneTest {

  private static final String NAMESPACE = "default";

  private static Path folder;
  private static ControlPlane controlPlane;

  @BeforeAll
  static void start(@TempDir Path empty) {
    folder = empty;
    controlPlane =
        ControlPlane.start(
            folder.resolve("controlplane"),
            Progress.toStandardError(),
            "--audit-policy-file=" + auditPolicy(),
            "--audit-log-path=" + folder.resolve("audit.log"));
  }

  @AfterAll
  static void stop() {
    controlPlane.close();
  }

  @Test
  void servesTheWantedReleaseToItsAdmin() {
    assertThat(controlPlane.client().getKubernetesVersion().getMinor())
        .isEqualTo(String.valueOf(WantedVersion.ofEnvironment().version().minor()));
    assertThat(controlPlane.kubectl().run("auth", "can-i", "*", "*")).startsWith("yes");
  }

  @Test
  void refusesWhoeverComesWithoutAToken() throws IOException, GeneralSecurityException {
    var certificates = Pem.readCertificates(folder.resolve("controlplane/apiserver.crt"));
    HttpProbe anonymous = HttpProbe.trusting(certificates, Map.of());
    assertThat(anonymous.status(controlPlane.url() + "/api")).isEqualTo(401);
  }

  @Test
  void aServiceAccountMayDoWhatItWasGrantedAndNoMore() {
    controlPlane.kubectl().run("create", "serviceaccount", "reader");
    controlPlane.kubectl().run("create", "role", "reader", "--verb=get", "--resource=secrets");
    controlPlane
        .kubectl()
        .run("create", "rolebinding", "reader", "--role=reader", "--serviceaccount=default:reader");
    controlPlane.kubectl().run("create", "secret", "generic", "readable");
    Path kubeconfig = controlPlane.serviceAccountKubeconfig(NAMESPACE, "reader");
    try (KubernetesClient reader = ControlPlane.clientOf(kubeconfig)) {
      assertThat(reader.secrets().inNamespace(NAMESPACE).withName("readable").get()).isNotNull();
      assertForbidden(() -> reader.secrets().inNamespace(NAMESPACE).list());
      assertForbidden(() -> reader.configMaps().inNamespace(NAMESPACE).list());
    }
  }

  @Test
  void bothServersListenOnLoopbackOnly() {
    assertThat(ListeningSockets.addressesOf(URI.create(controlPlane.url()).getPort()))
        .containsExactly("127.0.0.1");
    assertThat(ListeningSockets.addressesOf(URI.create(controlPlane.etcdUrl()).getPort()))
        .containsExactly("127.0.0.1");
  }

  @Test
  void appliesFilesAndEstablishesCrds() throws IOException {
    Path crds = Files.createDirectories(folder.resolve("crds"));
    Files.writeString(crds.resolve("things.yaml"), CRD);
    controlPlane.kubectl().establishCrds(crds);
    Path thing = Files.writeString(folder.resolve("thing.yaml"), THING);
    controlPlane.kubectl().apply(thing);
    assertThat(controlPlane.kubectl().run("get", "things", "-o", "name"))
        .contains("thing.test.matviews.dev/one");
  }

  @Test
  void passesMoreFlagsToTheApiServer() {
    controlPlane
        .client()
        .resource(
            new ConfigMapBuilder().withNewMetadata().withName("audited").endMetadata().build())
        .inNamespace(NAMESPACE)
        .create();
    assertThat(folder.resolve("audit.log")).content().contains("configmaps");
  }

  @Test
  void closingEndsBothProcessesAndMayBeRepeated() {
    ControlPlane other = ControlPlane.start(folder.resolve("other"), Progress.toStandardError());
    var processes = other.processes().toList();
    assertThat(processes).hasSize(2).allMatch(ChildProcess::isAlive);
    other.close();
    other.close();
    assertThat(processes).noneMatch(ChildProcess::isAlive);
  }

  private static void assertForbidden(ThrowingCallable request) {
    assertThatThrownBy(request)
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
  }

  private static Path auditPolicy() {
    try {
      return Files.writeString(
          folder.resolve("audit.yaml"),
          """
          apiVersion: audit.k8s.io/v1
          kind: Policy
          rules:
            - level: Metadata
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final String CRD =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        name: things.test.matviews.dev
      spec:
        group: test.matviews.dev
        scope: Namespaced
        names: {plural: things, singular: thing, kind: Thing}
        versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema: {type: object}
      """;

  private static final String THING =
      """
      apiVersion: test.matviews.dev/v1
      kind: Thing
      metadata:
        name: one
        namespace: default
      """;
}
