package dev.matviews.controller;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.net.HttpURLConnection;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a status with the resourceVersion that it was computed from, and only when it differs.
 *
 * <p>The framework's usual way sends no resourceVersion and loses a spec edit that comes at the
 * same moment; this way the edit wins and the object is looked at again.
 */
final class StatusWriter {

  /** What became of it. */
  enum Result {
    Unchanged,
    Written,
    /** Somebody was faster; the object has to be looked at again, whether or not an event comes. */
    Conflict,
    Gone
  }

  private StatusWriter() {}

  /**
   * By a reconciler.
   *
   * @param copy an empty object of the same kind
   */
  static <S, T, R extends CustomResource<S, T>> Result write(
      Context<R> context, R object, R copy, @Nullable T old, T next) {
    return write(context.resourceOperations()::updatePrimaryStatus, object, copy, old, next);
  }

  /** By whoever has no context, over the client itself. */
  static <S, T, R extends CustomResource<S, T>> Result write(
      Consumer<R> update, R object, R copy, @Nullable T old, T next) {
    if (Objects.equals(old, next)) {
      return Result.Unchanged;
    }
    copy.setMetadata(object.getMetadata());
    copy.setSpec(object.getSpec());
    copy.setStatus(next);
    try {
      update.accept(copy);
      return Result.Written;
    } catch (KubernetesClientException e) {
      return switch (e.getCode()) {
        case HttpURLConnection.HTTP_CONFLICT -> Result.Conflict;
        case HttpURLConnection.HTTP_NOT_FOUND -> Result.Gone;
        default -> throw e;
      };
    }
  }
}
