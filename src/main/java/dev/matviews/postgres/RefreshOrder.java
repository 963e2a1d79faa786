package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.RunOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run, with all that it needs to know.
 *
 * @param due its slot, or the moment it was asked for
 * @param rowsBefore the server's estimate before the run, null when it had none
 * @param searchPath where that of the definition that is live is not known
 * @param timeZone where the definition that is live has none
 * @param timeout of the whole run, waiting for locks included
 * @param lockTimeout of a single wait that readers would queue behind
 * @param spec what the view is to be, null where it is only refreshed and so never swapped
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
    Duration lockTimeout,
    RunOptions options,
    @Nullable ViewDefinition spec)
    implements RunOrder {

  /**
   * Nobody queues behind these, so they may wait long for their locks; a swap has tries of its own.
   */
  private static final Duration UNNOTICED_LOCK_TIMEOUT = Duration.ofSeconds(30);

  public RefreshOrder {
    searchPath = List.copyOf(searchPath);
    if (mode.mode() == Mode.Swap && spec == null) {
      throw new IllegalArgumentException("only a view whose definition is ours is swapped");
    }
  }

  @Override
  public Mode sentMode() {
    return mode.mode();
  }

  @Override
  public Duration longestLockWait() {
    return mode.mode() == Mode.Standard ? lockTimeout : UNNOTICED_LOCK_TIMEOUT;
  }

  /** The same run, for which a swap got no lock. */
  RefreshOrder concurrently() {
    return with(
        new ModeChoice(Mode.Concurrent, null, "a swap got no lock", false), searchPath, timeZone);
  }

  /**
   * The same run under the search path and in the time zone of the definition that is live: an edit
   * of them may wait or be refused, and the order may be older than a rebuild.
   *
   * @param liveSearchPath empty where it is not known
   * @param liveTimeZone null where it is not known
   */
  RefreshOrder in(List<String> liveSearchPath, @Nullable String liveTimeZone) {
    return with(
        mode,
        liveSearchPath.isEmpty() ? searchPath : liveSearchPath,
        liveTimeZone == null ? timeZone : liveTimeZone);
  }

  private RefreshOrder with(ModeChoice otherMode, List<String> otherPath, String otherZone) {
    return new RefreshOrder(
        view,
        id,
        due,
        otherMode,
        rowsBefore,
        otherPath,
        otherZone,
        timeout,
        lockTimeout,
        options,
        spec);
  }
}
