package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.RunOptions;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One definition to bring to life in the place of another, with all that it needs to know.
 *
 * <p>A refresh by swap brings the view's own to life once more, see {@link LiveDefinition}.
 *
 * @param fill false where nobody can read the old view, so that the new one may stay empty too
 * @param tablespace null keeps the old one's
 * @param rowsBefore the server's estimate of the old view, null when it had none
 * @param timeout of the whole run, waiting for locks included
 * @param lockTimeout of one try to swap, since readers queue behind it
 * @param repeats whether it is the definition that the view has already
 * @param elseConcurrent whether another way is left when no try gets its locks
 */
public record RebuildOrder(
    ViewDefinition definition,
    RunId id,
    Instant due,
    boolean fill,
    @Nullable String tablespace,
    @Nullable Long rowsBefore,
    Duration timeout,
    Duration lockTimeout,
    boolean repeats,
    boolean elseConcurrent,
    RunOptions options)
    implements RunOrder {

  /** Nobody queues behind a shadow that waits for a source; only the swap is in the way. */
  private static final Duration BUILD_LOCK_TIMEOUT = Duration.ofSeconds(30);

  /** A changed definition. */
  public RebuildOrder(
      ViewDefinition definition,
      RunId id,
      Instant due,
      boolean fill,
      @Nullable String tablespace,
      @Nullable Long rowsBefore,
      Duration timeout,
      Duration lockTimeout,
      RunOptions options) {
    this(
        definition,
        id,
        due,
        fill,
        tablespace,
        rowsBefore,
        timeout,
        lockTimeout,
        false,
        false,
        options);
  }

  /** A refresh by swap. */
  static RebuildOrder repeating(ViewDefinition live, RefreshOrder refresh) {
    return new RebuildOrder(
        live,
        refresh.id(),
        refresh.due(),
        true,
        null,
        refresh.rowsBefore(),
        refresh.timeout(),
        refresh.lockTimeout(),
        true,
        refresh.mode().elseConcurrent(),
        refresh.options());
  }

  @Override
  public QualifiedName view() {
    return definition.name();
  }

  @Override
  public @Nullable Mode sentMode() {
    return null;
  }

  @Override
  public Duration longestLockWait() {
    return BUILD_LOCK_TIMEOUT;
  }
}
