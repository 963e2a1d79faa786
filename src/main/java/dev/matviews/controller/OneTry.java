package dev.matviews.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Duration;

/**
 * The API server for those who would rather have no answer than wait for it: by itself the client
 * asks one that is away for some twenty seconds.
 */
final class OneTry {

  private OneTry() {}

  static KubernetesClient of(KubernetesClient client, Duration limit) {
    RequestConfig once =
        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
            .withRequestRetryBackoffLimit(0)
            .withRequestTimeout((int) limit.toMillis())
            .build();
    return client.newClient(once).adapt(KubernetesClient.class);
  }
}
