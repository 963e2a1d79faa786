package dev.matviews.controller;

import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.metrics.Metric;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What metrics tell of a view, by its status. Pure.
 *
 * @param staleAt from when on its data are too old, null where nobody asks
 * @param rows null while nobody knows
 */
record ViewSample(
    ResourceID connection,
    boolean ready,
    boolean stalled,
    boolean drifted,
    int failures,
    @Nullable Instant lastSuccess,
    @Nullable Instant dataAsOf,
    @Nullable Instant staleAt,
    @Nullable Long rows) {

  static ViewSample of(MaterializedView view, MaterializedViewStatus status) {
    boolean populated = Boolean.TRUE.equals(status.populated());
    return new ViewSample(
        Views.connectionOf(view),
        Conditions.find(status.conditions(), ConditionType.READY)
            .filter(ready -> ready.status() == ConditionStatus.TRUE)
            .isPresent(),
        Conditions.find(status.conditions(), ConditionType.STALLED).isPresent(),
        Notice.drifted(status.conditions()).isPresent(),
        Objects.requireNonNullElse(status.consecutiveFailures(), 0),
        status.lastSuccessfulRefreshTime(),
        status.dataAsOf(),
        populated ? staleAt(Freshness.of(view), status.dataAsOf()) : null,
        status.rowCount() == null ? null : status.rowCount().value());
  }

  /** Of data whose age nobody knows, they may be of any. */
  private static @Nullable Instant staleAt(Freshness freshness, @Nullable Instant dataAsOf) {
    return freshness.limit().isEmpty() ? null : freshness.staleAt(dataAsOf).orElse(Instant.EPOCH);
  }

  boolean isStale(Instant now) {
    return staleAt != null && !staleAt.isAfter(now);
  }

  /** Empty where there is nothing to tell yet: then there is no such series either. */
  OptionalDouble value(Metric metric, Instant now) {
    return switch (metric) {
      case Ready -> OptionalDouble.of(ready ? 1 : 0);
      case LastSuccess -> lastSuccess == null ? OptionalDouble.empty() : of(lastSuccess);
      case Staleness -> dataAsOf == null ? OptionalDouble.empty() : since(dataAsOf, now);
      case Rows -> rows == null ? OptionalDouble.empty() : OptionalDouble.of(rows);
      case ConsecutiveFailures -> OptionalDouble.of(failures);
      default -> throw new IllegalArgumentException(metric + " is not of a view");
    };
  }

  private static OptionalDouble of(Instant moment) {
    return OptionalDouble.of(moment.toEpochMilli() / 1000.0);
  }

  private static OptionalDouble since(Instant moment, Instant now) {
    return OptionalDouble.of(Math.max(0, Duration.between(moment, now).toMillis() / 1000.0));
  }
}
