package dev.matviews.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;

/**
 * Objects as people write them: the smallest one of its kind, with some lines of YAML merged in.
 */
final class Objects {

  private static final YAMLMapper YAML = new YAMLMapper();

  private static final String VIEW =
      """
      apiVersion: matviews.dev/v1alpha1
      kind: MaterializedView
      metadata: {name: daily-totals, namespace: default}
      spec: {connectionRef: {name: pg}, sql: select 1 as one}
      """;

  private static final String CONNECTION =
      """
      apiVersion: matviews.dev/v1alpha1
      kind: PostgresConnection
      metadata: {name: pg, namespace: default}
      spec: {secretRef: {name: pg-app}}
      """;

  private static final String RUN =
      """
      apiVersion: matviews.dev/v1alpha1
      kind: MaterializedViewRefresh
      metadata: {name: daily-totals-now, namespace: default}
      spec: {materializedViewRef: {name: daily-totals}}
      """;

  private Objects() {}

  /** In the merged lines a null takes a field away. */
  static GenericKubernetesResource view(String... lines) {
    return merged(VIEW, lines);
  }

  static GenericKubernetesResource connection(String... lines) {
    return merged(CONNECTION, lines);
  }

  static GenericKubernetesResource run(String... lines) {
    return merged(RUN, lines);
  }

  /** What the API server makes of the object, which it does not keep. */
  static GenericKubernetesResource tryCreate(GenericKubernetesResource object) {
    return TestApiServer.client()
        .resource(object)
        .dryRun()
        .fieldValidation(Validation.STRICT)
        .create();
  }

  /** As {@code kubectl apply --server-side --force-conflicts --dry-run=server}. */
  static GenericKubernetesResource tryApply(GenericKubernetesResource object) {
    return TestApiServer.client()
        .resource(object)
        .dryRun()
        .fieldManager("kubectl")
        .forceConflicts()
        .serverSideApply();
  }

  /** As {@code kubectl apply --server-side}, by the named field manager. */
  static GenericKubernetesResource apply(String manager, GenericKubernetesResource object) {
    return TestApiServer.client().resource(object).fieldManager(manager).serverSideApply();
  }

  /** The message that kubectl prints when this is refused; empty when it is not. */
  static String refusalOf(Runnable write) {
    try {
      write.run();
      return "";
    } catch (KubernetesClientException e) {
      return String.valueOf(e.getStatus().getMessage());
    }
  }

  private static GenericKubernetesResource merged(String base, String... lines) {
    try {
      JsonNode tree = YAML.readTree(base);
      for (String line : lines) {
        tree = YAML.readerForUpdating(tree).readTree(line);
      }
      removeNulls((ObjectNode) tree);
      return YAML.treeToValue(tree, GenericKubernetesResource.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static void removeNulls(ObjectNode node) {
    node.properties().removeIf(field -> field.getValue().isNull());
    node.forEach(
        child -> {
          if (child instanceof ObjectNode object) {
            removeNulls(object);
          }
        });
  }
}
