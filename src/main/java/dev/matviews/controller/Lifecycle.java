package dev.matviews.controller;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Timer;
import java.util.TimerTask;

/** Starts and ends what runs beside the reconcilers. */
@ApplicationScoped
public class Lifecycle {

  private final Connections connections;
  private final Leadership leadership;
  private final Agenda agenda;
  private final OperatorConfig config;
  private final Timer timer = new Timer("idle-connections", true);

  Lifecycle(Connections connections, Leadership leadership, Agenda agenda, OperatorConfig config) {
    this.connections = connections;
    this.leadership = leadership;
    this.agenda = agenda;
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
  }

  /**
   * Refreshes that run are cut off; their slots are done by whoever leads next. Before the
   * framework stops, whose last step gives the lease back.
   */
  void stop(@Observes @Priority(1) ShutdownEvent event) {
    leadership.stop();
    agenda.close();
    timer.cancel();
    connections.closeAll();
  }
}
