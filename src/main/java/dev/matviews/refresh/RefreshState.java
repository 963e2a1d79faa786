package dev.matviews.refresh;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the database remembers of a view's refreshes: the truth that status is copied from.
 *
 * @param schedule identity of the schedule that {@code settledUntil} counts for; null before the
 *     first
 * @param settledUntil slots up to and including this moment need nothing more
 * @param handledRequest the last request whose run has ended
 * @param dataAsOf the database's clock right before the last successful REFRESH was sent
 * @param runs newest first
 */
public record RefreshState(
    @Nullable String schedule,
    @Nullable Instant settledUntil,
    @Nullable String handledRequest,
    @Nullable Instant dataAsOf,
    @Nullable Instant lastSuccess,
    int consecutiveFailures,
    List<Run> runs) {

  public static final RefreshState NONE =
      new RefreshState(null, null, null, null, null, 0, List.of());

  public RefreshState {
    runs = List.copyOf(runs);
  }

  public Optional<Run> lastRun() {
    return runs.stream().findFirst();
  }

  Optional<Run> run(RunId id) {
    return runs.stream().filter(r -> r.is(id)).findFirst();
  }
}
