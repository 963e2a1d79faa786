package dev.matviews.controller;

import dev.matviews.api.v1alpha1.PlannedChange;
import dev.matviews.plan.Drift;
import dev.matviews.plan.ObservedView;
import dev.matviews.postgres.Observation;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.Upstreams;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a look at a view has found, before it is put into words.
 *
 * @param problem what keeps the view from being as its spec wants, the first that was met
 * @param refreshProblem what keeps a run from starting, of which the database knows nothing
 * @param building what is being built right now, empty for nothing
 * @param drift what another hand changed and is left as it is
 * @param planned what waits for approval, as users read it
 * @param warnings what works but should be looked at
 * @param nextSlot of its schedule
 * @param upstreams what the view stands on, as far as the operator looks after it
 * @param running a run that takes long
 * @param lookAgain when, at the latest
 */
record Situation(
    @Nullable DesiredView desired,
    @Nullable Observation seen,
    @Nullable ModeChoice mode,
    @Nullable Problem problem,
    @Nullable Problem refreshProblem,
    Optional<String> building,
    List<Drift> drift,
    Optional<PlannedChange> planned,
    List<String> warnings,
    Optional<Instant> nextSlot,
    Upstreams upstreams,
    Optional<Running> running,
    Instant lookAgain) {

  /** Nothing could be seen. */
  static Situation unseen(Problem problem, Instant lookAgain) {
    return new Situation(
        null,
        null,
        null,
        problem,
        null,
        Optional.empty(),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Upstreams.NONE,
        Optional.empty(),
        lookAgain);
  }

  /** Whether it reads a replaced view, or its own predecessor stands since others read that. */
  boolean awaitsSwaps() {
    return seen != null
        && (seen.view().relation().filter(ObservedView.Relation::readsReplaced).isPresent()
            || seen.view().record().filter(r -> !r.aside().isEmpty()).isPresent());
  }

  /** Whether sources hold no data yet, and all will be filled though nobody does anything. */
  boolean sourcesFillThemselves() {
    return seen != null
        && !upstreams.missing(seen.view()).isEmpty()
        && upstreams.fillThemselves(seen.view());
  }

  /** What keeps every run of the view from starting, whoever asks for it. */
  Optional<Problem> noRunCanStart() {
    boolean possible = mode != null && mode.legal();
    return possible ? Optional.empty() : Optional.ofNullable(problem);
  }

  Situation noLaterThan(Instant moment) {
    return lookAgain.isAfter(moment)
        ? new Situation(
            desired,
            seen,
            mode,
            problem,
            refreshProblem,
            building,
            drift,
            planned,
            warnings,
            nextSlot,
            upstreams,
            running,
            moment)
        : this;
  }
}
