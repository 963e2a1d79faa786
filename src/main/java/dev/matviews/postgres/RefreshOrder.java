package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run, with all that it needs to know.
 *
 * @param due its slot, or the moment it was asked for
 * @param rowsBefore the server's estimate before the run, null when it had none
 * @param timeout of the whole run, waiting for locks included
 * @param lockTimeout of a single wait that readers would queue behind
 */
public record RefreshOrder(
    QualifiedName view,
    RunId id,
    Instant due,
    ModeChoice mode,
    @Nullable Long rowsBefore,
    List<String> searchPath,
    String timeZone,
    Duration timeout,
    Duration lockTimeout)
    implements RunOrder {

  /** Nobody queues behind a concurrent refresh, so it may wait long for its lock. */
  private static final Duration CONCURRENT_LOCK_TIMEOUT = Duration.ofSeconds(30);

  public RefreshOrder {
    searchPath = List.copyOf(searchPath);
  }

  @Override
  public Mode sentMode() {
    return mode.mode();
  }

  @Override
  public Duration longestLockWait() {
    return mode.concurrently() ? CONCURRENT_LOCK_TIMEOUT : lockTimeout;
  }
}
