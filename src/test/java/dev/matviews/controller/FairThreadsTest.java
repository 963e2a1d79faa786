package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.refresh.FairQueue;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Threads for work that waits for databases")
class FairThreadsTest {

  private static final int PLACES = 40;

  private record Piece(CountDownLatch done) implements FairQueue.Work {

    @Override
    public String database() {
      return "a";
    }

    @Override
    public String namespace() {
      return "a";
    }

    @Override
    public Instant due() {
      return Instant.EPOCH;
    }
  }

  @Test
  @DisplayName("are used again: of one piece after another no more than a few are left")
  void areUsedAgain() throws InterruptedException {
    Set<Thread> used = ConcurrentHashMap.newKeySet();
    FairThreads<Piece> threads =
        new FairThreads<>(
            "test",
            PLACES,
            PLACES,
            piece -> {
              used.add(Thread.currentThread());
              piece.done().countDown();
            });
    for (int i = 0; i < PLACES; i++) {
      Piece piece = new Piece(new CountDownLatch(1));
      threads.add(piece);
      assertThat(piece.done().await(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(used).hasSizeLessThan(PLACES / 2);
  }
}
