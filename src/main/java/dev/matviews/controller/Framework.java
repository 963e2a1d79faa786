package dev.matviews.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.Operator;
import io.quarkus.runtime.Quarkus;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Starts the framework that asks the reconcilers, as soon as the API server answers, and stops it.
 *
 * <p>Left to itself the framework gives up after twenty seconds without an API server and ends the
 * process, which then starts again and again, later and later, for as long as the API server is
 * away. Here the process stays, alive and not ready.
 */
@ApplicationScoped
public class Framework {

  private static final Logger LOG = Logger.getLogger(Framework.class);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int TRIES_BETWEEN_WORDS = 60;

  private final Operator operator;
  private final KubernetesClient client;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile boolean started;

  Framework(Operator operator, KubernetesClient client) {
    this.operator = operator;
    this.client = client;
  }

  /** Returns at once. */
  void start() {
    new DaemonThreads("start").newThread(this::run).start();
  }

  /**
   * What is being looked at may end; then the elector stops, which gives the lease back. One that
   * never got so far has nothing to give back, and its start may hang on an API server that is
   * away.
   */
  void stop() {
    stopping.countDown();
    if (started) {
      operator.stop();
    }
  }

  boolean isStarted() {
    return started;
  }

  private void run() {
    try {
      if (awaitApiServer()) {
        ServedKinds.require(client);
        operator.start();
        started = true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error(StartFailure.explain(e));
      LOG.debug("How it could not start", e);
      Quarkus.asyncExit(1);
    }
  }

  /** False when the process is to end before. */
  private boolean awaitApiServer() throws InterruptedException {
    KubernetesClient once = OneTry.of(client, ANSWER);
    for (int tries = 0; !answers(once); tries++) {
      if (tries % TRIES_BETWEEN_WORDS == 0) {
        LOG.warnf(
            "The API server %s is not ready, or a NetworkPolicy keeps the operator from it; the"
                + " operator starts when it answers",
            client.getMasterUrl());
      }
      if (stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return stopping.getCount() > 0;
  }

  private static boolean answers(KubernetesClient once) {
    try {
      once.raw("/readyz");
      return true;
    } catch (KubernetesClientException e) {
      return StartFailure.isAnswer(e.getCode());
    }
  }
}
