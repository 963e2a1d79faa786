package dev.matviews.refresh;

import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to do about a view's data now. Pure: only what the database remembers, the spec and the
 * moment decide, so a restart neither loses a slot nor runs one twice.
 */
public sealed interface RefreshDecision {

  /** Start this run. {@code due} is its slot, or now for a run without one. */
  record Start(RunId id, Instant due) implements RefreshDecision {}

  /** Write a slot down that will not run. */
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
   * @param request the value of the refresh annotation, null without one
   */
  static RefreshDecision decide(
      RefreshPolicy policy,
      ObservedView view,
      RefreshState state,
      @Nullable String request,
      Instant now) {
    if (!policy.scheduleIdentity().equals(state.schedule())) {
      return new AdoptSchedule(policy.scheduleIdentity());
    }
    Optional<Instant> retry = Optional.empty();
    for (Start start : due(policy, view, state, request, now)) {
      Optional<Settle> settled = settled(policy, state, start, now);
      if (settled.isPresent()) {
        return settled.get();
      }
      List<String> missing = view.relation().map(Relation::unpopulatedSources).orElse(List.of());
      if (!missing.isEmpty()) {
        return new AwaitSources(missing);
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

  /** What there is to do, the first first. One that is paused lets the next go ahead. */
  private static List<Start> due(
      RefreshPolicy policy,
      ObservedView view,
      RefreshState state,
      @Nullable String request,
      Instant now) {
    List<Start> starts = new ArrayList<>();
    if (request != null && !RunId.request(request).key().equals(state.handledRequest())) {
      starts.add(new Start(RunId.request(request), now));
    }
    if (!view.populated() && policy.fillAtOnce() && !policy.suspended()) {
      long oid = view.relation().map(Relation::oid).orElse(0L);
      starts.add(new Start(RunId.initial(oid, state.lastSuccess()), now));
    }
    dueSlot(policy, state, now).ifPresent(due -> starts.add(new Start(RunId.schedule(due), due)));
    return starts;
  }

  private static Optional<Instant> dueSlot(RefreshPolicy policy, RefreshState state, Instant now) {
    Instant settledUntil = state.settledUntil();
    if (policy.suspended() || settledUntil == null) {
      return Optional.empty();
    }
    return policy.schedule().flatMap(s -> s.latest(settledUntil, now));
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
