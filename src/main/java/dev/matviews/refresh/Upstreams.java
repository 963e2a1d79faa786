package dev.matviews.refresh;

import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.Relation;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The views that one view stands on directly. */
public record Upstreams(List<Upstream> all) {

  public static final Upstreams NONE = new Upstreams(List.of());

  public Upstreams {
    all = List.copyOf(all);
  }

  /**
   * What has to be filled before the view can be, by name.
   *
   * @param view that stands on them, and may read others that nobody manages
   */
  public List<String> missing(ObservedView view) {
    List<String> sources = view.relation().map(Relation::unpopulatedSources).orElse(List.of());
    return Stream.concat(
            sources.stream(), all.stream().filter(u -> !u.populated()).map(Upstream::name))
        .distinct()
        .toList();
  }

  /** Whether all that is missing will be filled though nobody does anything. */
  public boolean fillThemselves(ObservedView view) {
    return all.stream()
        .filter(Upstream::fillsItself)
        .map(Upstream::name)
        .collect(Collectors.toSet())
        .containsAll(missing(view));
  }

  /**
   * Since when there are data that a view does not hold.
   *
   * @param asOf what it holds, null for nothing
   */
  public Optional<Instant> newerThan(@Nullable Instant asOf) {
    return all.stream()
        .map(Upstream::visibleSince)
        .filter(Objects::nonNull)
        .map(Objects::requireNonNull)
        .max(Comparator.naturalOrder())
        .filter(newest -> asOf == null || newest.isAfter(asOf));
  }

  public boolean anyBusy() {
    return all.stream().anyMatch(Upstream::busy);
  }

  /** Whether one of them is about to have the data of this slot, so that it goes first. */
  public boolean goFirst(Instant slot) {
    return all.stream()
        .filter(Upstream::busy)
        .map(Upstream::asOf)
        .anyMatch(asOf -> asOf == null || asOf.isBefore(slot));
  }

  /** The views below, at any depth, whose last refresh failed, by name. */
  public List<String> failed() {
    return all.stream().flatMap(u -> u.failed().stream()).distinct().sorted().toList();
  }
}
