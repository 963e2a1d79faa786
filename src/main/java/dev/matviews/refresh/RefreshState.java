package dev.matviews.refresh;

import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.Relation;
import java.time.Duration;
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
 * @param nextDue what those who ask in SQL are told
 * @param runs the one that has ended last first
 * @param passedOver slots up to {@code settledUntil} that need something yet, if the clock is there
 */
public record RefreshState(
    @Nullable String schedule,
    @Nullable Instant settledUntil,
    @Nullable String handledRequest,
    @Nullable Instant dataAsOf,
    @Nullable Instant lastSuccess,
    int consecutiveFailures,
    @Nullable Instant nextDue,
    List<Run> runs,
    @Nullable PassedOver passedOver) {

  public static final RefreshState NONE =
      new RefreshState(null, null, null, null, null, 0, null, List.of(), null);

  public RefreshState {
    runs = List.copyOf(runs);
  }

  public Optional<Run> lastRun() {
    return runs.stream().findFirst();
  }

  /** The newest run that says something about the data, unlike a slot that was skipped. */
  public Optional<Run> lastOfData() {
    return runs.stream().filter(Run::concernsData).findFirst();
  }

  /** Whether the data are those of before a refresh that failed. */
  public boolean isBehind() {
    return runs.stream()
        .filter(Run::concernsData)
        .filter(run -> run.result() != Run.Result.Cancelled)
        .findFirst()
        .filter(run -> run.result() == Run.Result.Failed)
        .isPresent();
  }

  /** The first fill of the view that stands there: one that was made again starts afresh. */
  public RunId fillOf(ObservedView view) {
    return RunId.initial(view.relation().map(Relation::oid).orElse(0L), lastSuccess);
  }

  Optional<Run> run(RunId id) {
    return runs.stream().filter(r -> r.is(id)).findFirst();
  }

  /** The last try of this run, if it did not succeed. */
  public Optional<Run> failed(RunId id) {
    return run(id).filter(run -> run.result() != Run.Result.Succeeded);
  }

  /** The database's clock when the last successful refresh had ended, null before the first. */
  public @Nullable Instant visibleSince() {
    if (dataAsOf == null) {
      return null;
    }
    Duration took =
        runs.stream()
            .filter(run -> run.result() == Run.Result.Succeeded)
            .findFirst()
            .map(Run::duration)
            .orElse(Duration.ZERO);
    return dataAsOf.plus(took);
  }

  /** Whether another try of this run would end as the last one did. */
  public boolean isFinal(RunId id) {
    return run(id).filter(run -> run.reason().isFinal()).isPresent();
  }

  /**
   * A run that has failed is tried again after a pause. A run of the future is one of a clock that
   * was set back since, and says nothing about how long ago it was.
   */
  public Optional<Instant> pausedUntil(RunId id, Instant now) {
    return failed(id)
        .filter(run -> !run.finishedAt().isAfter(now))
        .map(run -> run.finishedAt().plus(Backoff.pause(run.reason(), run.tries())))
        .filter(retry -> retry.isAfter(now));
  }
}
