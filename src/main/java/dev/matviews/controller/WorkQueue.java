package dev.matviews.controller;

import dev.matviews.postgres.RefreshRun;
import dev.matviews.refresh.FairQueue;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Does the work of all {@link Worker}s, each piece on a thread of its own, in the order and at most
 * as much at once as the {@link FairQueue} says.
 *
 * <p>Several connections may lead to one database; the smallest of their limits holds for it.
 *
 * <p>Runs go first: while some wait for a place in a database, whoever wants to tell how another
 * one ended there waits a little, since a look at a view costs about as much as a small refresh.
 */
@ApplicationScoped
public class WorkQueue {

  /** So long after the end of a run its status may tell of it at the latest. */
  private static final Duration LATEST_TOLD = Duration.ofSeconds(5);

  private final FairQueue<Item> queue;
  private final Map<String, List<Runnable>> untold = new HashMap<>();
  private final Map<Worker, Integer> limits = new HashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(new DaemonThreads("worker"));
  private final Set<Item> running = new HashSet<>();
  private boolean closed;

  /** A job that waits, and what there is to do. */
  record Item(Worker worker, Worker.Job job, Runnable body) implements FairQueue.Work {

    @Override
    public String database() {
      return worker.database();
    }

    @Override
    public String namespace() {
      return job.view().getNamespace().orElse("");
    }

    @Override
    public Instant due() {
      return job.due();
    }
  }

  @Inject
  WorkQueue(OperatorConfig config) {
    this(config.maxConcurrentRefreshes());
  }

  WorkQueue(int places) {
    queue = new FairQueue<>(places, 1);
  }

  /** Takes effect for what begins from now on. */
  synchronized void limit(Worker worker, int limit) {
    limits.put(worker, limit);
    settleLimit(worker.database());
    dispatch();
  }

  synchronized void add(Item item) {
    if (!closed) {
      queue.add(item);
      dispatch();
    }
  }

  /**
   * Nothing begins from here on, nor what waits already.
   *
   * @return how much runs
   */
  synchronized int close() {
    closed = true;
    queue.withdraw(item -> true);
    return running.size();
  }

  /**
   * Waits until nothing runs any more.
   *
   * @return how much runs even after that time
   */
  synchronized int awaitEnd(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      for (long left = limit.toNanos(); left > 0 && !running.isEmpty(); ) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = end - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return running.size();
  }

  /** Ends all runs, which are as if they had never begun. */
  void discard() {
    List<Item> discarded;
    synchronized (this) {
      discarded = List.copyOf(running);
    }
    discarded.stream()
        .flatMap(item -> Optional.ofNullable(item.job().run()).stream())
        .forEach(RefreshRun::discard);
  }

  /** Tells of what has ended in a database: now, or soon where others wait for their turn. */
  void tell(String database, Runnable telling) {
    if (!defers(database, telling)) {
      telling.run();
    }
  }

  private synchronized boolean defers(String database, Runnable telling) {
    if (!queue.isBehind(database)) {
      return false;
    }
    List<Runnable> deferred = untold.get(database);
    if (deferred == null) {
      deferred = new ArrayList<>();
      untold.put(database, deferred);
      CompletableFuture.delayedExecutor(LATEST_TOLD.toMillis(), TimeUnit.MILLISECONDS, threads)
          .execute(() -> tellAll(database));
    }
    deferred.add(telling);
    return true;
  }

  private void tellAll(String database) {
    List<Runnable> deferred;
    synchronized (this) {
      deferred = untold.remove(database);
    }
    if (deferred != null) {
      deferred.forEach(Runnable::run);
    }
  }

  /** Takes out what has not begun, and says what that was. */
  synchronized List<Worker.Job> withdraw(Worker worker, Predicate<Worker.Job> which) {
    return queue.withdraw(item -> item.worker() == worker && which.test(item.job())).stream()
        .map(Item::job)
        .toList();
  }

  synchronized void forget(Worker worker) {
    limits.remove(worker);
    settleLimit(worker.database());
  }

  private void settleLimit(String database) {
    queue.limit(
        database,
        limits.entrySet().stream()
            .filter(entry -> entry.getKey().database().equals(database))
            .mapToInt(Map.Entry::getValue)
            .min());
  }

  private void dispatch() {
    for (Optional<Item> next = queue.next(); next.isPresent(); next = queue.next()) {
      Item item = next.get();
      running.add(item);
      threads.execute(() -> run(item));
    }
  }

  private void run(Item item) {
    try {
      item.body().run();
    } finally {
      ended(item);
    }
    if (!isBehind(item.database())) {
      tellAll(item.database());
    }
  }

  /** Whether something waits for a place in it. */
  synchronized boolean isBehind(String database) {
    return queue.isBehind(database);
  }

  private synchronized void ended(Item item) {
    queue.ended(item);
    running.remove(item);
    dispatch();
    notifyAll();
  }
}
