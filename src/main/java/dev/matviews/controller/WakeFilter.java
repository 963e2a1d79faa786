package dev.matviews.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which changes of an object are for its reconciler: its spec and a requested refresh. Its own
 * writes of the status are not, nor are other people's labels and annotations.
 */
public final class WakeFilter implements OnUpdateFilter<HasMetadata> {

  @Override
  public boolean accept(HasMetadata now, HasMetadata before) {
    return !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || !Objects.equals(request(now), request(before));
  }

  /** Null without one; an empty value asks for a refresh as any other. */
  private static @Nullable String request(HasMetadata object) {
    return object.getMetadata().getAnnotations().get(DesiredView.REFRESH_REQUESTED_AT);
  }
}
