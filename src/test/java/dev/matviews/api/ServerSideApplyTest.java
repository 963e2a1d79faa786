package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
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
  @DisplayName("one field has one owner: the second is told of the first")
  void conflict() {
    Objects.apply("one", Objects.view(NAME));
    var other = Objects.view(NAME, ONLY, "spec: {sql: select 2}");
    assertThat(Objects.refusalOf(() -> Objects.apply("two", other)))
        .contains("conflict with \"one\"", ".spec.sql");
  }

  private static List<String> indexNames(GenericKubernetesResource view) {
    return new ObjectMapper().valueToTree(view).at("/spec/indexes").findValuesAsText("name");
  }
}
