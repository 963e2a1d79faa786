package dev.matviews.controller;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Timer;
import java.util.TimerTask;

/** Starts and ends what runs beside the reconcilers. */
@ApplicationScoped
public class Lifecycle {

  private final Connections connections;
  private final OperatorConfig config;
  private final Timer timer = new Timer("idle-connections", true);

  Lifecycle(Connections connections, OperatorConfig config) {
    this.connections = connections;
    this.config = config;
  }

  void start(@Observes StartupEvent event) {
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

  /** Refreshes that run are cut off; their slots are done after the next start. */
  void stop(@Observes ShutdownEvent event) {
    timer.cancel();
    connections.closeAll();
  }
}
