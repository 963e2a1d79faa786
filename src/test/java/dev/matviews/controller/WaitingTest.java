package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitingTest {

  private static final ResourceID DB = new ResourceID("db", "team");
  private static final ResourceID OTHER_DB = new ResourceID("other", "team");
  private static final ResourceID VIEW = new ResourceID("a", "team");

  @ParameterizedTest(name = "{0}: {1}")
  @DisplayName("what happens before a look is seen by it; what happens later brings the view back")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          never looked                              | stir                                    | nothing
          stirred, then looked and waits            | stir looks waits                        | nothing
          stirred while it looked, and it waits     | looks stir waits                        | again
          stirred twice while it looked             | looks stir stir waits                   | again
          stirred while it looked, needs not wait   | looks stir done                         | nothing
          stirred when it waits                     | looks waits stir                        | wake
          stirred twice when it waits               | looks waits stir stir                   | wake wake
          stirred when it waits no more             | looks waits looks done stir             | nothing
          looks again, stirred meanwhile            | looks waits looks stir waits            | again
          looked in vain, looks again, then stirred | looks stir looks waits stir             | wake
          looked again because of it, then stirred  | looks stir waits looks waits stir       | again wake
          another database is stirred               | looks waits stir-other                  | nothing
          gone, then stirred                        | looks waits forget stir                 | nothing
          gone before it ever looked                | forget stir                             | nothing
          gone while it looked                      | looks forget stir                       | nothing
          gone and back, waits again                | looks waits forget looks waits stir     | wake
          """)
  void interleavings(String sentence, String steps, String outcome) {
    Waiting waiting = new Waiting();
    List<String> seen = new ArrayList<>();
    for (String step : steps.split(" ", -1)) {
      switch (step) {
        case "looks" -> waiting.looks(DB, VIEW);
        case "waits" -> {
          if (waiting.decided(DB, VIEW, true)) {
            seen.add("again");
          }
        }
        case "done" -> assertThat(waiting.decided(DB, VIEW, false)).isFalse();
        case "stir" -> waiting.stir(DB, view -> seen.add("wake"));
        case "stir-other" -> waiting.stir(OTHER_DB, view -> seen.add("wake"));
        case "forget" -> waiting.forget(DB, VIEW);
        default -> throw new IllegalArgumentException(step);
      }
    }
    assertThat(seen.isEmpty() ? "nothing" : String.join(" ", seen)).isEqualTo(outcome);
  }

  @Test
  @DisplayName("only the views that wait are woken")
  void wakesOnlyThoseThatWait() {
    Waiting waiting = new Waiting();
    List<ResourceID> woken = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      ResourceID view = new ResourceID(name, "team");
      waiting.looks(DB, view);
      waiting.decided(DB, view, !name.equals("b"));
    }
    waiting.stir(DB, woken::add);
    assertThat(woken)
        .containsExactlyInAnyOrder(new ResourceID("a", "team"), new ResourceID("c", "team"));
  }

  @Test
  @DisplayName("those that look have not decided yet, whatever happens meanwhile")
  void looking() {
    Waiting waiting = new Waiting();
    waiting.looks(DB, VIEW);
    assertThat(waiting.looking(DB)).containsExactly(VIEW);
    assertThat(waiting.looking(OTHER_DB)).isEmpty();
    waiting.stir(DB, view -> {});
    assertThat(waiting.looking(DB)).containsExactly(VIEW);
    waiting.decided(DB, VIEW, true);
    assertThat(waiting.looking(DB)).isEmpty();
    waiting.looks(DB, VIEW);
    waiting.decided(DB, VIEW, false);
    assertThat(waiting.looking(DB)).isEmpty();
  }

  @Test
  @DisplayName(
      "threads that look and a thread that fills: nobody is left waiting for what is there")
  void noWakeUpIsLost() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 2_000; round++) {
        assertNobodyIsLeft(threads);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Three views look once; one thread fills their source and stirs at any moment between. */
  private static void assertNobodyIsLeft(ExecutorService threads) throws Exception {
    Waiting waiting = new Waiting();
    AtomicBoolean filled = new AtomicBoolean();
    Set<ResourceID> comeBack = ConcurrentHashMap.newKeySet();
    Set<ResourceID> waits = ConcurrentHashMap.newKeySet();
    CountDownLatch start = new CountDownLatch(1);
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ResourceID view = new ResourceID("view-" + i, "team");
      done.add(
          threads.submit(
              () -> {
                start.await();
                waiting.looks(DB, view);
                boolean missing = !filled.get();
                if (missing) {
                  waits.add(view);
                }
                if (waiting.decided(DB, view, missing)) {
                  comeBack.add(view);
                }
                return null;
              }));
    }
    done.add(
        threads.submit(
            () -> {
              start.await();
              filled.set(true);
              waiting.stir(DB, comeBack::add);
              return null;
            }));
    start.countDown();
    for (Future<?> each : done) {
      each.get(10, TimeUnit.SECONDS);
    }
    assertThat(comeBack).containsAll(waits);
  }
}
