package dev.matviews.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Sees the events of all objects of a kind before the reconciler's filters do, on the thread that
 * brings them and in replicas that do not lead as well. It brings nothing to the reconciler.
 */
final class Sightings<P extends HasMetadata> extends AbstractEventSource<Void, P>
    implements ResourceEventAware<P> {

  private final Consumer<P> seen;
  private final Consumer<P> gone;

  Sightings(String name, Consumer<P> seen, Consumer<P> gone) {
    super(Void.class, name);
    this.seen = seen;
    this.gone = gone;
  }

  @Override
  public void onResourceCreated(P object) {
    seen.accept(object);
  }

  @Override
  public void onResourceUpdated(P object, P before) {
    seen.accept(object);
  }

  @Override
  public void onResourceDeleted(P object) {
    gone.accept(object);
  }

  @Override
  public Set<Void> getSecondaryResources(P primary) {
    return Set.of();
  }
}
