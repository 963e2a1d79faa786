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
 * @param refreshProblem what keeps a run from starting, of which the database knows nothing
 * @param building whether indexes are being changed right now
 * @param nextSlot of its schedule
 * @param lookAgain when, at the latest
 */
record Situation(
    @Nullable DesiredView desired,
    @Nullable Observation seen,
    @Nullable ModeChoice mode,
    @Nullable Problem problem,
    @Nullable Problem refreshProblem,
    boolean building,
    Optional<Instant> nextSlot,
    Instant lookAgain) {

  /** Nothing could be seen. */
  static Situation unseen(Problem problem, Instant lookAgain) {
    return new Situation(null, null, null, problem, null, false, Optional.empty(), lookAgain);
  }

  Situation noLaterThan(Instant moment) {
    return lookAgain.isAfter(moment)
        ? new Situation(desired, seen, mode, problem, refreshProblem, building, nextSlot, moment)
        : this;
  }
}
