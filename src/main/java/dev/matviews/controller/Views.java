package dev.matviews.controller;

import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Claimants;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Lineage;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The MaterializedViews that stand on a connection, and how to bring them back to work. */
@ApplicationScoped
public class Views {

  private final Waiting waiting = new Waiting();
  private final Map<ResourceID, Set<String>> standingOn = new ConcurrentHashMap<>();
  private volatile @Nullable IndexerResourceCache<MaterializedView> cache;
  private volatile @Nullable Wake<MaterializedView> wake;

  void attach(IndexerResourceCache<MaterializedView> objects, Wake<MaterializedView> source) {
    wake = source;
    cache = objects;
  }

  Waiting waiting() {
    return waiting;
  }

  List<MaterializedView> all() {
    IndexerResourceCache<MaterializedView> objects = cache;
    return objects == null ? List.of() : objects.list(view -> true).toList();
  }

  List<MaterializedView> on(ResourceID connection) {
    IndexerResourceCache<MaterializedView> objects = cache;
    if (objects == null) {
      return List.of();
    }
    String namespace = connection.getNamespace().orElse("");
    return objects.list(namespace, view -> connectionOf(view).equals(connection)).toList();
  }

  Set<QualifiedName> namesOn(ResourceID connection) {
    return on(connection).stream().map(DesiredView::nameOf).collect(Collectors.toSet());
  }

  /** Another hand has changed these in the database. */
  void wake(ResourceID connection, Set<QualifiedName> changed) {
    on(connection).stream()
        .filter(view -> changed.contains(DesiredView.nameOf(view)))
        .forEach(view -> wake(ResourceID.fromResource(view)));
  }

  Optional<MaterializedView> find(ResourceID view) {
    IndexerResourceCache<MaterializedView> objects = cache;
    return objects == null ? Optional.empty() : objects.get(view);
  }

  /** The views on a connection, by their names in PostgreSQL; of two of one name the older. */
  Map<String, MaterializedView> byName(ResourceID connection) {
    return on(connection).stream()
        .collect(
            Collectors.toMap(
                view -> DesiredView.nameOf(view).toString(),
                view -> view,
                (one, other) -> isOlder(one, other) ? one : other));
  }

  private static boolean isOlder(MaterializedView one, MaterializedView other) {
    return one.getMetadata()
            .getCreationTimestamp()
            .compareTo(other.getMetadata().getCreationTimestamp())
        <= 0;
  }

  void forget(ResourceID view) {
    standingOn.remove(view);
  }

  /** What a view was last seen to stand on directly, by names in PostgreSQL. */
  void standsOn(ResourceID view, Set<String> names) {
    standingOn.put(view, Set.copyOf(names));
  }

  /** A pass has been over it, whatever it stands on. */
  void isKnown(ResourceID view) {
    standingOn.putIfAbsent(view, Set.of());
  }

  /**
   * Which view of a connection stands on which, by the names of the objects.
   *
   * @return empty while it is not known of all, as after a start
   */
  Optional<Lineage> lineage(ResourceID connection) {
    Map<String, MaterializedView> byName = byName(connection);
    Map<String, Set<String>> standsOn = new HashMap<>();
    for (MaterializedView view : on(connection)) {
      if (view.isMarkedForDeletion()) {
        continue;
      }
      Set<String> below = standingOn.get(ResourceID.fromResource(view));
      if (below == null) {
        return Optional.empty();
      }
      standsOn.put(
          view.getMetadata().getName(),
          below.stream()
              .flatMap(name -> Stream.ofNullable(byName.get(name)))
              // Nothing is refreshed any more of what is being deleted.
              .filter(object -> !object.isMarkedForDeletion())
              .map(object -> object.getMetadata().getName())
              .collect(Collectors.toSet()));
    }
    return Optional.of(new Lineage(standsOn));
  }

