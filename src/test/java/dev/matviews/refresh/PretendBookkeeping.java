package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the two bookkeeping tables do, without a database: what a later decision sees is only what
 * was written here. It fails when a run would commit twice, or when a slot would end in two ways.
 */
final class PretendBookkeeping {

  /** As many runs as are read with a view. */
  private static final int READ = 5;

  private final List<Run> runs = new ArrayList<>();
  private final Set<RunId> succeeded = new HashSet<>();
  private final Map<Instant, Run.Result> slots = new HashMap<>();
  private @Nullable String schedule;
  private @Nullable Instant settledUntil;
  private @Nullable Instant adoptedAt;
  private @Nullable Instant filledAt;
  private @Nullable String handledRequest;
  private int failures;

  RefreshState state() {
    List<Run> newest = runs.subList(0, Math.min(READ, runs.size()));
    return new RefreshState(
        schedule, settledUntil, handledRequest, null, null, failures, null, newest, null);
  }

  boolean populated() {
    return filledAt != null;
  }

  void adopt(String identity, Instant now) {
    schedule = identity;
    settledUntil = now;
    adoptedAt = now;
  }

  void settle(RefreshDecision.Settle settle, Instant now) {
    if (settle.result() == Run.Result.Failed) {
      handled(new RefreshDecision.Start(settle.id(), settle.due()), Run.Result.Failed);
      return;
    }
    end(settle.due(), settle.result());
    write(run(settle.id(), null, now, now, settle.result(), settle.reason()));
    settle(settle.due());
  }

  void succeeded(RefreshDecision.Start start, Instant startedAt, Instant finishedAt) {
    assertThat(succeeded.add(start.id())).as("%s commits once", start.id()).isTrue();
    handled(start, Run.Result.Succeeded);
    if (filledAt == null) {
      filledAt = start.due();
    }
    failures = 0;
    write(
        run(
            start.id(),
            Mode.Standard,
            startedAt,
            finishedAt,
            Run.Result.Succeeded,
            Reason.Succeeded));
  }

  void failed(RefreshDecision.Start start, Instant startedAt, Instant finishedAt, Reason reason) {
    if (reason.retry() == Reason.Retry.Never && start.id().trigger() != Trigger.Initial) {
      handled(start, Run.Result.Failed);
    }
    failures++;
    write(run(start.id(), Mode.Standard, startedAt, finishedAt, Run.Result.Failed, reason));
  }

  private void handled(RefreshDecision.Start start, Run.Result result) {
    switch (start.id().trigger()) {
      case Schedule -> {
        end(start.due(), result);
        settle(start.due());
      }
      case Initial, Definition -> settle(start.due());
      case Request -> handledRequest = start.id().key();
      case Run, Upstream -> {}
    }
  }

  private void end(Instant slot, Run.Result result) {
    assertThat(slots.put(slot, result)).as("how slot %s had ended before", slot).isNull();
  }

  private void settle(Instant until) {
    Instant before = Objects.requireNonNull(settledUntil);
    settledUntil = until.isAfter(before) ? until : before;
  }

  private void write(Run run) {
    runs.removeIf(old -> old.id().equals(run.id()));
    runs.add(run);
    runs.sort((one, other) -> other.startedAt().compareTo(one.startedAt()));
  }

  private Run run(
      RunId id,
      @Nullable Mode mode,
      Instant startedAt,
      Instant finishedAt,
      Run.Result result,
      Reason reason) {
    return new Run(
        id.toString(),
        id.trigger(),
        mode,
        startedAt,
        finishedAt,
        result,
        reason,
        null,
        null,
        1 + runs.stream().filter(old -> old.is(id)).mapToInt(Run::tries).sum(),
        null,
        null,
        false,
        null,
        null);
  }

  boolean hasEnded(Instant slot) {
    return slots.containsKey(slot);
  }

  int endedSlots() {
    return slots.size();
  }

  Instant adoptedAt() {
    return Objects.requireNonNull(adoptedAt);
  }

  /** The first data hold for all slots before them. */
  boolean filledAfter(Instant slot) {
    return filledAt != null && !filledAt.isBefore(slot);
  }
}
