package dev.matviews.controller;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Views that wait for another one of their database to be made, filled or replaced.
 *
 * <p>A view counts as waiting from before it looks until it knows that it need not wait, so that
 * nothing that happens between its look and its decision is lost.
 */
final class Waiting {

  private enum State {
    Looking,
    /** Something happened while it looked, so what it saw may be out of date. */
    Missed,
    Waits
  }

  private final Map<ResourceID, Set<ResourceID>> byConnection = new ConcurrentHashMap<>();
  private final Map<ResourceID, State> states = new ConcurrentHashMap<>();

  void looks(ResourceID connection, ResourceID view) {
    byConnection.compute(
        connection,
        (c, waiting) -> {
          Set<ResourceID> views = waiting == null ? ConcurrentHashMap.newKeySet() : waiting;
          views.add(view);
          return views;
        });
    states.put(view, State.Looking);
  }

  /**
   * The view has decided.
   *
   * @return whether it has to look again at once
   */
  boolean decided(ResourceID connection, ResourceID view, boolean waits) {
    if (!waits) {
      forget(connection, view);
      return false;
    }
    return states.put(view, State.Waits) == State.Missed;
  }

  /** The views of this connection that have not decided yet. */
  List<ResourceID> looking(ResourceID connection) {
    return byConnection.getOrDefault(connection, Set.of()).stream()
        .filter(view -> states.get(view) != State.Waits)
        .toList();
  }

  void forget(ResourceID connection, ResourceID view) {
    byConnection.computeIfPresent(
        connection,
        (c, waiting) -> {
          waiting.remove(view);
          return waiting.isEmpty() ? null : waiting;
        });
    states.remove(view);
  }

  /** A view of this connection was made, filled or replaced. */
  void stir(ResourceID connection, Consumer<ResourceID> wake) {
    for (ResourceID view : byConnection.getOrDefault(connection, Set.of())) {
      State before = states.computeIfPresent(view, (v, s) -> s == State.Waits ? s : State.Missed);
      if (before == State.Waits) {
        wake.accept(view);
      }
    }
  }
}
