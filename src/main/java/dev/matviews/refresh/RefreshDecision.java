package dev.matviews.refresh;

import dev.matviews.plan.ObservedView;
import dev.matviews.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What to do about a view's data now. Pure: only what the database remembers, the spec and the
 * moment decide, so a restart neither loses a slot nor runs one twice.
 */
public sealed interface RefreshDecision {

  /** Their end wakes the view; this is in case that nobody does. */
  Duration WHILE_OTHERS_RUN = Duration.ofSeconds(10);

  /** Start this run. {@code due} is its slot, or now for a run without one. */
  record Start(RunId id, Instant due) implements RefreshDecision {}

  /** Write down that a slot or a request will not run, or not any more. */
  record Settle(RunId id, Instant due, Run.Result result, Reason reason)
      implements RefreshDecision {}

  /** The schedule is new or was edited: its slots count from now on. */
  record AdoptSchedule(String identity) implements RefreshDecision {}

  /** Sources hold no data yet; filling them wakes this view. */
  record AwaitSources(List<String> sources) implements RefreshDecision {}

  /** Nothing before this moment; empty for nothing at all until something happens. */
  record Wait(Optional<Instant> until) implements RefreshDecision {}

  /**
   * What comes next for this view.
   *
   * @param demand what asks for a run beside the spec
   */
  static RefreshDecision decide(
      RefreshPolicy policy, ObservedView view, RefreshState state, Demand demand, Instant now) {
    if (!policy.scheduleIdentity().equals(state.schedule())) {
      return new AdoptSchedule(policy.scheduleIdentity());
    }
    Optional<Settle> overtaken = overtaken(demand);
    if (overtaken.isPresent()) {
      return overtaken.get();
    }
    Optional<Instant> retry = Optional.empty();
    for (Start start : due(policy, view, state, demand, now)) {
      Optional<Settle> settled =
          givenUp(policy, state, start).or(() -> settled(policy, state, start, now));
      if (settled.isPresent()) {
        return settled.get();
      }
      List<String> missing = demand.upstreams().missing(view);
      if (!missing.isEmpty()) {
        return new AwaitSources(missing);
      }
      if (isAfterOthers(start, demand.upstreams()) || mayFillInVain(view, demand)) {
        retry = earlier(retry, Optional.of(now.plus(WHILE_OTHERS_RUN)));
        continue;
      }
      Optional<Instant> pausedUntil = state.pausedUntil(start.id(), now);
      if (pausedUntil.isEmpty()) {
        return start;
      }
      retry = earlier(retry, pausedUntil);
    }
    return new Wait(earlier(retry, nextSlot(policy, now)));
  }

  /** The next slot after {@code now}, unless the view is suspended or has no schedule. */
  static Optional<Instant> nextSlot(RefreshPolicy policy, Instant now) {
    return policy.suspended() ? Optional.empty() : policy.schedule().map(s -> s.next(now));
  }

  /**
   * Whether a view without data will have some though nobody does anything: not where another try
   * of its first fill alone would not mend it.
   */
  static boolean fillsItself(
      RefreshPolicy policy, ObservedView view, RefreshState state, Upstreams upstreams) {
    return fillsAtOnce(policy)
        && !state.isFinal(state.fillOf(view))
        && upstreams.fillThemselves(view);
  }

  private static boolean fillsAtOnce(RefreshPolicy policy) {
    return policy.fillAtOnce() && !policy.suspended();
  }

  /** What people ask for runs at once, with what there is. */
  private static boolean isAfterOthers(Start start, Upstreams upstreams) {
    return switch (start.id().trigger()) {
      case Schedule -> upstreams.goFirst(start.due());
      case Upstream -> upstreams.anyBusy();
      case Initial, Request, Definition, Run -> false;
    };
  }

  /** The fill of a definition that nobody wants would hold up the wanted one until its end. */
  private static boolean mayFillInVain(ObservedView view, Demand demand) {
    return demand.occupied() && !view.populated();
  }

  /** Who asks for one run is told that another is going on, and does not wait for its end. */
  private static Optional<Settle> overtaken(Demand demand) {
    return demand.asked().stream()
        .filter(AskedRun::overtaken)
        .map(run -> new Settle(run.id(), run.since(), Run.Result.Skipped, Reason.RefreshInProgress))
        .findFirst();
  }

