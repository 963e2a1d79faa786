package dev.matviews.controller;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.Failure;
import dev.matviews.postgres.NotNowException;
import dev.matviews.postgres.Progress;
import dev.matviews.postgres.RebuildOrder;
import dev.matviews.postgres.RefreshOrder;
import dev.matviews.postgres.RefreshRun;
import dev.matviews.refresh.Backoff;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What takes as long as the data are large, for the views of one connection: refreshes and index
 * builds, one at a time for each view. The {@link WorkQueue} says when.
 */
final class Worker {

  private static final Logger LOG = Logger.getLogger(Worker.class);

  private final String database;
  private final WorkQueue queue;
  private final Map<ResourceID, Job> jobs = new ConcurrentHashMap<>();
  private final Map<TroubleKey, Trouble> troubles = new ConcurrentHashMap<>();
  private final Map<ResourceID, Long> waitingSinceNanos = new ConcurrentHashMap<>();
  private final Consumer<ResourceID> wake;
  private final Ended ended;
  private volatile int limit;
  private volatile boolean retired;

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
   * @param due its slot, or when it was asked for
   * @param stirs whether views that wait for others may have something to do when it has succeeded
   * @param replaces whether another relation bears the view's name when it has succeeded
   * @param id null for a change of indexes
   * @param run null for a change of indexes
   */
  record Job(
      ResourceID view,
      Kind kind,
      long generation,
      Instant due,
      boolean stirs,
      boolean replaces,
      @Nullable RunId id,
      @Nullable RefreshRun run) {

    boolean hasSucceeded() {
      return Optional.ofNullable(run)
          .flatMap(RefreshRun::ended)
          .filter(ended -> ended.run().result() == Run.Result.Succeeded)
          .isPresent();
    }

    /** Since when the run works on the view; empty while it is queued, and for one of indexes. */
    Optional<Instant> startedAt() {
      return Optional.ofNullable(run).flatMap(RefreshRun::startedAt);
    }
  }

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

  /**
   * How much there is to do.
   *
   * @param longestWait of the one that has waited longest for its place
   */
  record Backlog(int waiting, int running, Duration longestWait) {

    static final Backlog NONE = new Backlog(0, 0, Duration.ZERO);
  }

  private record TroubleKey(ResourceID view, Kind kind) {}

  @FunctionalInterface
  private interface Body {
    Optional<Failure> run();
  }

  /**
   * Nothing runs yet.
   *
   * @param database by its identity, since several connections may lead to one
   * @param wake told of a view that has to look again: its run takes long and the status is to say
   *     so, or will not begin
   */
  Worker(String database, WorkQueue queue, int limit, Consumer<ResourceID> wake, Ended ended) {
    this.database = database;
    this.queue = queue;
    this.wake = wake;
    this.ended = ended;
    setLimit(limit);
  }

  String database() {
    return database;
  }

  /** How far the view's run has come, once it has begun. */
  Optional<Progress> running(ResourceID view) {
    return Optional.ofNullable(jobs.get(view)).map(Job::run).flatMap(RefreshRun::progress);
  }

  /** Takes effect for what begins from now on. */
  void setLimit(int limit) {
    this.limit = limit;
    queue.limit(this, limit);
  }

  int limit() {
    return limit;
  }

  /** Whether something waits for a place in the database. */
  boolean isBehind() {
    return queue.isBehind(database);
  }

  Backlog backlog() {
    List<Long> waiting = List.copyOf(waitingSinceNanos.values());
    long now = System.nanoTime();
    long longest = waiting.stream().mapToLong(since -> now - since).max().orElse(0);
    int running = Math.max(0, jobs.size() - waiting.size());
    return new Backlog(waiting.size(), running, Duration.ofNanos(longest));
  }

  /** The failure of the last job of this kind, while the spec is still the same. */
  Optional<Trouble> trouble(ResourceID view, Kind kind, long generation) {
    return Optional.ofNullable(troubles.get(new TroubleKey(view, kind)))
        .filter(t -> t.generation() == generation);
  }

  /** How long to wait before the next try of this kind, zero when the time has come. */
  Duration pause(ResourceID view, Kind kind, long generation) {
    return trouble(view, kind, generation).map(Trouble::pause).orElse(Duration.ZERO);
  }

  /** Of a failure nothing more is to be told. */
  void forget(ResourceID view, Kind kind) {
    troubles.remove(new TroubleKey(view, kind));
  }

  /** What is queued or runs for a view. */
  Optional<Job> job(ResourceID view) {
    return Optional.ofNullable(jobs.get(view));
  }

