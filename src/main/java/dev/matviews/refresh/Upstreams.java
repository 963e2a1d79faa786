package dev.matviews.refresh;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The views that one view stands on directly. */
public record Upstreams(List<Upstream> all) {

  public static final Upstreams NONE = new Upstreams(List.of());

  public Upstreams {
    all = List.copyOf(all);
  }

  /** Those without data, by name. */
  public List<String> unpopulated() {
    return all.stream().filter(u -> !u.populated()).map(Upstream::name).toList();
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

  /** Those whose last refresh failed, by name. */
  public List<String> failed() {
    return all.stream().filter(Upstream::failed).map(Upstream::name).toList();
  }
}
