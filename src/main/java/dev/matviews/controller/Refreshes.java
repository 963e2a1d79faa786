package dev.matviews.controller;

import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import dev.matviews.api.v1alpha1.RefreshCascade;
import dev.matviews.api.v1alpha1.RefreshMode;
import dev.matviews.controller.AskedRuns.Answer;
import dev.matviews.refresh.AskedRun;
import dev.matviews.refresh.Cascade;
import dev.matviews.refresh.Lineage;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.RunId;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The MaterializedViewRefreshes, from their reconciler to the passes over their views, and what
 * those have to say about each on the way back.
 */
@ApplicationScoped
public class Refreshes {

  private final Views views;
  private final Map<Part, Answer> answers = new ConcurrentHashMap<>();
  private volatile @Nullable IndexerResourceCache<MaterializedViewRefresh> cache;
  private volatile @Nullable Wake<MaterializedViewRefresh> wake;

  /** What one object asks of one view. */
  private record Part(RunId run, ResourceID view) {}

  Refreshes(Views views) {
    this.views = views;
  }

  void attach(
      IndexerResourceCache<MaterializedViewRefresh> objects, Wake<MaterializedViewRefresh> source) {
    wake = source;
    cache = objects;
  }

  static RunId runOf(MaterializedViewRefresh object) {
    return RunId.run(object.getMetadata().getUid());
  }

  static ResourceID viewOf(MaterializedViewRefresh object) {
    return new ResourceID(
        object.getSpec().materializedViewRef().name(), object.getMetadata().getNamespace());
  }

  /** Whether its status says how it ended. */
  static boolean hasEnded(MaterializedViewRefresh object) {
    return object.getStatus() != null
        && object.getStatus().conditions().stream()
            .anyMatch(
                c ->
                    c.type().equals(ConditionType.COMPLETE)
                        || c.type().equals(ConditionType.FAILED));
  }

  /** Those of a view that are still to be answered for good. */
  AskedRuns of(ResourceID view, Optional<Worker.Job> job) {
    List<MaterializedViewRefresh> open = open(view);
    Map<RunId, ResourceID> ids =
        open.stream().collect(Collectors.toMap(Refreshes::runOf, ResourceID::fromResource));
    return new AskedRuns(
        open.stream().map(object -> asked(object, view)).toList(),
        job,
        (run, answer) -> tell(Objects.requireNonNull(ids.get(run)), new Part(run, view), answer));
  }

  /** What is to be said of the object by now. */
  Optional<Answer> answer(MaterializedViewRefresh object) {
    Map<ResourceID, Answer> answered = new LinkedHashMap<>();
    List<ResourceID> all = members(object);
    all.forEach(view -> answer(object, view).ifPresent(a -> answered.put(view, a)));
    return JointAnswer.of(viewOf(object), all, answered);
  }

  /** The views whose passes have something to do for it. */
  List<ResourceID> unanswered(MaterializedViewRefresh object) {
    return members(object).stream()
        .filter(view -> answer(object, view).filter(Answer::isFinal).isEmpty())
        .toList();
  }

  /** All views that it asks for, in their order; none while it is not known which those are. */
  private List<ResourceID> members(MaterializedViewRefresh object) {
    ResourceID root = viewOf(object);
    Cascade cascade = Cascade.valueOf(object.getSpec().cascade().name());
    return cascade == Cascade.None
        ? List.of(root)
        : lineage(root)
            .map(lineage -> lineage.affected(root.getName(), cascade))
            .orElse(List.of())
            .stream()
            .map(name -> beside(root, name))
            .toList();
  }

  private Optional<Lineage> lineage(ResourceID view) {
    return views.find(view).map(Views::connectionOf).flatMap(views::lineage);
  }

  private static ResourceID beside(ResourceID view, String name) {
    return new ResourceID(name, view.getNamespace().orElse(""));
  }

  /** Whether all that are to be refreshed before it have been. */
  private boolean isTurn(MaterializedViewRefresh object, ResourceID view) {
    List<ResourceID> all = members(object);
    List<String> below =
        all.size() < 2
            ? List.of()
            : lineage(view).map(lineage -> lineage.below(view.getName())).orElse(List.of());
    return below.stream()
        .map(name -> beside(view, name))
        .filter(all::contains)
        .allMatch(member -> answer(object, member).filter(Answer::hasSucceeded).isPresent());
  }

  private Optional<Answer> answer(MaterializedViewRefresh object, ResourceID view) {
    return Optional.ofNullable(answers.get(new Part(runOf(object), view)));
  }

  /**
   * Of these runs those whose objects have gone.
   *
   * @param view of all of them
   */
  Set<RunId> unwanted(ResourceID view, Set<RunId> runs) {
    IndexerResourceCache<MaterializedViewRefresh> objects = cache;
    if (objects == null || runs.isEmpty()) {
      return Set.of();
    }
    Set<RunId> left = new HashSet<>(runs);
    objects
        .list(view.getNamespace().orElse(""), object -> !object.isMarkedForDeletion())
        .map(Refreshes::runOf)
        .forEach(left::remove);
    return left;
  }

  void forget(RunId run) {
    answers.keySet().removeIf(part -> part.run().equals(run));
  }

  private List<MaterializedViewRefresh> open(ResourceID view) {
    IndexerResourceCache<MaterializedViewRefresh> objects = cache;
    if (objects == null) {
      return List.of();
    }
    return objects
        .list(view.getNamespace().orElse(""), object -> isOpen(object, view))
        .sorted(
            Comparator.comparing(Refreshes::since)
                .thenComparing(object -> object.getMetadata().getUid()))
        .toList();
  }

  private boolean isOpen(MaterializedViewRefresh object, ResourceID view) {
    return !object.isMarkedForDeletion()
        && !hasEnded(object)
        && answer(object, view).filter(Answer::isFinal).isEmpty()
        && members(object).contains(view);
  }

  private void tell(ResourceID object, Part part, Answer answer) {
    Wake<MaterializedViewRefresh> source = wake;
    if (!answer.equals(answers.put(part, answer)) && source != null) {
      source.propagateEvent(object);
    }
  }

  /** One of several views waits for another run to end, since all are to have what is below. */
  private AskedRun asked(MaterializedViewRefresh object, ResourceID view) {
    RefreshMode mode = viewOf(object).equals(view) ? object.getSpec().mode() : null;
    return new AskedRun(
        object.getMetadata().getUid(),
        mode == null ? null : Mode.valueOf(mode.name()),
        since(object),
        object.getSpec().cascade() != RefreshCascade.None,
        isTurn(object, view),
        false);
  }

  private static Instant since(MaterializedViewRefresh object) {
    return Instant.parse(object.getMetadata().getCreationTimestamp());
  }
}
