package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.RunOptions;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What every run needs to know, whether it refreshes a view or brings a definition to life. */
sealed interface RunOrder permits RefreshOrder, RebuildOrder {

  QualifiedName view();

  RunId id();

  /** Its slot, or the moment it was asked for. */
  Instant due();

  /** Null for a changed definition. */
  @Nullable Mode sentMode();

  /** The server's estimate before the run, null when it had none. */
  @Nullable Long rowsBefore();

  /** Of the whole run, waiting for locks included. */
  Duration timeout();

  /** Of one wait for a lock. */
  Duration longestLockWait();

  /** What it does beside putting new data in place. */
  RunOptions options();
}
