package dev.matviews.controller;

import dev.matviews.api.v1alpha1.DeletionPolicy;
import dev.matviews.api.v1alpha1.MaterializedView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The mark that keeps an object until its view is dropped: there under {@code deletionPolicy:
 * Delete} only, so that under Retain nothing ever stands in the way of a deletion.
 *
 * <p>Every write names the object's uid, so that none meets another object of the same name.
 */
@ApplicationScoped
public class Finalizer {

  static final String NAME = "matviews.dev/drop-view";

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("matview-operator-finalizer")
          .build();

  private final KubernetesClient client;

  Finalizer(KubernetesClient client) {
    this.client = client;
  }

  static boolean isOn(HasMetadata object) {
    return object.getMetadata().getFinalizers().contains(NAME);
  }

  static boolean isWanted(MaterializedView object) {
    return object.getSpec().deletionPolicy() == DeletionPolicy.Delete;
  }

  /** Whether the object's end has to do with the database, now or after its next pass. */
  static boolean concerns(MaterializedView object) {
    return isOn(object) || isWanted(object);
  }

  /**
   * Puts it on or takes it off as the policy wants.
   *
   * @return whether the object that was given is out of date now
   */
  boolean settle(MaterializedView object) {
    if (object.isMarkedForDeletion() || isOn(object) == isWanted(object)) {
      return false;
    }
    if (isWanted(object)) {
      unlessGone(
          object,
          HasMetadata::isMarkedForDeletion,
          () -> apply(object, object.getMetadata().getResourceVersion(), List.of(NAME)));
    } else {
      remove(object);
    }
    return true;
  }

  /** The object as it is now, while it stands and carries the mark. */
  Optional<MaterializedView> standing(MaterializedView object) {
    return now(object).filter(Finalizer::isOn);
  }

  private Optional<MaterializedView> now(MaterializedView object) {
    MaterializedView now =
        client
            .resources(MaterializedView.class)
            .inNamespace(object.getMetadata().getNamespace())
            .withName(object.getMetadata().getName())
            .get();
    return Optional.ofNullable(now)
        .filter(o -> o.getMetadata().getUid().equals(object.getMetadata().getUid()));
  }

  void remove(MaterializedView object) {
    Predicate<MaterializedView> isOff = now -> !isOn(now);
    unlessGone(object, isOff, () -> apply(object, null, List.of()))
        .filter(Finalizer::isOn)
        .ifPresent(left -> unlessGone(left, isOff, () -> edit(left)));
  }

  private MaterializedView apply(
      MaterializedView object, @Nullable String resourceVersion, List<String> finalizers) {
    MaterializedView marks = new MaterializedView();
    marks.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(object.getMetadata().getNamespace())
            .withName(object.getMetadata().getName())
            .withUid(object.getMetadata().getUid())
            .withResourceVersion(resourceVersion)
            .withFinalizers(finalizers)
            .build());
    return client.resource(marks).patch(APPLY);
  }

  /**
   * Of an object restored from a backup the mark is somebody else's too, and an apply leaves it.
   */
  private MaterializedView edit(MaterializedView object) {
    String version = object.getMetadata().getResourceVersion();
    object.getMetadata().setResourceVersion(null);
    return client
        .resource(object)
        .edit(
            o -> {
              o.getMetadata().setResourceVersion(version);
              o.getMetadata().getFinalizers().remove(NAME);
              return o;
            });
  }

  /**
   * Not found, or a conflict with another uid or version: gone, or changed so that it will be
   * looked at again. Unprocessable: a mark cannot be put on what is being deleted; but that is also
   * the answer of a policy that denies the write, which has to be tried again.
   *
   * @param settled whether the object is such that there is nothing to write any more
   */
  private Optional<MaterializedView> unlessGone(
      MaterializedView object,
      Predicate<MaterializedView> settled,
      Supplier<MaterializedView> write) {
    try {
      return Optional.ofNullable(write.get());
    } catch (KubernetesClientException e) {
      return switch (e.getCode()) {
        case 404, 409 -> Optional.empty();
        case 422 -> {
          if (now(object).filter(settled.negate()).isPresent()) {
            throw e;
          }
          yield Optional.empty();
        }
        default -> throw e;
      };
    }
  }
}