  /**
   * A run of the view has ended: those on top of it look what that means. Of a failure, and of its
   * end, all of them tell, at any height; of new data those that read it make their own.
   */
  void wakeOnTop(ResourceID connection, ResourceID view, boolean succeeded) {
    boolean atAnyHeight = !succeeded || find(view).filter(Views::isRefreshed).isEmpty();
    Set<ResourceID> reached = new HashSet<>(Set.of(view));
    Deque<ResourceID> next = new ArrayDeque<>(reached);
    while (!next.isEmpty()) {
      for (ResourceID top : directlyOn(connection, next.remove())) {
        if (reached.add(top)) {
          wake(top);
          if (atAnyHeight) {
            next.add(top);
          }
        }
      }
    }
  }

  private static boolean isRefreshed(MaterializedView view) {
    return view.getStatus() != null
        && Conditions.find(view.getStatus().conditions(), ConditionType.REFRESHED)
            .filter(refreshed -> refreshed.status() == ConditionStatus.TRUE)
            .isPresent();
  }

  private List<ResourceID> directlyOn(ResourceID connection, ResourceID view) {
    return find(view).map(object -> DesiredView.nameOf(object).toString()).stream()
        .flatMap(
            name ->
                standingOn.entrySet().stream()
                    .filter(entry -> entry.getValue().contains(name))
                    .map(Map.Entry::getKey)
                    .filter(top -> isOn(connection, top)))
        .toList();
  }

  private boolean isOn(ResourceID connection, ResourceID view) {
    return find(view).filter(object -> connectionOf(object).equals(connection)).isPresent();
  }

  /** An object that has its name, but another view, wants that one no more. */
  Claimants claimants(String ownerId) {
    return (view, claim) -> claim.ownerId().equals(ownerId) && !isWanted(view, claim);
  }

  private boolean isWanted(QualifiedName view, Claim claim) {
    IndexerResourceCache<MaterializedView> objects = cache;
    return objects == null
        || objects
            .get(new ResourceID(claim.name(), claim.namespace()))
            .filter(object -> DesiredView.nameOf(object).equals(view))
            .isPresent();
  }

  /** This very object, and not another one of its name. */
  boolean isThere(MaterializedView object) {
    return find(ResourceID.fromResource(object))
        .filter(now -> now.getMetadata().getUid().equals(object.getMetadata().getUid()))
        .isPresent();
  }

  /** A name is free again, or about to be: whoever was refused it tries once more. */
  void wakeContenders(MaterializedView gone) {
    IndexerResourceCache<MaterializedView> objects = cache;
    if (objects == null) {
      return;
    }
    // Of any namespace, for two connections may lead to one database.
    QualifiedName name = DesiredView.nameOf(gone);
    objects
        .list(view -> isRefused(view) && DesiredView.nameOf(view).equals(name))
        .forEach(view -> wake(ResourceID.fromResource(view)));
  }

  private static boolean isRefused(MaterializedView view) {
    return view.getStatus() != null
        && Conditions.find(view.getStatus().conditions(), ConditionType.READY)
            .filter(ready -> ready.reason().equals(Reason.TargetConflict.name()))
            .isPresent();
  }

  /** Whether one of them is not to go without its view. */
  boolean needDatabaseToEnd(ResourceID connection) {
    return on(connection).stream().anyMatch(Finalizer::concerns);
  }

  static ResourceID connectionOf(MaterializedView view) {
    return new ResourceID(view.getSpec().connectionRef().name(), view.getMetadata().getNamespace());
  }

  void wake(ResourceID view) {
    Objects.requireNonNull(wake, "before the event sources are there nothing can end")
        .propagateEvent(view);
  }

  /** The connection has become usable, or another one, or has stopped being so. */
  void wakeAll(ResourceID connection) {
    on(connection).forEach(view -> wake(ResourceID.fromResource(view)));
  }

  /** A view was replaced: a look that is under way may have seen it as it was before. */
  void wakeLooking(ResourceID connection) {
    waiting.looking(connection).forEach(this::wake);
  }

  /** A view of this connection was made, filled or replaced: others may have waited for it. */
  void stir(ResourceID connection) {
    waiting.stir(connection, this::wake);
  }
}
