package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import dev.matviews.api.v1alpha1.PostgresConnection;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.MissingCRDException;
import java.util.List;

/**
 * Whether the API server has our kinds, by what everybody may ask it. The framework would read the
 * CRDs themselves, which an operator of some namespaces may not.
 */
final class ServedKinds {

  private static final List<Class<? extends HasMetadata>> KINDS =
      List.of(MaterializedView.class, PostgresConnection.class, MaterializedViewRefresh.class);

  private ServedKinds() {}

  /**
   * Lets the operator start where all are there.
   *
   * @throws MissingCRDException for the first that is not
   */
  static void require(KubernetesClient client) {
    List<String> served = namesServed(client);
    for (Class<? extends HasMetadata> kind : KINDS) {
      if (!served.contains(HasMetadata.getPlural(kind))) {
        throw new MissingCRDException(
            HasMetadata.getFullResourceName(kind), HasMetadata.getVersion(kind));
      }
    }
  }

  /** One answer has them all: they are of one group and version. */
  private static List<String> namesServed(KubernetesClient client) {
    APIResourceList answer =
        client.getApiResources(HasMetadata.getApiVersion(MaterializedView.class));
    return answer == null
        ? List.of()
        : answer.getResources().stream().map(APIResource::getName).toList();
  }
}
