package dev.matviews.controller;

import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.GoDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How old the data of a view may be. It needs no database: data grow old while that is away, too.
 *
 * @param limit empty where nobody asks
 */
record Freshness(Optional<Duration> limit) {

  static final Freshness UNASKED = new Freshness(Optional.empty());

  static Freshness of(MaterializedView object) {
    return new Freshness(
        Optional.ofNullable(object.getSpec().maxStaleness()).map(GoDuration::parse));
  }

  /** When the data will be too old, or have become so. */
  Optional<Instant> staleAt(@Nullable Instant dataAsOf) {
    return Optional.ofNullable(dataAsOf).flatMap(since -> limit.map(since::plus));
  }

  /** Says nothing of a view without data, whose readers get an error and no old data. */
  void addTo(
      Conditions conditions, @Nullable Boolean populated, @Nullable Instant dataAsOf, Instant now) {
    if (limit.isEmpty() || !Boolean.TRUE.equals(populated)) {
      return;
    }
    if (staleAt(dataAsOf).filter(stale -> stale.isAfter(now)).isPresent()) {
      conditions.add(
          ConditionType.FRESH,
          ConditionStatus.TRUE,
          Reason.Fresh,
          "the data are younger than maxStaleness " + GoDuration.text(limit.get()));
    } else {
      conditions.add(ConditionType.FRESH, ConditionStatus.FALSE, Reason.Stale, why(dataAsOf));
    }
  }

  private String why(@Nullable Instant dataAsOf) {
    return dataAsOf == null
        ? "nobody knows how old the data are before the first refresh"
        : "the data are as of %s and older than maxStaleness %s"
            .formatted(dataAsOf, limit.map(GoDuration::text).orElse(""));
  }
}
