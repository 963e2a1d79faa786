package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people may do who have view, edit or admin: asked of the API server, role by role. */
class UserRolesTest {

  private static final String NAMESPACE = "user-roles";
  private static final List<String> ROLES = List.of("view", "edit", "admin");
  private static final KubernetesClient CLIENT = TestApiServer.client();

  @BeforeAll
  static void bind() {
    TestApiServer.kubectl().apply(Path.of("deploy", "user-roles.yaml"));
    CLIENT
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
    ROLES.forEach(UserRolesTest::bind);
    // What is bound counts once the API server's own watch has brought it there.
    ROLES.forEach(
        role ->
            await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> may(role, "get", "materializedviews")));
  }

  private static void bind(String role) {
    CLIENT
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(role)
                .endMetadata()
                .withNewRoleRef(
                    "rbac.authorization.k8s.io", "ClusterRole", "matview-operator-" + role)
                .addNewSubject("rbac.authorization.k8s.io", "User", "has-" + role, null)
                .build())
        .create();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "materializedviews, view edit admin, edit admin",
    "materializedviewrefreshes, view edit admin, edit admin",
    "postgresconnections, view edit admin, admin",
    "secrets, '', ''",
    "materializedviews/status, '', ''",
  })
  @DisplayName("who may read and write what")
  void rights(String resource, String readers, String writers) {
    for (String verb : List.of("get", "list", "watch")) {
      assertThat(who(verb, resource)).as(verb).isEqualTo(readers);
    }
    for (String verb : List.of("create", "update", "patch", "delete", "deletecollection")) {
      assertThat(who(verb, resource)).as(verb).isEqualTo(writers);
    }
  }

  private static String who(String verb, String resource) {
    return String.join(" ", ROLES.stream().filter(role -> may(role, verb, resource)).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"view", "edit", "admin"})
  @DisplayName("each is picked up by the role of Kubernetes that it is named after")
  void aggregated(String role) {
    Map<String, String> labels = clusterRole("matview-operator-" + role).getMetadata().getLabels();
    List<LabelSelector> selectors =
        clusterRole(role).getAggregationRule().getClusterRoleSelectors();
    assertThat(selectors)
        .singleElement()
        .satisfies(selector -> assertThat(labels).containsAllEntriesOf(selector.getMatchLabels()));
  }

  private static ClusterRole clusterRole(String name) {
    return CLIENT.rbac().clusterRoles().withName(name).require();
  }

  private static boolean may(String role, String verb, String resource) {
    String[] parts = resource.split("/", 2);
    return CLIENT
        .authorization()
        .v1()
        .subjectAccessReview()
        .create(
            new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser("has-" + role)
                .withNewResourceAttributes()
                .withNamespace(NAMESPACE)
                .withGroup(resource.equals("secrets") ? "" : "matviews.dev")
                .withResource(parts[0])
                .withSubresource(parts.length > 1 ? parts[1] : "")
                .withVerb(verb)
                .endResourceAttributes()
                .endSpec()
                .build())
        .getStatus()
        .getAllowed();
  }
}
