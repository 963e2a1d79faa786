package dev.matviews.refresh;

import dev.matviews.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run that has ended, as the database remembers it.
 *
 * @param id its identity, as {@link RunId} prints it
 * @param mode null for a run that sent no REFRESH of the view itself
 * @param sqlState null unless the server refused it
 * @param message why it ended so, fit for a user's eyes; null when there is nothing to say
 * @param rowsBefore the server's estimate, null when it had none
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
    @Nullable Long rowsBefore,
    @Nullable Long rowsAfter) {

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

  public boolean is(RunId other) {
    return id.equals(other.toString());
  }
}
