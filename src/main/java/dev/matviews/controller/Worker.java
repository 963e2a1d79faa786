package dev.matviews.controller;

import dev.matviews.plan.Plan;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.Failure;
import dev.matviews.postgres.RefreshOrder;
import dev.matviews.postgres.RefreshRun;
import dev.matviews.refresh.Backoff;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Does for one database what takes as long as the data are large: refreshes and index builds, at
 * most so many at once, and one at a time for each view.
 */
final class Worker implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Worker.class);

  private final ThreadPoolExecutor executor;
  private final Map<ResourceID, Job> jobs = new ConcurrentHashMap<>();
  private final Map<ResourceID, Trouble> troubles = new ConcurrentHashMap<>();
  private final Ended ended;

  /** Told after each job, from the job's thread. */
  @FunctionalInterface
  interface Ended {
    /**
     * Called when a view's job has ended.
     *
     * @param failure what could not be written down in the database, null when all is there
     */
    void ended(ResourceID view, @Nullable Failure failure);
  }

  /**
   * A job whose failure the database does not know of.
   *
   * @param tries how many have failed in a row
   */
  record Trouble(Kind kind, Failure failure, int tries, long generation, long endedNanos) {

    /** How long to wait before the next try, zero when the time has come. */
    Duration pause() {
      Duration passed = Duration.ofNanos(System.nanoTime() - endedNanos);
      Duration left = Backoff.pause(failure.reason(), tries).minus(passed);
      return left.isNegative() ? Duration.ZERO : left;
    }
  }

  /** What a job does. */
  enum Kind {
    Refresh,
    Indexes
  }

  private record Job(Kind kind, @Nullable RefreshRun run) {}

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

  /** The failure of the last job, if it was of this kind and the spec is still the same. */
  Optional<Trouble> trouble(ResourceID view, Kind kind, long generation) {
    return Optional.ofNullable(troubles.get(view))
        .filter(t -> t.kind() == kind && t.generation() == generation);
  }

  void refresh(ResourceID view, long generation, Database database, RefreshOrder order) {
    RefreshRun run = database.refresh(order);
    submit(
        view,
        generation,
        new Job(Kind.Refresh, run),
        () -> {
          RefreshRun.Outcome outcome = run.execute();
          return outcome instanceof RefreshRun.Outcome.Busy
              ? Optional.of(inProgress(order.view()))
              : Optional.empty();
        });
  }

  void apply(
      ResourceID view,
      long generation,
      Database database,
      QualifiedName name,
      Plan.Steps plan,
      Duration timeout) {
    submit(
        view,
        generation,
        new Job(Kind.Indexes, null),
        () -> {
          database.applyLong(name, plan, timeout);
          return Optional.empty();
        });
  }

  /** Stops the view's job; its connection is asked to stop what the server does for it. */
  void cancel(ResourceID view) {
    Job job = jobs.get(view);
    if (job != null && job.run() != null) {
      job.run().cancel();
    }
    troubles.remove(view);
  }

  /** Nothing is recorded of runs that are cut off here: whoever comes next starts them again. */
  @Override
  public void close() {
    executor.shutdownNow();
    for (Job job : jobs.values()) {
      if (job.run() != null) {
        job.run().abandon();
      }
    }
  }

  private void submit(ResourceID view, long generation, Job job, Body body) {
    if (jobs.putIfAbsent(view, job) == null) {
      executor.execute(() -> runToEnd(view, job.kind(), generation, body));
    }
  }

  private void runToEnd(ResourceID view, Kind kind, long generation, Body body) {
    Optional<Failure> failure;
    try {
      failure = body.run();
    } catch (DatabaseException e) {
      failure = Optional.of(e.failure());
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s: the job ended in a defect of the operator", view);
      failure =
          Optional.of(new Failure(Reason.InternalError, null, "a defect; see the operator's log"));
    }
    failure.ifPresentOrElse(
        f -> troubles.compute(view, (v, last) -> next(last, kind, f, generation)),
        () -> troubles.remove(view));
    jobs.remove(view);
    ended.ended(view, failure.orElse(null));
  }

  private static Trouble next(@Nullable Trouble last, Kind kind, Failure failure, long generation) {
    int before =
        last != null && last.kind() == kind && last.failure().reason() == failure.reason()
            ? last.tries()
            : 0;
    return new Trouble(kind, failure, before + 1, generation, System.nanoTime());
  }

  private static Failure inProgress(QualifiedName view) {
    return new Failure(
        Reason.RefreshInProgress, null, "another operator or session refreshes " + view);
  }
}
