package dev.matviews.scenario;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** How soon the operator follows edits of one view: in the database, and in the status. */
final class Pace implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final BlockingQueue<MaterializedView> seen = new LinkedBlockingQueue<>();
  private final Resource<MaterializedView> view;
  private final Watch watch;
  private int edits;

  private final class Seen implements Watcher<MaterializedView> {

    @Override
    public void eventReceived(Action action, MaterializedView object) {
      seen.add(object);
    }

    @Override
    public void onClose(WatcherException cause) {
      // Whoever waits then waits in vain, and says so.
    }
  }

  private Pace(Resource<MaterializedView> view) {
    this.view = view;
    this.watch = view.watch(new Seen());
  }

  /** Of a view that stands and whose comment nobody else edits. */
  static Pace of(Tenant tenant, String viewName) {
    return new Pace(
        tenant
            .client()
            .resources(MaterializedView.class)
            .inNamespace(tenant.namespace())
            .withName(viewName));
  }

  /** The 99th hundredth of so many edits, one after the other. */
  Duration p99(int count) throws InterruptedException {
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      nanos[i] = edit();
    }
    Arrays.sort(nanos);
    return Duration.ofNanos(nanos[(int) Math.ceil(0.99 * count) - 1]);
  }

  private long edit() throws InterruptedException {
    long start = System.nanoTime();
    Long generation =
        view.patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"spec\":{\"comment\":\"edit %d\"}}".formatted(++edits))
            .getMetadata()
            .getGeneration();
    MaterializedView object;
    do {
      object = next();
    } while (!isFollowed(object, generation));
    return System.nanoTime() - start;
  }

  private MaterializedView next() throws InterruptedException {
    MaterializedView object = seen.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (object == null) {
      throw new AssertionError("the operator did not follow an edit within " + LIMIT);
    }
    return object;
  }

  private static boolean isFollowed(MaterializedView object, Long generation) {
    MaterializedViewStatus status = object.getStatus();
    return status != null
        && Objects.equals(status.observedGeneration(), generation)
        && Tenant.ready(status).equals("TRUE/InSync");
  }

  @Override
  public void close() {
    watch.close();
  }
}
