package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The work of all connections")
class WorkQueueTest {

  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final CountDownLatch go = new CountDownLatch(1);

  @Test
  @DisplayName("is limited by the smallest limit of those that lead to one database")
  void smallestLimit() {
    WorkQueue queue = new WorkQueue(32);
    Worker wide = worker(queue, "one", 5);
    Worker narrow = worker(queue, "one", 2);
    fill(queue, wide, narrow);
    await().until(() -> running.get() == 2);
    runsToItsEnd(2);
  }

  @Test
  @DisplayName("has the wider limit again when the narrower connection is gone")
  void limitOfOneThatIsGone() {
    WorkQueue queue = new WorkQueue(32);
    Worker wide = worker(queue, "one", 5);
    worker(queue, "one", 2).retire();
    wide.setLimit(5);
    fill(queue, wide, wide);
    await().until(() -> running.get() == 5);
    runsToItsEnd(5);
  }

  @Test
  @DisplayName("is limited in all databases together")
  void limitOfTheOperator() {
    WorkQueue queue = new WorkQueue(3);
    fill(queue, worker(queue, "one", 5), worker(queue, "other", 5));
    await().until(() -> running.get() == 3);
    runsToItsEnd(3);
  }

  @Test
  @DisplayName("is told of at once, but where others wait for a place there")
  void runsGoFirst() {
    WorkQueue queue = new WorkQueue(32);
    Worker behind = worker(queue, "behind", 1);
    fill(queue, behind, behind);
    List<String> told = new CopyOnWriteArrayList<>();
    queue.tell("idle", () -> told.add("idle"));
    queue.tell("behind", () -> told.add("behind after " + done.get()));
    assertThat(told).containsExactly("idle");
    runsToItsEnd(1);
    await().until(() -> told.size() == 2);
    assertThat(told.get(1)).matches("behind after (19|20)");
  }

  @Test
  @DisplayName("is told of after some seconds even where others still wait")
  void runsDoNotGoFirstForEver() {
    WorkQueue queue = new WorkQueue(32);
    Worker behind = worker(queue, "behind", 1);
    fill(queue, behind, behind);
    List<Integer> told = new CopyOnWriteArrayList<>();
    queue.tell("behind", () -> told.add(done.get()));
    await().until(() -> told.equals(List.of(0)));
    runsToItsEnd(1);
  }

  @Test
  @DisplayName("begins nothing any more once it is closed, and what runs may end")
  void closed() {
    WorkQueue queue = new WorkQueue(32);
    Worker worker = worker(queue, "one", 3);
    fill(queue, worker, worker);
    await().until(() -> running.get() == 3);

    assertThat(queue.close()).isEqualTo(3);
    assertThat(queue.awaitEnd(Duration.ofMillis(50))).as("nothing has ended").isEqualTo(3);
    fill(queue, worker, worker);
    go.countDown();
    assertThat(queue.awaitEnd(Duration.ofSeconds(10))).isZero();
    assertThat(done).hasValue(3);
    assertThat(most).hasValue(3);
  }

  @Test
  @DisplayName("has nothing to wait for when nothing runs")
  void closedIdle() {
    WorkQueue queue = new WorkQueue(32);
    assertThat(queue.close()).isZero();
    assertThat(queue.awaitEnd(Duration.ofDays(1))).isZero();
  }

  private void runsToItsEnd(int limit) {
    go.countDown();
    await().until(() -> done.get() == 20);
    assertThat(most).hasValue(limit);
  }

  private void fill(WorkQueue queue, Worker one, Worker other) {
    for (int i = 0; i < 20; i++) {
      Worker worker = i % 2 == 0 ? one : other;
      Worker.Job job =
          new Worker.Job(
              new ResourceID("v" + i, "namespace"),
              Worker.Kind.Refresh,
              1,
              Instant.EPOCH,
              false,
              false,
              null,
              null);
      queue.add(new WorkQueue.Item(worker, job, this::work));
    }
  }

  private void work() {
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    try {
      go.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running.decrementAndGet();
    done.incrementAndGet();
  }

  private static Worker worker(WorkQueue queue, String database, int limit) {
    return new Worker(database, queue, limit, view -> {}, (job, failure) -> {});
  }
}
