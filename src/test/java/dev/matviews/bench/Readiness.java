package dev.matviews.bench;

import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/** Who of all views is Ready as it is declared now, as the API server tells everybody. */
final class Readiness implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final Set<String> ready = new HashSet<>();
  private final Set<String> known = new HashSet<>();
  private final SharedIndexInformer<MaterializedView> informer;

  private final class Events implements ResourceEventHandler<MaterializedView> {

    @Override
    public void onAdd(MaterializedView view) {
      put(view);
    }

    @Override
    public void onUpdate(MaterializedView old, MaterializedView view) {
      put(view);
    }

    @Override
    public void onDelete(MaterializedView view, boolean unknown) {
      remove(view);
    }
  }

  private Readiness(KubernetesClient client) {
    informer = client.resources(MaterializedView.class).inAnyNamespace().inform(new Events());
  }

  static Readiness watch(KubernetesClient client) {
    return new Readiness(client);
  }

  private synchronized void put(MaterializedView view) {
    known.add(name(view));
    boolean changed = isReady(view) ? ready.add(name(view)) : ready.remove(name(view));
    if (changed) {
      notifyAll();
    }
  }

  private synchronized void remove(MaterializedView view) {
    known.remove(name(view));
    ready.remove(name(view));
    notifyAll();
  }

  private static String name(MaterializedView view) {
    return view.getMetadata().getNamespace() + "/" + view.getMetadata().getName();
  }

  private static boolean isReady(MaterializedView view) {
    MaterializedViewStatus status = view.getStatus();
    return status != null
        && Objects.equals(status.observedGeneration(), view.getMetadata().getGeneration())
        && status.conditions().stream()
            .anyMatch(c -> c.type().equals("Ready") && c.status() == ConditionStatus.TRUE);
  }

  /** As many as that are there, and all of them are Ready. */
  synchronized void await(int count) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (known.size() != count || ready.size() != count) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new IllegalStateException(
            "%d of %d views are Ready after %s".formatted(ready.size(), known.size(), LIMIT));
      }
      wait(left);
    }
  }

  @Override
  public void close() {
    informer.close();
  }
}
