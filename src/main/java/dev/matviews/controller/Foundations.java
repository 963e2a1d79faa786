package dev.matviews.controller;

import dev.matviews.api.v1alpha1.Dependency;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Observation;
import dev.matviews.refresh.Demand;
import dev.matviews.refresh.Lineage;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.RefreshDecision;
import dev.matviews.refresh.Upstream;
import dev.matviews.refresh.Upstreams;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one view stands on, during one pass over it: by its spec, by what PostgreSQL knows, and all
 * that is below.
 */
final class Foundations {

  /** What is due and has not begun by then is held up by something else. */
  private static final Duration SOON = Duration.ofSeconds(30);

  private final MaterializedView view;
  private final String own;
  private final Connections.State.Ready connection;
  private final Views views;
  private final String ownerId;
  private final Instant now;

  private Map<String, MaterializedView> managed = Map.of();
  private final Map<String, Observation> world = new HashMap<>();

  /** For a view that was not changed since it was checked. */
  private @Nullable Observation lastSeen;

  private Upstreams last = Upstreams.NONE;

  Foundations(
      MaterializedView view,
      Connections.State.Ready connection,
      Views views,
      String ownerId,
      Instant now) {
    this.view = view;
    this.own = DesiredView.nameOf(view).toString();
    this.connection = connection;
    this.views = views;
    this.ownerId = ownerId;
    this.now = now;
  }

  /**
   * The views of the operator that it stands on directly.
   *
   * @param seen the view itself
   * @throws RefusedException where one is missing, or the view stands on itself
   */
  Upstreams under(Observation seen) {
    if (view.getSpec().dependsOn().isEmpty() && seen.upstreams().isEmpty()) {
      views.standsOn(ResourceID.fromResource(view), Set.of());
      return Upstreams.NONE;
    }
    if (!seen.equals(lastSeen)) {
      last = look(seen);
      lastSeen = seen;
    }
    return last;
  }

  private Upstreams look(Observation seen) {
    managed = views.byName(Views.connectionOf(view));
    view.getSpec().dependsOn().forEach(this::find);
    observeAllBelow(seen);
    // One that nobody manages may become the operator's after this look.
    Set<String> standsOn = new LinkedHashSet<>(seen.upstreams());
    standsOn.addAll(direct(own));
    views.standsOn(ResourceID.fromResource(view), standsOn);
    Lineage lineage =
        new Lineage(world.keySet().stream().collect(Collectors.toMap(n -> n, this::direct)));
    refuseLoop(lineage);
    if (seen.view().relation().isEmpty()) {
      refuseUnmade();
    }
    Map<String, Upstream> known = new HashMap<>();
    lineage.below(own).forEach(name -> known.put(name, upstream(name, known)));
    return below(own, known);
  }

  /**
   * What has to be so before the view may be made or changed.
   *
   * @throws RefusedException where it is not
   */
  void check(Observation seen) {
    if (!view.getSpec().dependsOn().isEmpty()) {
      under(seen);
    }
  }

  private void find(Dependency dependency) {
    if (named(view, dependency).isEmpty()) {
      throw new RefusedException(
          Reason.DependencyNotFound,
          ("MaterializedView %s, which spec.dependsOn names, is not in this namespace or not on this"
                  + " connection; apply it, or take it off the list")
              .formatted(dependency.name()));
    }
  }

  /** Level by level, each by one query. */
  private void observeAllBelow(Observation seen) {
    world.clear();
    world.put(own, seen);
    Set<String> next = direct(own);
    while (!next.isEmpty()) {
      List<QualifiedName> names =
          next.stream()
              .map(name -> DesiredView.nameOf(Objects.requireNonNull(managed.get(name))))
              .toList();
      connection.database().observe(names).forEach((name, o) -> world.put(name.toString(), o));
      next =
          next.stream()
              .flatMap(name -> direct(name).stream())
              .filter(name -> !world.containsKey(name))
              .collect(Collectors.toSet());
    }
  }

  private Set<String> direct(String name) {
    MaterializedView object = name.equals(own) ? view : managed.get(name);
    Observation seen = world.get(name);
    Set<String> names = new LinkedHashSet<>();
    if (object != null) {
      object.getSpec().dependsOn().forEach(d -> named(object, d).ifPresent(names::add));
    }
    if (seen != null) {
      seen.upstreams().stream().filter(managed::containsKey).forEach(names::add);
    }
    return names;
  }

  private Optional<String> named(MaterializedView object, Dependency dependency) {
    return views
        .find(new ResourceID(dependency.name(), object.getMetadata().getNamespace()))
        .filter(found -> Views.connectionOf(found).equals(Views.connectionOf(view)))
        .map(found -> DesiredView.nameOf(found).toString());
  }

  private void refuseLoop(Lineage lineage) {
    lineage
        .loopThrough(own)
        .ifPresent(
            loop -> {
              throw new RefusedException(
                  Reason.DependencyCycle,
                  "the view stands on itself: %s; take one of them off spec.dependsOn"
                      .formatted(String.join(" -> ", loop)));
            });
  }

  /** What is below is made first. */
  private void refuseUnmade() {
    for (String name : direct(own)) {
      Observation below = world.get(name);
      if (below == null || below.view().relation().isEmpty()) {
        throw new RefusedException(
            Reason.DependencyNotFound,
            "waits for view %s, which spec.dependsOn names, to be made".formatted(name));
      }
    }
  }

  private Upstreams below(String name, Map<String, Upstream> known) {
    return new Upstreams(direct(name).stream().filter(known::containsKey).map(known::get).toList());
  }

  private Upstream upstream(String name, Map<String, Upstream> known) {
    MaterializedView object = Objects.requireNonNull(managed.get(name));
    Observation seen = Objects.requireNonNull(world.get(name));
    Upstreams below = below(name, known);
    Optional<DesiredView> desired = desired(object, seen);
    boolean queued = connection.worker().job(ResourceID.fromResource(object)).isPresent();
    boolean due = desired.filter(d -> isDue(d, seen, below)).isPresent();
    return new Upstream(
        name,
        seen.view().populated(),
        desired
            .filter(
                d -> RefreshDecision.fillsItself(d.refresh(), seen.view(), seen.refresh(), below))
            .isPresent(),
        seen.refresh().dataAsOf(),
        seen.refresh().visibleSince(),
        seen.refresh().isBehind() ? List.of(name) : below.failed(),
        queued || below.anyBusy() || due);
  }

  /** Empty where nothing will be done for the view. */
  private Optional<DesiredView> desired(MaterializedView object, Observation seen) {
    if (object.isMarkedForDeletion()) {
      return Optional.empty();
    }
    try {
      return Optional.of(DesiredView.of(object, ownerId))
          .filter(desired -> seen.view().isClaimedBy(desired.claim()));
    } catch (RefusedException e) {
      return Optional.empty();
    }
  }

  /** Its own pass may come after this one. */
  private boolean isDue(DesiredView desired, Observation seen, Upstreams below) {
    return ModeChoice.of(desired.refresh().mode(), seen.modeFacts()).legal()
        && RefreshDecision.decide(
                desired.refresh(),
                seen.view(),
                seen.refresh(),
                new Demand(null, List.of(), below, false),
                now)
            instanceof RefreshDecision.Start start
        && start.due().plus(SOON).isAfter(now);
  }
}
