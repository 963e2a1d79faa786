package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matviews.controller.OperatorConfig;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.IPBlock;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator's Pod, before an API server that takes only what Pod Security calls restricted. */
class PodTest {

  private static final String NAMESPACE = "restricted";
  private static final KubernetesClient CLIENT = TestApiServer.client();

  @BeforeAll
  static void restrict() {
    CLIENT
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build())
        .create();
  }

  @Test
  @DisplayName("is taken as it is")
  void taken() throws IOException {
    assertThat(CLIENT.resource(pod(spec -> {})).dryRun().create()).isNotNull();
  }

  static Stream<Arguments> softer() {
    return Stream.of(
        Arguments.of("runAsNonRoot", soften(s -> s.getSecurityContext().setRunAsNonRoot(null))),
        Arguments.of("seccompProfile", soften(s -> s.getSecurityContext().setSeccompProfile(null))),
        Arguments.of(
            "allowPrivilegeEscalation",
            soften(s -> operator(s).getSecurityContext().setAllowPrivilegeEscalation(null))),
        Arguments.of(
            "capabilities", soften(s -> operator(s).getSecurityContext().setCapabilities(null))));
  }

  private static Consumer<PodSpec> soften(Consumer<PodSpec> change) {
    return change;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("softer")
  @DisplayName("would be refused without")
  void refused(String what, Consumer<PodSpec> change) throws IOException {
    Pod softer = pod(change);
    assertThatThrownBy(() -> CLIENT.resource(softer).dryRun().create()).hasMessageContaining(what);
  }

  @Test
  @DisplayName("writes to memory only, and holds nothing of its node")
  void files() throws IOException {
    PodSpec spec = read(Deployment.class).getSpec().getTemplate().getSpec();
    assertThat(operator(spec).getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(spec.getVolumes())
        .allSatisfy(volume -> assertThat(volume.getEmptyDir().getMedium()).isEqualTo("Memory"));
    assertThat(spec.getServiceAccountName()).isEqualTo("matview-operator");
  }

  @Test
  @DisplayName("has a network that leads nowhere where the operator would not go")
  void network() throws IOException, ReflectiveOperationException {
    NetworkPolicy policy = read(NetworkPolicy.class);
    Deployment deployment = read(Deployment.class);
    assertThat(CLIENT.resource(policy).inNamespace(NAMESPACE).dryRun().create()).isNotNull();
    assertThat(policy.getSpec().getPodSelector().getMatchLabels())
        .isEqualTo(deployment.getSpec().getTemplate().getMetadata().getLabels());
    assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
    assertThat(policy.getSpec().getEgress())
        .flatExtracting(NetworkPolicyEgressRule::getTo)
        .extracting(NetworkPolicyPeer::getIpBlock)
        .filteredOn(Objects::nonNull)
        .flatExtracting(IPBlock::getExcept)
        .containsOnly(refusedNetworks());
  }

  private static String[] refusedNetworks() throws ReflectiveOperationException {
    WithDefault usual =
        OperatorConfig.class.getMethod("refusedNetworks").getAnnotation(WithDefault.class);
    return usual.value().split(",", -1);
  }

  private static Container operator(PodSpec spec) {
    return spec.getContainers().get(0);
  }

  private static Pod pod(Consumer<PodSpec> change) throws IOException {
    PodSpec spec = read(Deployment.class).getSpec().getTemplate().getSpec();
    change.accept(spec);
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName("operator")
        .withLabels(Map.of())
        .endMetadata()
        .withSpec(spec)
        .build();
  }

  private static <T extends HasMetadata> T read(Class<T> kind) throws IOException {
    return Stream.of(Files.readString(Path.of("deploy", "workload.yaml")).split("(?m)^---$", -1))
        .<Object>map(CLIENT.getKubernetesSerialization()::unmarshal)
        .filter(kind::isInstance)
        .map(kind::cast)
        .findFirst()
        .orElseThrow();
  }
}
