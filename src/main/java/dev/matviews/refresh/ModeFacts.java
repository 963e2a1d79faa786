package dev.matviews.refresh;

import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.ObservedView.ViewRecord;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Standing;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All that decides on the mode of a run.
 *
 * @param managed whether the view's definition is ours, so that another one may be made
 * @param rows the server's estimate, -1 when it has none
 * @param bytes table and indexes
 * @param runs newest first: the last few, and the last success of each mode
 */
public record ModeFacts(
    boolean populated,
    boolean managed,
    boolean uniqueIndex,
    long rows,
    long bytes,
    Standing standing,
    List<Run> runs) {

  /** What happened longer ago than so many runs may be otherwise by now, and is tried again. */
  private static final int RECENT = 5;

  private static final Set<Reason> REFUSALS =
      EnumSet.of(Reason.DependentsExist, Reason.PermissionDenied, Reason.UnsupportedSQL);

  public ModeFacts {
    runs = List.copyOf(runs);
  }

  public static ModeFacts of(ObservedView view, RefreshState state) {
    Optional<Relation> relation = view.relation();
    return new ModeFacts(
        view.populated(),
        view.record().filter(ViewRecord::managed).isPresent(),
        view.hasUsableUniqueIndex(),
        relation.map(Relation::rows).orElse(-1L),
        relation.map(Relation::bytes).orElse(0L),
        relation.map(Relation::standing).orElse(new Standing(false, Standing.OnTop.Nothing, false)),
        state.runs());
  }

  /** Whether one that holds the view's lock for long was met. */
  boolean swapGotNoLock() {
    return recent().stream()
        .anyMatch(
            run ->
                run.insteadOf() == Mode.Swap
                    || (run.mode() == Mode.Swap && run.reason() == Reason.LockTimeout));
  }

  /** Whether a swap turned out impossible for a reason that no look at the view has shown. */
  boolean swapWasRefused() {
    return recent().stream()
        .anyMatch(run -> run.mode() == Mode.Swap && REFUSALS.contains(run.reason()));
  }

  private List<Run> recent() {
    return runs.stream().limit(RECENT).toList();
  }

  /** Empty before the first success. */
  Optional<Mode> lastMode() {
    return runs.stream()
        .filter(run -> run.result() == Run.Result.Succeeded && run.mode() != null)
        .findFirst()
        .map(Run::mode);
  }

  /**
   * How long a run in a mode takes: the faster of the last two, since what else the machine did
   * made the other one longer and none shorter. Those of a view of another size by far do not
   * count.
   */
  Optional<Duration> duration(Mode mode) {
    return successes(mode)
        .limit(2)
        .takeWhile(this::isComparable)
        .map(Run::duration)
        .min(Comparator.naturalOrder());
  }

  private Stream<Run> successes(Mode mode) {
    return runs.stream().filter(run -> run.result() == Run.Result.Succeeded && run.mode() == mode);
  }

  private boolean isComparable(Run run) {
    Long then = run.rowsAfter();
    return then == null || rows < 0 || (then <= 2 * rows + 1000 && rows <= 2 * then + 1000);
  }

  /** The last share of changed rows that is known, 0 where none is. */
  double changedShare() {
    return successes(Mode.Concurrent)
        .findFirst()
        .filter(this::isComparable)
        .flatMap(run -> Optional.ofNullable(run.rowsChanged()))
        .map(changed -> (double) changed / Math.max(1, Math.max(rows, changed)))
        .orElse(0.0);
  }
}
