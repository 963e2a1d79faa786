package dev.matviews.controller;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import dev.matviews.api.v1alpha1.MaterializedViewRefreshStatus;
import dev.matviews.controller.AskedRuns.Answer;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.GoDuration;
import io.fabric8.kubernetes.client.KubernetesClient;
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

/**
 * Brings one run on request to the pass over its view, which alone decides what runs, and says what
 * became of it. In the end the object goes.
 */
@ControllerConfiguration(
    name = "materializedviewrefresh",
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = WakeFilter.class, informerListLimit = 500L))
public class MaterializedViewRefreshReconciler implements Reconciler<MaterializedViewRefresh> {

  private static final Duration AFTER_WRITE = Duration.ofMillis(50);
  private static final Duration NOT_NOW = Duration.ofSeconds(1);

  private final KubernetesClient client;
  private final Refreshes refreshes;
  private final Views views;
  private final ViewPass pass;
  private final RunOwner owner;
  private final Overlooked overlooked;
  private final ApiFailures failures;
  private final OperatorConfig config;
  private final Clock clock;

  MaterializedViewRefreshReconciler(
      KubernetesClient client,
      Refreshes refreshes,
      Views views,
      ViewPass pass,
      RunOwner owner,
      Overlooked overlooked,
      ApiFailures failures,
      OperatorConfig config,
      Clock clock) {
    this.client = client;
    this.refreshes = refreshes;
    this.views = views;
    this.pass = pass;
    this.owner = owner;
    this.overlooked = overlooked;
    this.failures = failures;
    this.config = config;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, MaterializedViewRefresh>> prepareEventSources(
      EventSourceContext<MaterializedViewRefresh> context) {
    Wake<MaterializedViewRefresh> wake = new Wake<>("wake-refreshes", this::cancel);
    refreshes.attach(context.getPrimaryCache(), wake);
    overlooked.attach(context.getPrimaryCache(), wake);
    return List.of(wake);
  }

  @Override
  public UpdateControl<MaterializedViewRefresh> reconcile(
      MaterializedViewRefresh run, Context<MaterializedViewRefresh> context) {
    if (Refreshes.hasEnded(run)) {
      refreshes.forget(Refreshes.runOf(run));
      return expire(run);
    }
    Optional<Answer> answer = refreshes.answer(run);
    if (answer.filter(Answer::isFinal).isPresent()) {
      return write(context, run, answer.get());
    }
    ResourceID id = Refreshes.viewOf(run);
    Optional<MaterializedView> view = standing(id);
    if (view.isEmpty()) {
      return write(context, run, new Answer.Refused(missing(id)));
    }
    if (owner.settle(run, view.get())) {
      return again(AFTER_WRITE);
    }
    if (views.find(id).isEmpty()) {
      return again(NOT_NOW);
    }
    refreshes.unanswered(run).forEach(views::wake);
    return answer.isPresent() ? write(context, run, answer.get()) : again(config.recheckInterval());
  }

  @Override
  public ErrorStatusUpdateControl<MaterializedViewRefresh> updateErrorStatus(
      MaterializedViewRefresh run, Context<MaterializedViewRefresh> context, Exception thrown) {
    return failures.control(run, thrown);
  }

  /** Who deletes the object wants its run to stop. */
  private void cancel(MaterializedViewRefresh run) {
    pass.cancel(Refreshes.viewOf(run), Refreshes.runOf(run));
    refreshes.forget(Refreshes.runOf(run));
  }

  /** After a start, a run may be heard of before its view is. */
  private Optional<MaterializedView> standing(ResourceID id) {
    return views
        .find(id)
        .or(
            () ->
                Optional.ofNullable(
                    client
                        .resources(MaterializedView.class)
                        .inNamespace(id.getNamespace().orElse(""))
                        .withName(id.getName())
                        .get()))
        .filter(view -> !view.isMarkedForDeletion());
  }

  private static Problem missing(ResourceID view) {
    return new Problem(
        Reason.ViewMissing,
        "MaterializedView %s does not exist in this namespace".formatted(view.getName()));
  }

  private UpdateControl<MaterializedViewRefresh> write(
      Context<MaterializedViewRefresh> context, MaterializedViewRefresh run, Answer answer) {
    MaterializedViewRefreshStatus next =
        RunStatus.of(answer, run.getMetadata().getGeneration(), clock.instant());
    StatusWriter.Result result =
        StatusWriter.write(context, run, new MaterializedViewRefresh(), run.getStatus(), next);
    return switch (result) {
      case Gone -> UpdateControl.noUpdate();
      case Conflict -> again(AFTER_WRITE);
      case Written, Unchanged -> again(answer.isFinal() ? AFTER_WRITE : config.recheckInterval());
    };
  }

  /** Nobody keeps these objects in Git, so somebody has to clear them away. */
  private UpdateControl<MaterializedViewRefresh> expire(MaterializedViewRefresh run) {
    Instant ended = run.getStatus().conditions().get(0).lastTransitionTime();
    Duration left =
        Duration.between(
            clock.instant(), ended.plus(GoDuration.parse(run.getSpec().ttlAfterFinished())));
    if (left.compareTo(Duration.ZERO) > 0) {
      return again(left);
    }
    client.resource(run).lockResourceVersion(run.getMetadata().getResourceVersion()).delete();
    return again(NOT_NOW);
  }

  private static UpdateControl<MaterializedViewRefresh> again(Duration after) {
    return UpdateControl.<MaterializedViewRefresh>noUpdate().rescheduleAfter(after);
  }
}
