package dev.matviews.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which changes of an object are for its reconciler: that it is another one of the same name, its
 * spec, a requested refresh, an approval, a status that somebody has deleted, and a finalizer that
 * somebody has taken off, as a replace does. Its own writes of the status are not, nor are other
 * people's labels and annotations.
 */
public final class WakeFilter implements OnUpdateFilter<HasMetadata> {

  @Override
  public boolean accept(HasMetadata now, HasMetadata before) {
    return !Objects.equals(now.getMetadata().getUid(), before.getMetadata().getUid())
        || !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || !Objects.equals(
            annotation(now, DesiredView.REFRESH_REQUESTED_AT),
            annotation(before, DesiredView.REFRESH_REQUESTED_AT))
        || !Objects.equals(
            annotation(now, DesiredView.APPROVED_CHANGE),
            annotation(before, DesiredView.APPROVED_CHANGE))
        || (hasStatus(before) && !hasStatus(now))
        || (Finalizer.isOn(before) && !Finalizer.isOn(now));
  }

  private static boolean hasStatus(HasMetadata object) {
    return object instanceof CustomResource<?, ?> resource
        && Unobserved.asNull(resource.getStatus()) != null;
  }

  /** Null without one; an empty value asks for a refresh as any other. */
  private static @Nullable String annotation(HasMetadata object, String name) {
    return object.getMetadata().getAnnotations().get(name);
  }
}
