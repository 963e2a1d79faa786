package dev.matviews.controller;

import dev.matviews.plan.QualifiedName;
import dev.matviews.postgres.Database;
import dev.matviews.refresh.AskedRun;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** The runs of one view that are asked for by objects of their own, during one pass over it. */
final class AskedRuns {

  /** Kubernetes cuts the time at which an object was created to seconds. */
  private static final Duration TICK = Duration.ofSeconds(1);

  /** What is to be told to whoever asked. */
  sealed interface Answer {

    /** In the database. */
    record Ended(Run run) implements Answer {}

    /** It never began, and never will. */
    record Refused(Problem problem) implements Answer {}

    record Running(Instant since) implements Answer {}

    record Waits(Problem problem) implements Answer {}

    default boolean hasSucceeded() {
      return this instanceof Ended ended && ended.run().result() == Run.Result.Succeeded;
    }

    /** Whether nothing else will be said. */
    default boolean isFinal() {
      return this instanceof Ended || this instanceof Refused;
    }
  }

  private final Set<RunId> ids;
  private final Map<RunId, AskedRun> open = new LinkedHashMap<>();
  private final Optional<Worker.Job> job;
  private final BiConsumer<RunId, Answer> tell;

  /**
   * Of the runs that are not known to have ended.
   *
   * @param asked the oldest first
   * @param job what is queued or runs for the view
   */
  AskedRuns(List<AskedRun> asked, Optional<Worker.Job> job, BiConsumer<RunId, Answer> tell) {
    asked.forEach(run -> open.put(run.id(), run));
    this.ids = Set.copyOf(open.keySet());
    this.job = job;
    this.tell = tell;
    job.flatMap(Worker.Job::startedAt)
        .ifPresent(
            since ->
                open.keySet().stream()
                    .filter(this::isAtWork)
                    .forEach(id -> tell.accept(id, new Answer.Running(since))));
  }

  /** All of them, whatever was told of them since. */
  Set<RunId> ids() {
    return ids;
  }

  /** What has ended is told. The last thing that a job does may still be missing in its row. */
  void lookUp(Database database, QualifiedName view) {
    List<RunId> idle = open.keySet().stream().filter(id -> !isAtWork(id)).toList();
    if (idle.isEmpty()) {
      return;
    }
    for (Run run : database.ended(view, idle)) {
      idle.stream().filter(run::is).forEach(id -> end(id, new Answer.Ended(run)));
    }
  }

  /**
   * Those that are left.
   *
   * @param othersWork whether somebody else refreshes the view
   */
  List<AskedRun> open(boolean othersWork) {
    return open.values().stream().map(run -> withFate(run, othersWork)).toList();
  }

  private AskedRun withFate(AskedRun run, boolean othersWork) {
    return new AskedRun(
        run.uid(),
        run.mode(),
        run.since(),
        run.patient(),
        run.turn(),
        !run.patient() && isOvertaken(run, othersWork));
  }

  /** What passes by itself is waited for, and all else said at once. */
  void cannotStart(Problem problem) {
    open.values().stream()
        .filter(AskedRun::turn)
        .map(AskedRun::id)
        .toList()
        .forEach(id -> cannotStart(id, problem));
  }

  void cannotStart(RunId id, Problem problem) {
    if (isAtWork(id)) {
      return;
    }
    boolean passes =
        switch (problem.reason().retry()) {
          case Backoff, Slow -> true;
          case None, OnEvent, Never -> false;
        };
    end(id, passes ? new Answer.Waits(problem) : new Answer.Refused(problem));
  }

  /** The run that would have been next could not begin. */
  void areWaiting(Problem problem) {
    open.values().stream()
        .filter(AskedRun::turn)
        .map(AskedRun::id)
        .filter(id -> !isAtWork(id))
        .forEach(id -> tell.accept(id, new Answer.Waits(problem)));
  }

  private void end(RunId id, Answer answer) {
    open.remove(id);
    tell.accept(id, answer);
  }

  private boolean isAtWork(RunId id) {
    return job.filter(j -> id.equals(j.id())).isPresent();
  }

  /** A run that begins after it was asked for delays it only. */
  private boolean isOvertaken(AskedRun run, boolean othersWork) {
    Optional<Instant> going =
        job.flatMap(Worker.Job::startedAt).filter(since -> since.isBefore(run.since().plus(TICK)));
    return !isAtWork(run.id()) && (othersWork || going.isPresent());
  }
}
