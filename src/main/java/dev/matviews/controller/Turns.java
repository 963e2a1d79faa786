package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Either a pass or a deletion has an object, never both: a pass that began before the deletion
 * would else make the view again right after it was dropped, and nobody would ever drop that one.
 */
@ApplicationScoped
public class Turns {

  private enum Turn {
    Pass,
    Deletion
  }

  private final Map<String, Turn> byUid = new ConcurrentHashMap<>();

  /** Empty when the object is being deleted. */
  <T> Optional<T> ofPass(MaterializedView object, Supplier<Optional<T>> pass) {
    String uid = object.getMetadata().getUid();
    if (byUid.putIfAbsent(uid, Turn.Pass) != null) {
      return Optional.empty();
    }
    try {
      return pass.get();
    } finally {
      byUid.remove(uid, Turn.Pass);
    }
  }

  /** From the first time that this is true on, the object has had its last pass. */
  boolean isDeletions(MaterializedView object) {
    return byUid.computeIfAbsent(object.getMetadata().getUid(), uid -> Turn.Deletion)
        == Turn.Deletion;
  }

  void forget(MaterializedView object) {
    byUid.remove(object.getMetadata().getUid());
  }
}
