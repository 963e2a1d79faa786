package dev.matviews.refresh;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a run does beside putting new data in place.
 *
 * @param historyLimit how many ended runs of the view the database keeps
 * @param notifyChannel told in the run's own transaction, null for none
 * @param settings of the session while the query runs, by name
 * @param nextDue when the view is due after it, to be written down with a success; null leaves what
 *     is written
 */
public record RunOptions(
    int historyLimit,
    RowCounting rowCount,
    @Nullable String notifyChannel,
    Map<String, String> settings,
    @Nullable Instant nextDue) {

  public static final RunOptions DEFAULT =
      new RunOptions(20, RowCounting.Estimated, null, Map.of(), null);

  public RunOptions {
    // Map.copyOf would order them anew in each process, and the SQL made of them with it.
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
  }

  /** The same for a run after which the view is due then. */
  public RunOptions thenDue(@Nullable Instant next) {
    return new RunOptions(historyLimit, rowCount, notifyChannel, settings, next);
  }
}