  void refresh(
      ResourceID view, long generation, boolean stirs, Database database, RefreshOrder order) {
    boolean replaces = order.mode().mode() == Mode.Swap;
    submit(
        new Job(
            view,
            Kind.Refresh,
            generation,
            order.due(),
            stirs,
            replaces,
            order.id(),
            database.refresh(order)),
        order.view());
  }

  /** Brings a changed definition to life. */
  void rebuild(ResourceID view, long generation, Database database, RebuildOrder order) {
    submit(
        new Job(
            view,
            Kind.Rebuild,
            generation,
            order.due(),
            true,
            true,
            order.id(),
            database.rebuild(order)),
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
      Duration timeout,
      Instant now) {
    submit(
        new Job(view, Kind.Indexes, generation, now, dropsReplaced(steps), false, null, null),
        () -> {
          database.applyLong(name, steps, timeout);
          return Optional.empty();
        });
  }

  /** A replaced view that goes may have been the last to stand on another one that was replaced. */
  private static boolean dropsReplaced(List<Step> steps) {
    return steps.stream().anyMatch(step -> step instanceof Step.DropScratch);
  }

  /** What was decided for another spec and has not begun yet never begins. */
  void withdrawOlder(ResourceID view, long generation) {
    Job older = jobs.get(view);
    if (older != null && older.generation() != generation) {
      withdraw(older::equals);
    }
  }

  /** Ends what runs for a view that is gone. */
  void discard(ResourceID view) {
    Job job = jobs.get(view);
    if (job != null) {
      withdraw(job::equals);
      Optional.ofNullable(job.run()).ifPresent(RefreshRun::discard);
    }
    troubles.keySet().removeIf(key -> key.view().equals(view));
  }

  /** Ends this run, of whichever views, and no other. */
  void cancel(RunId run) {
    jobs.values().stream()
        .filter(job -> run.equals(job.id()))
        .flatMap(job -> Optional.ofNullable(job.run()).stream())
        .forEach(RefreshRun::cancel);
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

  /** Over another login, of which what was met over the last one says nothing. */
  void isReachedAnew() {
    troubles.values().removeIf(trouble -> trouble.failure().reason().concernsConnection());
  }

  /** Takes nothing new; what runs goes on to its end. */
  void retire() {
    retired = true;
    withdraw();
    queue.forget(this);
  }

  /** Cuts off all that runs, as a killed operator would: whoever comes next starts it again. */
  void close() {
    retire();
    jobs.values().forEach(Worker::abandon);
  }

  private static void abandon(@Nullable Job job) {
    if (job != null && job.run() != null) {
      job.run().abandon();
    }
  }

  private void submit(Job job, Body body) {
    if (retired) {
      throw new NotNowException("the connection was replaced");
    }
    if (jobs.putIfAbsent(job.view(), job) == null) {
      waitingSinceNanos.put(job.view(), System.nanoTime());
      About about = About.run(job.view(), job.id());
      queue.add(new WorkQueue.Item(this, job, about.on(() -> runToEnd(job, body))));
    }
  }

  private void runToEnd(Job job, Body body) {
    waitingSinceNanos.remove(job.view());
    Failure failure = null;
    CompletableFuture<Void> timer = tellWhenLong(job);
    try {
      failure = body.run().orElse(null);
    } catch (DatabaseException e) {
      failure = e.failure();
    } catch (NotNowException e) {
      // It waited while the login was replaced; its view begins it again over the new one.
      LOG.debugf(e, "Nothing was begun");
    } catch (RuntimeException | Error e) {
      About.run(job.view(), job.id()).defect(LOG, e);
      failure = new Failure(Reason.InternalError, null, "a defect; see the operator's log");
    } finally {
      timer.cancel(false);
      remember(job, failure);
      jobs.remove(job.view());
      ended.ended(job, failure);
      if (failure != null && failure.reason().concernsConnection()) {
        withdraw();
      }
    }
  }

  /** Each of them would find out the same by a timeout of its own; so their views look again. */
  private void withdraw() {
    withdraw(job -> true).forEach(job -> wake.accept(job.view()));
  }

  /** Out of the queue. */
  private List<Job> withdraw(Predicate<Job> which) {
    List<Job> withdrawn = queue.withdraw(this, which);
    for (Job job : withdrawn) {
      waitingSinceNanos.remove(job.view());
      jobs.remove(job.view(), job);
    }
    return withdrawn;
  }

  private CompletableFuture<Void> tellWhenLong(Job job) {
    return CompletableFuture.runAsync(
        () -> {
          if (job.equals(jobs.get(job.view()))) {
            wake.accept(job.view());
          }
        },
        CompletableFuture.delayedExecutor(Running.LONG.toMillis(), TimeUnit.MILLISECONDS));
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
