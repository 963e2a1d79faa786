package dev.matviews.refresh;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What asks for a run beside the spec.
 *
 * @param request the value of the refresh annotation, null without one
 * @param asked by objects of their own, of those that have not ended, the oldest first
 * @param upstreams what the view stands on, as far as the operator looks after it
 * @param occupied whether another session works on the view, so that it is not known if its
 *     definition is still the wanted one
 */
public record Demand(
    @Nullable String request, List<AskedRun> asked, Upstreams upstreams, boolean occupied) {

  public Demand {
    asked = List.copyOf(asked);
  }

  /** The mode that a run was asked for in, where that is not the spec's. */
  public Optional<Mode> mode(RunId id) {
    return asked.stream()
        .filter(run -> run.id().equals(id))
        .flatMap(run -> Optional.ofNullable(run.mode()).stream())
        .findFirst();
  }
}