  /** What there is to do, the first first. One that is paused lets the next go ahead. */
  private static List<Start> due(
      RefreshPolicy policy, ObservedView view, RefreshState state, Demand demand, Instant now) {
    List<Start> starts = new ArrayList<>();
    String request = demand.request();
    if (request != null && !RunId.request(request).key().equals(state.handledRequest())) {
      starts.add(new Start(RunId.request(request), now));
    }
    demand.asked().stream()
        .filter(AskedRun::turn)
        .forEach(run -> starts.add(new Start(run.id(), run.since())));
    if (!view.populated() && fillsAtOnce(policy)) {
      starts.add(new Start(state.fillOf(view), now));
    }
    // Whoever asks for the view together with those below takes over what they hold.
    if (demand.asked().isEmpty()) {
      newData(policy, view, state, demand.upstreams()).ifPresent(starts::add);
    }
    dueSlot(policy, state, now).ifPresent(due -> starts.add(new Start(RunId.schedule(due), due)));
    return starts;
  }

  /** By what there is, not by what has happened: a restart loses nothing. */
  private static Optional<Start> newData(
      RefreshPolicy policy, ObservedView view, RefreshState state, Upstreams upstreams) {
    if (!policy.followsUpstream() || policy.suspended() || !view.populated()) {
      return Optional.empty();
    }
    return upstreams
        .newerThan(state.dataAsOf())
        .map(since -> new Start(RunId.upstream(since), since))
        .filter(start -> !state.isFinal(start.id()))
        .filter(start -> failedTooOften(policy, state, start.id()).isEmpty());
  }

  private static Optional<Instant> dueSlot(RefreshPolicy policy, RefreshState state, Instant now) {
    Instant settledUntil = state.settledUntil();
    if (policy.suspended() || settledUntil == null) {
      return Optional.empty();
    }
    PassedOver passed = state.passedOver();
    return passed != null && passed.holds(now)
        ? policy.schedule().flatMap(s -> s.latest(passed.after(), now))
        : policy.schedule().flatMap(s -> s.latest(settledUntil, now));
  }

  /**
   * Slots in whose place the one runs that is due, to be written down before it does. After a
   * standstill they are gone for good; but when the clock was wrong and is set right, they come.
   */
  static Optional<PassedOver> passedOver(RefreshPolicy policy, RefreshState state, Instant now) {
    Instant settledUntil = state.settledUntil();
    if (settledUntil == null || !policy.scheduleIdentity().equals(state.schedule())) {
      return Optional.empty();
    }
    return policy
        .schedule()
        .flatMap(
            schedule ->
                dueSlot(policy, state, now)
                    .filter(due -> schedule.next(settledUntil).isBefore(due))
                    .map(due -> new PassedOver(settledUntil, due)));
  }

  /**
   * One that has failed too often. The first fill and a changed definition go on for ever: nothing
   * else would bring them about. A run that an object asks for is tried once, and newer data above
   * are another run.
   */
  private static Optional<Settle> givenUp(RefreshPolicy policy, RefreshState state, Start start) {
    return switch (start.id().trigger()) {
      case Initial, Definition, Run, Upstream -> Optional.empty();
      case Schedule, Request ->
          failedTooOften(policy, state, start.id())
              .map(run -> new Settle(start.id(), start.due(), Run.Result.Failed, run.reason()));
    };
  }

  private static Optional<Run> failedTooOften(RefreshPolicy policy, RefreshState state, RunId id) {
    return state.failed(id).filter(run -> run.tries() > policy.retries());
  }

  /** A slot that fell due while the view was being refreshed, or that is too old by now. */
  private static Optional<Settle> settled(
      RefreshPolicy policy, RefreshState state, Start slot, Instant now) {
    if (slot.id().trigger() != Trigger.Schedule) {
      return Optional.empty();
    }
    Instant due = slot.due();
    boolean ranMeanwhile =
        state.runs().stream()
            .filter(run -> run.mode() != null)
            .anyMatch(run -> run.startedAt().isBefore(due) && run.finishedAt().isAfter(due));
    if (ranMeanwhile) {
      return Optional.of(new Settle(slot.id(), due, Run.Result.Skipped, Reason.RefreshInProgress));
    }
    boolean tooOld =
        policy.startingDeadline().filter(limit -> due.plus(limit).isBefore(now)).isPresent();
    boolean tried = state.run(slot.id()).isPresent();
    return tooOld && !tried
        ? Optional.of(new Settle(slot.id(), due, Run.Result.Missed, Reason.Missed))
        : Optional.empty();
  }

  private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
    return Stream.concat(one.stream(), other.stream()).min(Comparator.naturalOrder());
  }
}
