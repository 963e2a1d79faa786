package dev.matviews.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.function.Consumer;

/**
 * Brings an object back to its reconciler when something outside Kubernetes has happened, and tells
 * when an object is going or gone.
 */
final class Wake<P extends HasMetadata> extends SimpleInboundEventSource<P>
    implements ResourceEventAware<P> {

  private final Consumer<P> onDeleted;

  Wake(String name, Consumer<P> onDeleted) {
    super(name);
    this.onDeleted = onDeleted;
  }

  /** While somebody's finalizer keeps an object, its reconciler is never asked. */
  @Override
  public void onResourceUpdated(P resource, P before) {
    if (resource.isMarkedForDeletion() && !before.isMarkedForDeletion()) {
      onDeleted.accept(resource);
    }
  }

  @Override
  public void onResourceDeleted(P resource) {
    onDeleted.accept(resource);
  }
}
