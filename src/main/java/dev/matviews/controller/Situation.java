package dev.matviews.controller;

import dev.matviews.postgres.Observation;
import dev.matviews.refresh.ModeChoice;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a look at a view has found, before it is put into words.
 *
 * @param problem what keeps the view from being as its spec wants, the first that was met
 * @param changing what is being changed in the database right now, null when nothing is
 * @param nextSlot of its schedule
 * @param lookAgain when, at the latest
 */
record Situation(
    @Nullable DesiredView desired,
    @Nullable Observation seen,
    @Nullable ModeChoice mode,
    @Nullable Problem problem,
    @Nullable String changing,
    Optional<Instant> nextSlot,
    Instant lookAgain) {

  /** Nothing could be seen. */
  static Situation unseen(Problem problem, Instant lookAgain) {
    return new Situation(null, null, null, problem, null, Optional.empty(), lookAgain);
  }
}
