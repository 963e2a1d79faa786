package dev.matviews.controller;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import org.jboss.logging.Logger;

/** The order in which all parts of the operator begin and end. */
@ApplicationScoped
public class Lifecycle {

  private static final Logger LOG = Logger.getLogger(Lifecycle.class);

  /** A server that is asked to end a run does so at once, or it does not listen. */
  private static final Duration LISTENS = Duration.ofSeconds(2);

  private final Framework framework;
  private final Connections connections;
  private final ConnectionPass connectionPass;
  private final Leadership leadership;
  private final LeaseWatch leaseWatch;
  private final Agenda agenda;
  private final WorkQueue queue;
  private final OperatorConfig config;
  private final Timer timer = new Timer("idle-connections", true);

  Lifecycle(
      Framework framework,
      Connections connections,
      ConnectionPass connectionPass,
      Leadership leadership,
      LeaseWatch leaseWatch,
      Agenda agenda,
      WorkQueue queue,
      OperatorConfig config) {
    this.framework = framework;
    this.connections = connections;
    this.connectionPass = connectionPass;
    this.leadership = leadership;
    this.leaseWatch = leaseWatch;
    this.agenda = agenda;
    this.queue = queue;
    this.config = config;
  }

  void start(@Observes StartupEvent event) {
    agenda.start();
    long millis = config.connectionIdleTimeout().toMillis();
    TimerTask task =
        new TimerTask() {
          @Override
          public void run() {
            connections.closeIdle(config.connectionIdleTimeout());
          }
        };
    timer.schedule(task, millis, millis);
    leaseWatch.start();
    framework.start();
  }

  /**
   * No run begins any more, and those that go on may end, for a while. Only then does the framework
   * stop, for with it ends the renewal of the lease, which it gives back at the very end.
   */
  void stop(@Observes @Priority(1) ShutdownEvent event) {
    agenda.close();
    drain();
    leadership.stop();
    leaseWatch.stop();
    timer.cancel();
    connections.closeAll();
    connectionPass.detach();
    framework.stop();
  }

  /** What has not ended by then is ended; its slots are done by whoever leads next. */
  private void drain() {
    Duration limit = config.shutdownDrain();
    int running = queue.close();
    if (running == 0) {
      return;
    }
    LOG.infof("Stopping: %d runs may end within %d s", running, limit.toSeconds());
    int left = queue.awaitEnd(limit);
    if (left > 0) {
      LOG.infof("%d runs are cancelled; whoever leads next begins them again", left);
      queue.discard();
      queue.awaitEnd(LISTENS);
    }
  }
}
