package dev.matviews.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the lease while another one holds it, or nobody. The framework's elector can end without
 * a word, as when somebody writes nonsense into the lease, and would then never take it again.
 */
@ApplicationScoped
public class LeaseWatch {

  private static final Logger LOG = Logger.getLogger(LeaseWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final KubernetesClient client;
  private final Leadership leadership;
  private final Framework framework;
  private final Timer timer = new Timer("lease-watch", true);
  private volatile @Nullable LeaseStandstill standstill;

  LeaseWatch(KubernetesClient client, Leadership leadership, Framework framework) {
    this.client = client;
    this.leadership = leadership;
    this.framework = framework;
  }

  void start() {
    TimerTask task =
        new TimerTask() {
          @Override
          public void run() {
            look();
          }
        };
    timer.schedule(task, PERIOD.toMillis(), PERIOD.toMillis());
  }

  void stop() {
    timer.cancel();
  }

  /** Whether nobody has worked for so long that something is wrong here. */
  boolean isLeaderless() {
    LeaseStandstill now = standstill;
    return now != null && now.isTooLong();
  }

  private void look() {
    if (leadership.isLeading() || !framework.isStarted()) {
      standstill = null;
      return;
    }
    try {
      String version = leadership.leaseVersion(OneTry.of(client, ANSWER));
      Duration now = Duration.ofNanos(System.nanoTime());
      LeaseStandstill before = standstill;
      LeaseStandstill next =
          before == null ? LeaseStandstill.first(version, now) : before.then(version, now);
      if (next.isTooLong() && (before == null || !before.isTooLong())) {
        LOG.error("Nobody leads, and this replica does not take over; its liveness probe fails");
      }
      standstill = next;
    } catch (KubernetesClientException e) {
      LOG.debugf("The lease could not be read, the API server %s", ApiFailures.words(e));
    }
  }
}
