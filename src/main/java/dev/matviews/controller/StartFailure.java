package dev.matviews.controller;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.MissingCRDException;
import java.net.HttpURLConnection;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Why the operator cannot start, for whoever reads its log. */
final class StartFailure {

  private static final int TOO_MANY_REQUESTS = 429;

  private StartFailure() {}

  /**
   * Whether the API server has said something that waiting does not change.
   *
   * @param code of HTTP; 0 where nothing came
   */
  static boolean isAnswer(int code) {
    return code > 0 && code != TOO_MANY_REQUESTS && code < HttpURLConnection.HTTP_INTERNAL_ERROR;
  }

  static String explain(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .flatMap(StartFailure::known)
        .findFirst()
        .orElseGet(() -> "The operator could not start: " + root(failure));
  }

  private static Stream<String> known(Throwable cause) {
    if (cause instanceof MissingCRDException missing) {
      return Stream.of(
          "The CRD %s is missing, so the operator could not start; apply crds/ first"
              .formatted(missing.getCrdName()));
    }
    if (cause instanceof KubernetesClientException refused && isAnswer(refused.getCode())) {
      return Stream.of(
          "The API server refused what the operator needs to start (HTTP %d); %s"
              .formatted(refused.getCode(), remedy(refused.getNamespace())));
    }
    return Stream.of();
  }

  private static String remedy(@Nullable String namespace) {
    return namespace == null
        ? "see whether the roles of deploy/operator.yaml are applied and bound to its"
            + " ServiceAccount"
        : "see whether namespace %s is there and has its Role and RoleBinding, else take it off"
                .formatted(namespace)
            + " MATVIEWS_WATCH_NAMESPACES, the chart's watch.namespaces";
  }

  private static String root(Throwable failure) {
    Throwable root = failure;
    for (Throwable next = failure; next != null; next = next.getCause()) {
      root = next;
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
