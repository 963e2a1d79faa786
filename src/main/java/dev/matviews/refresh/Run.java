package dev.matviews.refresh;

import dev.matviews.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run that has ended, as the database remembers it.
 *
 * @param id its identity, as {@link RunId} prints it
 * @param mode null for a changed definition, and for what never ran
 * @param sqlState null unless the server refused it
 * @param message why it ended so, fit for a user's eyes; null when there is nothing to say
 * @param tries how often it was begun, this time included
 * @param rowsBefore null when nobody knows
 * @param rowsExact whether {@code rowsAfter} were counted one by one
 * @param insteadOf the mode that it began in and could not end in; null for none
 * @param rowsChanged how many rows it changed, null where that was not to be known for free
 */
public record Run(
    String id,
    Trigger trigger,
    @Nullable Mode mode,
    Instant startedAt,
    Instant finishedAt,
    Result result,
    Reason reason,
    @Nullable String sqlState,
    @Nullable String message,
    int tries,
    @Nullable Long rowsBefore,
    @Nullable Long rowsAfter,
    boolean rowsExact,
    @Nullable Mode insteadOf,
    @Nullable Long rowsChanged) {

  /** How a run ended. */
  public enum Result {
    Succeeded,
    Failed,
    /** Its view was still being refreshed when it fell due. */
    Skipped,
    /** Its deadline had passed before the operator could start it. */
    Missed,
    Cancelled
  }

  public Duration duration() {
    return Duration.between(startedAt, finishedAt);
  }

  /** What there is to tell about how it ended. */
  public String said() {
    return message == null ? reason.name() : message;
  }

  /** Whether it was one of the data, and no change of the definition that came to nothing. */
  boolean concernsData() {
    boolean changed = trigger == Trigger.Definition && result == Result.Succeeded;
    return mode != null || changed;
  }

  public boolean is(RunId other) {
    return id.equals(other.toString());
  }
}
