package dev.matviews.controller;

import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.api.v1alpha1.PostgresConnectionStatus;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Keeps one connection usable for its views, and says whether it is. */
@ControllerConfiguration(
    name = "postgresconnection",
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = WakeFilter.class, informerListLimit = 500L))
public class PostgresConnectionReconciler implements Reconciler<PostgresConnection> {

  private static final Logger LOG = Logger.getLogger(PostgresConnectionReconciler.class);
  private static final Duration AFTER_CONFLICT = Duration.ofMillis(50);

  private final ConnectionPass pass;
  private final Connections connections;
  private final Views views;
  private final Overlooked overlooked;
  private final EventRecorder events;
  private final ApiFailures failures;
  private final ConnectionSeries series;
  private final Clock clock;

  PostgresConnectionReconciler(
      ConnectionPass pass,
      Connections connections,
      Views views,
      Overlooked overlooked,
      EventRecorder events,
      ApiFailures failures,
      ConnectionSeries series,
      Clock clock) {
    this.pass = pass;
    this.connections = connections;
    this.views = views;
    this.overlooked = overlooked;
    this.events = events;
    this.failures = failures;
    this.series = series;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, PostgresConnection>> prepareEventSources(
      EventSourceContext<PostgresConnection> context) {
    Wake<PostgresConnection> wake = new Wake<>("wake-connections", this::forget);
    connections.wakeBy(wake::propagateEvent);
    pass.attach(context.getPrimaryCache()::get);
    overlooked.attach(context.getPrimaryCache(), wake);
    return List.of(wake, new Sightings<>("connection-series", series::seen, series::gone));
  }

  @Override
  public UpdateControl<PostgresConnection> reconcile(
      PostgresConnection connection, Context<PostgresConnection> context) {
    Optional<ConnectionPass.Finding> found = pass.over(connection);
    if (found.isEmpty()) {
      return UpdateControl.noUpdate();
    }
    ConnectionPass.Finding finding = found.get();
    PostgresConnectionStatus old = Unobserved.asNull(connection.getStatus());
    PostgresConnectionStatus next =
        PostgresStatus.next(
            old,
            connection.getMetadata().getGeneration(),
            finding.state(),
            views.on(ResourceID.fromResource(connection)).size(),
            clock.instant());
    StatusWriter.Result result =
        StatusWriter.write(context, connection, new PostgresConnection(), old, next);
    if (result == StatusWriter.Result.Written) {
      PostgresStatus.notice(old, next).ifPresent(notice -> events.record(connection, notice));
      ReadyLine.between(old == null ? List.of() : old.conditions(), next.conditions())
          .ifPresent(line -> About.object(connection).info(LOG, line));
    }
    series.examined(ResourceID.fromResource(connection));
    return switch (result) {
      case Gone -> UpdateControl.noUpdate();
      case Conflict -> again(AFTER_CONFLICT);
      case Written, Unchanged -> again(finding.lookAgain());
    };
  }

  @Override
  public ErrorStatusUpdateControl<PostgresConnection> updateErrorStatus(
      PostgresConnection connection, Context<PostgresConnection> context, Exception thrown) {
    return failures.control(connection, thrown);
  }

  private void forget(PostgresConnection connection) {
    ResourceID id = ResourceID.fromResource(connection);
    pass.forget(id);
    views.wakeAll(id);
  }

  private static UpdateControl<PostgresConnection> again(Duration after) {
    return UpdateControl.<PostgresConnection>noUpdate().rescheduleAfter(after);
  }
}
