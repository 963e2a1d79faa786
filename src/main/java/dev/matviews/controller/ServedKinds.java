package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import dev.matviews.api.v1alpha1.PostgresConnection;
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
    for (Class<? extends HasMetadata> kind : KINDS) {
      APIResourceList served = client.getApiResources(HasMetadata.getApiVersion(kind));
      String plural = HasMetadata.getPlural(kind);
      if (served == null
          || served.getResources().stream().noneMatch(found -> found.getName().equals(plural))) {
        throw new MissingCRDException(
            HasMetadata.getFullResourceName(kind), HasMetadata.getVersion(kind));
      }
    }
  }
}
