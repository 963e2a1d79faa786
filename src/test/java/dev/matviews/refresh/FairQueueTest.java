package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What is to be done next")
class FairQueueTest {

  /** Written database/namespace/seconds, with a name behind where two would be the same. */
  private record View(String text) implements FairQueue.Work {

    private String part(int i) {
      return Arrays.asList(text.split("/", -1)).get(i);
    }

    @Override
    public String database() {
      return part(0);
    }

    @Override
    public String namespace() {
      return part(1);
    }

    @Override
    public Instant due() {
      return Instant.ofEpochSecond(Long.parseLong(part(2)));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the oldest first                             | 9 | 1 | x/a/3 x/a/1 x/a/2          | x/a/1 x/a/2 x/a/3
          of the same age the one that came first      | 9 | 1 | x/a/1/p x/a/1/q            | x/a/1/p x/a/1/q
          namespaces take turns                        | 9 | 1 | x/a/1 x/a/2 x/a/3 x/b/8    | x/a/1 x/b/8 x/a/2 x/a/3
          three of them as well                        | 9 | 1 | x/a/1 x/a/2 x/b/3 x/b/4 x/c/9 | x/a/1 x/b/3 x/c/9 x/a/2 x/b/4
          each database has its own turns              | 9 | 1 | x/a/1 x/a/2 y/a/3 y/b/4    | x/a/1+y/a/3 y/b/4+x/a/2
          a database that is full holds up no other    | 9 | 1 | x/a/1 x/a/2 y/a/3          | x/a/1+y/a/3 x/a/2
          as many at once as the database allows       | 9 | 2 | x/a/1 x/a/2 x/a/3          | x/a/1+x/a/2 x/a/3
          no more in all than the operator allows      | 2 | 9 | x/a/1 y/a/2 z/a/3 z/a/4    | x/a/1+y/a/2 z/a/3+z/a/4
          namespaces take turns in the operator's too  | 1 | 9 | x/a/1 y/a/2 z/b/9          | x/a/1 z/b/9 y/a/2
          """)
  void table(String name, int places, int limit, String waiting, String order) {
    FairQueue<View> queue = queue(places, limit);
    words(waiting).forEach(text -> queue.add(new View(text)));
    assertThat(rounds(queue)).isEqualTo(order);
  }

  /** All that may run at once runs until all of it has ended. */
  private static String rounds(FairQueue<View> queue) {
    List<String> rounds = new ArrayList<>();
    for (List<View> round = round(queue); !round.isEmpty(); round = round(queue)) {
      rounds.add(round.stream().map(View::text).collect(Collectors.joining("+")));
      round.forEach(queue::ended);
    }
    return String.join(" ", rounds);
  }

  private static List<View> round(FairQueue<View> queue) {
    List<View> round = new ArrayList<>();
    for (Optional<View> next = queue.next(); next.isPresent(); next = queue.next()) {
      round.add(next.get());
    }
    return round;
  }

  @Test
  @DisplayName("of five hundred views that are due in one namespace keeps another waiting for one")
  void fiveHundred() {
    int limit = 4;
    FairQueue<View> queue = queue(32, limit);
    for (int i = 0; i < 500; i++) {
      queue.add(new View("x/crowd/" + i));
    }
    List<View> running = new ArrayList<>(round(queue));
    for (int rare = 0; rare < 50; rare++) {
      queue.add(new View("x/rare/" + (1000 + rare)));
      int ended = 0;
      do {
        queue.ended(running.remove(0));
        ended++;
        running.addAll(round(queue));
      } while (running.stream().noneMatch(view -> view.namespace().equals("rare")));
      assertThat(ended).isLessThanOrEqualTo(1);
      View served = running.remove(running.size() - 1);
      assertThat(served.namespace()).isEqualTo("rare");
      queue.ended(served);
      running.addAll(round(queue));
      assertThat(running).hasSize(limit);
    }
  }

  @Test
  @DisplayName("is never starved by work of its namespace in another database")
  void busyElsewhere() {
    FairQueue<View> queue = queue(32, 1);
    queue.add(new View("x/a/9/waits"));
    for (int i = 0; i < 100; i++) {
      queue.add(new View("x/b/" + i));
      queue.add(new View("y/a/" + i));
    }
    assertThat(List.of(rounds(queue).split(" ", 3)).subList(0, 2).toString())
        .contains("x/a/9/waits");
  }

  @Test
  @DisplayName("obeys a limit that was lowered, and forgets what was withdrawn")
  void changes() {
    FairQueue<View> queue = queue(32, 2);
    words("x/a/1 x/a/2 x/a/3 x/b/4").forEach(text -> queue.add(new View(text)));
    List<View> first = round(queue);
    queue.limit("x", OptionalInt.of(1));
    queue.ended(first.get(0));
    assertThat(queue.next()).isEmpty();
    assertThat(queue.isBehind("x")).isTrue();
    queue.withdraw(view -> view.namespace().equals("a"));
    assertThat(queue.isBehind("x")).isFalse();
    queue.ended(first.get(1));
    assertThat(queue.next()).isEmpty();
    words("x/a/5 x/a/6").forEach(text -> queue.add(new View(text)));
    assertThat(round(queue)).hasSize(1);
    queue.limit("x", OptionalInt.empty());
    assertThat(round(queue)).as("as any other again").hasSize(1);
  }

  private static FairQueue<View> queue(int places, int limit) {
    return new FairQueue<>(places, limit);
  }

  private static List<String> words(String text) {
    return List.of(text.split(" ", -1));
  }
}
