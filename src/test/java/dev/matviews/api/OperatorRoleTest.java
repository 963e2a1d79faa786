package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the operator may do, and nothing beside it: the scenarios show that it is enough, and would
 * go on as well with more.
 */
class OperatorRoleTest {

  private static final String NAME = "matview-operator";
  private static final KubernetesClient CLIENT = TestApiServer.client();

  @BeforeAll
  static void apply() {
    TestApiServer.kubectl().apply(Path.of("deploy", "operator.yaml"));
    // What is bound counts once the API server's own watch has brought it there.
    await().atMost(Duration.ofSeconds(10)).until(() -> mayWithSecrets("get"));
  }

  @Test
  @DisplayName("in all namespaces")
  void everywhere() {
    assertThat(rights(CLIENT.rbac().clusterRoles().withName(NAME).require().getRules()))
        .containsExactlyInAnyOrder(
            "materializedviews.matviews.dev get list patch watch",
            "materializedviews/status.matviews.dev update",
            "materializedviewrefreshes.matviews.dev delete list patch watch",
            "materializedviewrefreshes/status.matviews.dev update",
            "postgresconnections.matviews.dev get list watch",
            "postgresconnections/status.matviews.dev update",
            "secrets. get",
            "events.events.k8s.io create");
  }

  @Test
  @DisplayName("in its own")
  void atHome() {
    String lease = "matview-operator-lease";
    assertThat(rights(CLIENT.rbac().roles().inNamespace(NAME).withName(lease).require().getRules()))
        .containsExactlyInAnyOrder(
            "leases.coordination.k8s.io create",
            "leases.coordination.k8s.io get patch update matview-operator");
    assertThat(CLIENT.rbac().roleBindings().inAnyNamespace().list().getItems())
        .filteredOn(binding -> isBound(binding.getSubjects()))
        .extracting(OperatorRoleTest::target)
        .containsExactly(NAME + "/Role/" + lease);
    assertThat(CLIENT.rbac().clusterRoleBindings().list().getItems())
        .filteredOn(binding -> isBound(binding.getSubjects()))
        .extracting(OperatorRoleTest::target)
        .containsExactly("ClusterRole/" + NAME);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"list", "watch", "create", "update", "patch", "delete"})
  @DisplayName("with Secrets it may only get one by its name: whoever holds its token cannot")
  void secrets(String verb) {
    assertThat(mayWithSecrets(verb)).isFalse();
  }

  private static List<String> rights(List<PolicyRule> rules) {
    return rules.stream().flatMap(OperatorRoleTest::rights).toList();
  }

  private static Stream<String> rights(PolicyRule rule) {
    String verbs = " " + String.join(" ", rule.getVerbs().stream().sorted().toList());
    List<String> names =
        rule.getResourceNames().isEmpty()
            ? List.of("")
            : rule.getResourceNames().stream().map(" "::concat).toList();
    return rule.getApiGroups().stream()
        .flatMap(group -> rule.getResources().stream().map(resource -> resource + "." + group))
        .flatMap(resource -> names.stream().map(name -> resource + verbs + name));
  }

  private static boolean isBound(List<Subject> subjects) {
    return subjects.stream().anyMatch(subject -> NAME.equals(subject.getNamespace()));
  }

  private static String target(RoleBinding binding) {
    return "%s/%s/%s"
        .formatted(
            binding.getMetadata().getNamespace(),
            binding.getRoleRef().getKind(),
            binding.getRoleRef().getName());
  }

  private static String target(ClusterRoleBinding binding) {
    return binding.getRoleRef().getKind() + "/" + binding.getRoleRef().getName();
  }

  private static boolean mayWithSecrets(String verb) {
    return CLIENT
        .authorization()
        .v1()
        .subjectAccessReview()
        .create(
            new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser("system:serviceaccount:%s:%s".formatted(NAME, NAME))
                .withNewResourceAttributes()
                .withNamespace("default")
                .withVerb(verb)
                .withResource("secrets")
                .endResourceAttributes()
                .endSpec()
                .build())
        .getStatus()
        .getAllowed();
  }
}
