package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The MaterializedViews that stand on a connection, and how to bring them back to work. */
@ApplicationScoped
public class Views {

  private final Waiting waiting = new Waiting();
  private volatile @Nullable IndexerResourceCache<MaterializedView> cache;
  private volatile @Nullable Wake<MaterializedView> wake;

  void attach(IndexerResourceCache<MaterializedView> objects, Wake<MaterializedView> source) {
    cache = objects;
    wake = source;
  }

  Waiting waiting() {
    return waiting;
  }

  List<MaterializedView> on(ResourceID connection) {
    IndexerResourceCache<MaterializedView> objects = cache;
    if (objects == null) {
      return List.of();
    }
    String namespace = connection.getNamespace().orElse("");
    return objects.list(namespace, view -> connectionOf(view).equals(connection)).toList();
  }

  static ResourceID connectionOf(MaterializedView view) {
    return new ResourceID(view.getSpec().connectionRef().name(), view.getMetadata().getNamespace());
  }

  void wake(ResourceID view) {
    Objects.requireNonNull(wake, "before the event sources are there nothing can end")
        .propagateEvent(view);
  }

  /** The connection has become usable, or another one, or has stopped being so. */
  void wakeAll(ResourceID connection) {
    on(connection).forEach(view -> wake(ResourceID.fromResource(view)));
  }

  /** A view of this connection was made or filled: others may have waited for it. */
  void stir(ResourceID connection) {
    waiting.stir(connection, this::wake);
  }
}
