package dev.matviews.controller;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.Failure;
import dev.matviews.postgres.NotNowException;
import dev.matviews.postgres.RebuildOrder;
import dev.matviews.postgres.RefreshOrder;
import dev.matviews.postgres.RefreshRun;
import dev.matviews.refresh.Backoff;
import dev.matviews.refresh.RunId;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Does for one connection what takes as long as the data are large: refreshes and index builds, at
 * most so many at once, and one at a time for each view.
 */
final class Worker {

  private static final Logger LOG = Logger.getLogger(Worker.class);

  private final ThreadPoolExecutor executor;
  private final Map<ResourceID, Job> jobs = new ConcurrentHashMap<>();
  private final Map<TroubleKey, Trouble> troubles = new ConcurrentHashMap<>();
  private final Ended ended;

  /** Told after each job, from the job's thread. */
  @FunctionalInterface
  interface Ended {
    /**
     * Called when a view's job has ended.
     *
     * @param failure what could not be written down in the database, null when all is there
     */
    void ended(Job job, @Nullable Failure failure);
  }

  /** What a job does. */
  enum Kind {
    Refresh,
    Indexes,
    Rebuild
  }

  /**
   * What is queued or runs for a view.
   *
   * @param generation of the spec that it was started for
   * @param stirs whether views that wait for others may have something to do when it has succeeded
   * @param id null for a change of indexes
   * @param run null for a change of indexes
   */
  record Job(
      ResourceID view,
      Kind kind,
      long generation,
      boolean stirs,
      @Nullable RunId id,
      @Nullable RefreshRun run) {}

  /**
   * A job whose failure the database does not know of.
   *
   * @param tries how many have failed in a row
   */
  record Trouble(Failure failure, int tries, long generation, long endedNanos) {

    /** How long to wait before the next try, zero when the time has come. */
    Duration pause() {
      Duration passed = Duration.ofNanos(System.nanoTime() - endedNanos);
      Duration left = Backoff.pause(failure.reason(), tries).minus(passed);
      return left.isNegative() ? Duration.ZERO : left;
    }
  }

  private record TroubleKey(ResourceID view, Kind kind) {}

  @FunctionalInterface
  private interface Body {
    Optional<Failure> run();
  }

  Worker(String name, int limit, Ended ended) {
    executor =
        new ThreadPoolExecutor(
            limit,
            limit,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            body -> new Thread(body, "worker-" + name));
    executor.allowCoreThreadTimeOut(true);
    this.ended = ended;
  }

  /** Takes effect for what is started from now on. */
  void setLimit(int limit) {
    if (limit > executor.getMaximumPoolSize()) {
      executor.setMaximumPoolSize(limit);
      executor.setCorePoolSize(limit);
    } else {
      executor.setCorePoolSize(limit);
      executor.setMaximumPoolSize(limit);
    }
  }

  /** The failure of the last job of this kind, while the spec is still the same. */
  Optional<Trouble> trouble(ResourceID view, Kind kind, long generation) {
    return Optional.ofNullable(troubles.get(new TroubleKey(view, kind)))
        .filter(t -> t.generation() == generation);
  }

  void refresh(
      ResourceID view, long generation, boolean stirs, Database database, RefreshOrder order) {
    submit(
        new Job(view, Kind.Refresh, generation, stirs, order.id(), database.refresh(order)),
        order.view());
  }

  /** Brings a changed definition to life. */
  void rebuild(ResourceID view, long generation, Database database, RebuildOrder order) {
    submit(
        new Job(view, Kind.Rebuild, generation, true, order.id(), database.rebuild(order)),
        order.view());
  }

  private void submit(Job job, QualifiedName view) {
    RefreshRun run = Objects.requireNonNull(job.run());
    submit(
        job,
        () ->
            run.execute() instanceof RefreshRun.Outcome.Busy
                ? Optional.of(inProgress(view))
                : Optional.empty());
  }

  void changeIndexes(
      ResourceID view,
      long generation,
      Database database,
      QualifiedName name,
      List<Step> steps,
      Duration timeout) {
    submit(
        new Job(view, Kind.Indexes, generation, dropsReplaced(steps), null, null),
        () -> {
          database.applyLong(name, steps, timeout);
          return Optional.empty();
        });
  }

  /** A replaced view that goes may have been the last to stand on another one that was replaced. */
  private static boolean dropsReplaced(List<Step> steps) {
    return steps.stream().anyMatch(step -> step instanceof Step.DropScratch);
  }

  /** Cuts off what runs for a view that is gone. */
  void abandon(ResourceID view) {
    abandon(jobs.get(view));
    troubles.keySet().removeIf(key -> key.view().equals(view));
  }

  /** Cuts off the fill of a definition that is no longer wanted. */
  void abandonOlder(ResourceID view, long generation) {
    Job job = jobs.get(view);
    if (job != null && job.generation() != generation) {
      abandon(job);
    }
  }

  /** Cuts off a rebuild whose outcome is no longer wanted. */
  void abandonRebuildBut(ResourceID view, @Nullable RunId wanted) {
    Job job = jobs.get(view);
    if (job != null && job.kind() == Kind.Rebuild && !Objects.equals(wanted, job.id())) {
      abandon(job);
    }
  }

  /** Takes nothing new; what runs goes on to its end. */
  void retire() {
    executor.shutdown();
    executor.getQueue().clear();
  }

  /** Cuts off all that runs, as a killed operator would: whoever comes next starts it again. */
  void close() {
    executor.shutdownNow();
    jobs.values().forEach(Worker::abandon);
  }

  private static void abandon(@Nullable Job job) {
    if (job != null && job.run() != null) {
      job.run().abandon();
    }
  }

  private void submit(Job job, Body body) {
    if (jobs.putIfAbsent(job.view(), job) != null) {
      return;
    }
    try {
      executor.execute(() -> runToEnd(job, body));
    } catch (RejectedExecutionException e) {
      jobs.remove(job.view());
      throw new NotNowException("the connection was replaced");
    }
  }

  private void runToEnd(Job job, Body body) {
    Failure failure = null;
    try {
      failure = body.run().orElse(null);
    } catch (DatabaseException e) {
      failure = e.failure();
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "%s: the job ended in a defect of the operator", job.view());
      failure = new Failure(Reason.InternalError, null, "a defect; see the operator's log");
    } finally {
      remember(job, failure);
      jobs.remove(job.view());
      ended.ended(job, failure);
    }
  }

  private void remember(Job job, @Nullable Failure failure) {
    TroubleKey key = new TroubleKey(job.view(), job.kind());
    if (failure == null) {
      troubles.remove(key);
      return;
    }
    Failure met = failure;
    troubles.compute(
        key,
        (k, last) -> {
          int before = last != null && last.failure().reason() == met.reason() ? last.tries() : 0;
          return new Trouble(met, before + 1, job.generation(), System.nanoTime());
        });
  }

  private static Failure inProgress(QualifiedName view) {
    return new Failure(
        Reason.RefreshInProgress, null, "another operator or session refreshes " + view);
  }
}
