package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.IndexSpec;
import dev.matviews.api.v1alpha1.MaterializedViewSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two teams, or a team and its GitOps tool, share one object. */
class ServerSideApplyTest {

  private static final String NAME = "metadata: {name: shared}";

  /** An applier says only what it cares for. */
  private static final String ONLY = "spec: {connectionRef: null, sql: null}";

  @AfterEach
  void delete() {
    TestApiServer.client().resource(Objects.view(NAME)).delete();
  }

  @Test
  @DisplayName("each owns its own index, and the other's survives")
  void indexes() {
    Objects.apply("one", Objects.view(NAME, "spec: {indexes: [{name: a, columns: [x]}]}"));
    var both =
        Objects.apply(
            "two", Objects.view(NAME, ONLY, "spec: {indexes: [{name: b, columns: [y]}]}"));
    assertThat(indexNames(both)).containsExactly("a", "b");

    var left = Objects.apply("one", Objects.view(NAME));
    assertThat(indexNames(left)).containsExactly("b");
  }

  @Test
  @DisplayName("each owns its own grants, also of one role, and the other's survive")
  void grants() {
    Objects.apply("one", Objects.view(NAME, granting("a: SELECT", "both: TRIGGER")));
    var both =
        Objects.apply("two", Objects.view(NAME, ONLY, granting("b: SELECT", "both: SELECT")));
    assertThat(grantsOf(both))
        .containsExactlyInAnyOrder("a [SELECT]", "both [TRIGGER, SELECT]", "b [SELECT]");

    var left = Objects.apply("one", Objects.view(NAME));
    assertThat(grantsOf(left)).containsExactlyInAnyOrder("both [SELECT]", "b [SELECT]");
  }

  @Test
  @DisplayName("one field has one owner: the second is told of the first")
  void conflict() {
    Objects.apply("one", Objects.view(NAME));
    var other = Objects.view(NAME, ONLY, "spec: {sql: select 2}");
    assertThat(Objects.refusalOf(() -> Objects.apply("two", other)))
        .contains("conflict with \"one\"", ".spec.sql");
  }

  @Test
  @DisplayName("the kinds are kept as they are written: whoever else applies them has no conflict")
  void kinds() {
    assertThat(
            TestApiServer.kubectl()
                .run("apply", "--server-side", "--field-manager=another", "-f", "crds"))
        .contains("serverside-applied");
  }

  private static List<String> indexNames(GenericKubernetesResource view) {
    return specOf(view).indexes().stream().map(IndexSpec::name).toList();
  }

  /** Of lines such as {@code role: SELECT}. */
  private static String granting(String... grants) {
    return Arrays.stream(grants)
        .map(grant -> grant.replaceAll("(.*): (.*)", "{role: $1, privileges: [$2]}"))
        .collect(Collectors.joining(", ", "spec: {grants: [", "]}"));
  }

  private static List<String> grantsOf(GenericKubernetesResource view) {
    return specOf(view).grants().stream().map(g -> g.role() + " " + g.privileges()).toList();
  }

  private static MaterializedViewSpec specOf(GenericKubernetesResource view) {
    return TestApiServer.client()
        .getKubernetesSerialization()
        .convertValue(view.get("spec"), MaterializedViewSpec.class);
  }
}
