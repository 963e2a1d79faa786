package dev.matviews.controller;

import dev.matviews.refresh.FairQueue;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Threads for work that waits for databases: each piece has one from its turn on, by the {@link
 * FairQueue}, until it is done.
 */
final class FairThreads<T extends FairQueue.Work> {

  private final FairQueue<T> queue;
  private final ExecutorService threads;
  private final Consumer<T> body;

  /**
   * Nothing waits.
   *
   * @param places in all databases together
   * @param inEach in one of them
   */
  FairThreads(String name, int places, int inEach, Consumer<T> body) {
    this.queue = new FairQueue<>(places, inEach);
    // The queue bounds them. A fixed pool would start one more for each piece until it is full.
    this.threads = Executors.newCachedThreadPool(new DaemonThreads(name));
    this.body = body;
  }

  synchronized void add(T work) {
    queue.add(work);
    dispatch();
  }

  void addAfter(Duration pause, T work) {
    CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, threads)
        .execute(() -> add(work));
  }

  private void dispatch() {
    for (Optional<T> next = queue.next(); next.isPresent(); next = queue.next()) {
      T work = next.get();
      threads.execute(() -> run(work));
    }
  }

  private void run(T work) {
    try {
      body.accept(work);
    } finally {
      ended(work);
    }
  }

  private synchronized void ended(T work) {
    queue.ended(work);
    dispatch();
  }
}
