package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Looks at one view, sets right what differs, starts what is due, and says how it is. */
@ControllerConfiguration(
    name = "materializedview",
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = WakeFilter.class, informerListLimit = 500L))
public class MaterializedViewReconciler implements Reconciler<MaterializedView> {

  private static final Logger LOG = Logger.getLogger(MaterializedViewReconciler.class);
  private static final Duration AFTER_CONFLICT = Duration.ofMillis(50);
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private static final Duration NOT_NOW = Duration.ofSeconds(1);

  private final ViewPass pass;
  private final Finalizer finalizer;
  private final Turns turns;
  private final Deletions deletions;
  private final Views views;
  private final Connections connections;
  private final Leadership leadership;
  private final Overlooked overlooked;
  private final EventRecorder events;
  private final ApiFailures failures;
  private final ViewSeries series;
  private final Clock clock;

  MaterializedViewReconciler(
      ViewPass pass,
      Finalizer finalizer,
      Turns turns,
      Deletions deletions,
      Views views,
      Connections connections,
      Leadership leadership,
      Overlooked overlooked,
      EventRecorder events,
      ApiFailures failures,
      ViewSeries series,
      Clock clock) {
    this.pass = pass;
    this.finalizer = finalizer;
    this.turns = turns;
    this.deletions = deletions;
    this.views = views;
    this.connections = connections;
    this.leadership = leadership;
    this.overlooked = overlooked;
    this.events = events;
    this.failures = failures;
    this.series = series;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, MaterializedView>> prepareEventSources(
      EventSourceContext<MaterializedView> context) {
    Wake<MaterializedView> wake = new Wake<>("wake-views", pass::forget);
    views.attach(context.getPrimaryCache(), wake);
    overlooked.attach(context.getPrimaryCache(), wake);
    leadership.whenItBegins(() -> views.all().forEach(deletions::look));
    return List.of(
        wake,
        new Sightings<>("deletions", deletions::look, deletions::gone),
        new Sightings<>("view-series", series::seen, series::gone));
  }

  @Override
  public UpdateControl<MaterializedView> reconcile(
      MaterializedView view, Context<MaterializedView> context) {
    UpdateControl<MaterializedView> next = look(view, context);
    if (!views.isThere(view)) {
      // It went while it was looked at, and was forgotten before the look began its run.
      pass.forget(view);
      return UpdateControl.noUpdate();
    }
    return next;
  }

  private UpdateControl<MaterializedView> look(
      MaterializedView view, Context<MaterializedView> context) {
    // Before anything is made that it would have to drop.
    if (finalizer.settle(view)) {
      return again(AFTER_CONFLICT);
    }
    ResourceID id = ResourceID.fromResource(view);
    ResourceID connection = Views.connectionOf(view);
    views.waiting().looks(connection, id);
    Optional<Situation> found = turns.ofPass(view, () -> pass.over(view));
    if (found.isEmpty()) {
      return again(NOT_NOW);
    }
    Situation situation = found.get();
    MaterializedViewStatus old = Unobserved.asNull(view.getStatus());
    Freshness freshness = Freshness.of(view);
    Instant now = clock.instant();
    MaterializedViewStatus next =
        Status.next(old, view.getMetadata().getGeneration(), situation, freshness, now);
    StatusWriter.Result result =
        StatusWriter.write(context, view, new MaterializedView(), old, next);
    if (result == StatusWriter.Result.Written) {
      Instant since = Instant.parse(view.getMetadata().getCreationTimestamp());
      Notice.between(old, next, since).forEach(notice -> events.record(view, notice));
      ReadyLine.between(old == null ? List.of() : old.conditions(), next.conditions())
          .ifPresent(line -> About.object(view).info(LOG, line));
    }
    series.found(id, ViewSample.of(view, next));
    Situation latest =
        freshness
            .staleAt(next.dataAsOf())
            .filter(stale -> stale.isAfter(now))
            .map(situation::noLaterThan)
            .orElse(situation);
    boolean waits = Verdict.of(situation).reconciling() || situation.awaitsSwaps();
    boolean stirred = views.waiting().decided(connection, id, waits);
    if (old == null) {
      connections.wake(connection);
    }
    return switch (result) {
      case Gone -> UpdateControl.noUpdate();
      case Conflict -> again(AFTER_CONFLICT);
      case Written, Unchanged -> again(stirred ? SHORTEST : until(latest.lookAgain()));
    };
  }

  @Override
  public ErrorStatusUpdateControl<MaterializedView> updateErrorStatus(
      MaterializedView view, Context<MaterializedView> context, Exception thrown) {
    return failures.control(view, thrown);
  }

  private Duration until(Instant moment) {
    Duration left = Duration.between(clock.instant(), moment);
    return left.compareTo(SHORTEST) < 0 ? SHORTEST : left;
  }

  private static UpdateControl<MaterializedView> again(Duration after) {
    return UpdateControl.<MaterializedView>noUpdate().rescheduleAfter(after);
  }
}
