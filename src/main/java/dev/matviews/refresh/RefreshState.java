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

  /** The last try of this run, if it did not succeed. */
  public Optional<Run> failed(RunId id) {
    return run(id).filter(run -> run.result() != Run.Result.Succeeded);
  }

  /**
   * A run that has failed is tried again after a pause. A run of the future is one of a clock that
   * was set back since, and says nothing about how long ago it was.
   */
  public Optional<Instant> pausedUntil(RunId id, Instant now) {
    return failed(id)
        .filter(run -> !run.finishedAt().isAfter(now))
        .map(run -> run.finishedAt().plus(Backoff.pause(run.reason(), consecutiveFailures)))
        .filter(retry -> retry.isAfter(now));
  }
}
