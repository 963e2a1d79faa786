package dev.matviews.controller;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Of several replicas one works, the one that holds the lease; the others wait. The lease saves
 * work and is trusted with nothing: two that think they lead are kept apart in the database, by the
 * fence of each view.
 */
@ApplicationScoped
public class Leadership {

  private static final Logger LOG = Logger.getLogger(Leadership.class);
  private static final Duration LEASE_DURATION = Duration.ofSeconds(15);
  private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);

  /**
   * After this time the holder renews the lease. Whoever waits for it looks after this time and up
   * to 1.2 times as much again, so that a stop is taken over from within 4.4 s and a crash within
   * 19.4 s. Renewals are most of what an operator costs that has nothing to do.
   */
  private static final Duration RETRY_PERIOD = Duration.ofSeconds(2);

  private static final Duration ANSWER = Duration.ofSeconds(2);

  private final KubernetesClient client;
  private final OperatorConfig config;

  /** A Pod's name, so that a container that starts again in its Pod need not wait for itself. */
  private final String identity =
      Optional.ofNullable(System.getenv("HOSTNAME"))
          .filter(name -> !name.isBlank())
          .orElseGet(() -> UUID.randomUUID().toString());

  private final List<Runnable> beginnings = new CopyOnWriteArrayList<>();
  private volatile boolean leading;
  private volatile boolean stopping;

  Leadership(KubernetesClient client, OperatorConfig config) {
    this.client = client;
    this.config = config;
    this.leading = !config.leaderElection();
  }

  /** For whatever is not a reconciler: those are never asked before it is their turn. */
  boolean isLeading() {
    return leading;
  }

  /** What to do when it is our turn, for what was seen before. */
  void whenItBegins(Runnable action) {
    beginnings.add(action);
  }

  /** Nothing of ours runs any more; the lease is given back when the framework has stopped. */
  void stop() {
    stopping = true;
    leading = false;
  }

  /**
   * The framework's own reaction to a lost lease ends in a deadlock when it comes while the process
   * is stopping, so it is told to have none.
   */
  @Produces
  @Dependent
  @Nullable LeaderElectionConfiguration election() {
    return config.leaderElection()
        ? LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(config.leaseName())
            .withIdentity(identity)
            .withLeaseDuration(LEASE_DURATION)
            .withRenewDeadline(RENEW_DEADLINE)
            .withRetryPeriod(RETRY_PERIOD)
            .withLeaderCallbacks(new LeaderCallbacks(this::begin, this::end, holder -> {}))
            .buildForTest(false)
        : null;
  }

  private void begin() {
    leading = true;
    LOG.infof("%s leads", identity);
    beginnings.forEach(Runnable::run);
  }

  /** The framework's last step when it stops, or the lease could not be renewed in time. */
  private void end() {
    leading = false;
    if (stopping) {
      release();
    } else {
      LOG.errorf("%s could not renew its lease and ends, so that another one can lead", identity);
      // An orderly stop takes seconds in which runs would go on; so it ends as if it were killed,
      // and the server cuts off what runs.
      Runtime.getRuntime().halt(1);
    }
  }

  /** Changes each time that somebody renews or takes the lease; empty while there is none. */
  String leaseVersion(KubernetesClient asked) {
    Lease lease = lease(asked);
    return lease == null ? "" : lease.getMetadata().getResourceVersion();
  }

  private @Nullable Lease lease(KubernetesClient asked) {
    return asked.leases().inNamespace(asked.getNamespace()).withName(config.leaseName()).get();
  }

  /** The next one need not wait until it expires. */
  private void release() {
    try {
      KubernetesClient once = OneTry.of(client, ANSWER);
      Lease lease = lease(once);
      if (lease != null && identity.equals(lease.getSpec().getHolderIdentity())) {
        lease.getSpec().setHolderIdentity("");
        once.resource(lease).update();
        LOG.infof("%s has given the lease back", identity);
      }
    } catch (KubernetesClientException e) {
      LOG.infof(
          "The lease could not be given back, the API server %s; it expires", ApiFailures.words(e));
    }
  }
}
