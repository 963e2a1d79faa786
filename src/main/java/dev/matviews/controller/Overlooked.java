package dev.matviews.controller;

import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * Brings objects back to their reconciler that nobody has looked at. The framework forgets the
 * event of one that is made while another of its name, which is just deleted, is being looked at.
 */
@ApplicationScoped
public class Overlooked {

  private static final Duration PERIOD = Duration.ofSeconds(3);

  /** Of a thousand that are made at once the last one waits for less. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Leadership leadership;
  private final List<Kind<?>> kinds = new CopyOnWriteArrayList<>();
  private long lastLook = System.nanoTime();

  Overlooked(Leadership leadership) {
    this.leadership = leadership;
  }

  <P extends CustomResource<?, ?>> void attach(IndexerResourceCache<P> objects, Wake<P> wake) {
    kinds.add(new Kind<>(objects, wake, new HashMap<>()));
  }

  /** By one thread, every second or so. */
  void look() {
    long now = System.nanoTime();
    if (leadership.isLeading() && now - lastLook >= PERIOD.toNanos()) {
      lastLook = now;
      kinds.forEach(kind -> kind.look(now));
    }
  }

  /**
   * Objects of one kind.
   *
   * @param since when each was first seen without a status, by its UID
   */
  private record Kind<P extends CustomResource<?, ?>>(
      IndexerResourceCache<P> objects, Wake<P> wake, Map<String, Long> since) {

    void look(long now) {
      List<P> unobserved =
          objects
              .list(one -> Unobserved.asNull(one.getStatus()) == null && !one.isMarkedForDeletion())
              .toList();
      since.keySet().retainAll(unobserved.stream().map(Kind::uid).collect(Collectors.toSet()));
      for (P one : unobserved) {
        if (now - since.computeIfAbsent(uid(one), uid -> now) >= PATIENCE.toNanos()) {
          wake.propagateEvent(ResourceID.fromResource(one));
        }
      }
    }

    private static String uid(CustomResource<?, ?> object) {
      return object.getMetadata().getUid();
    }
  }
}
