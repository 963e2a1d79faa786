package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Reason;
import dev.matviews.plan.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoModeTest {

  private static final Instant NOW = Instant.parse("2026-01-05T10:00:00Z");

  /**
   * A run is {@code Mode millis}, with the rows that it changed behind a slash; {@code Mode!Reason}
   * has failed; {@code Swap>Concurrent millis} began in one mode and ended in the other. The newest
   * comes first.
   */
  @ParameterizedTest(name = "{0}")
  @DisplayName("Auto takes the cheapest mode that holds no reader up, and says why")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no data                      | empty   | unique | 1000000 | Nothing      | -                                   | Standard   | holds no data yet
          few rows                     | filled  | unique | 1000    | Nothing      | -                                   | Concurrent | hardly more time
          no estimate                  | filled  | unique | -1      | Nothing      | -                                   | Concurrent | hardly more time
          many rows                    | filled  | unique | 1000000 | Nothing      | -                                   | Swap       | less time
          many rows, a cheap query     | filled  | unique | 1000000 | Nothing      | Standard 1000                       | Swap       | less time
          many rows, a dear query      | filled  | unique | 1000000 | Nothing      | Standard 60000                      | Concurrent | hardly more time
          a dear query, all changed    | filled  | unique | 1000000 | Nothing      | Concurrent 72000/1000000            | Swap       | less time
          a dear query, few changed    | filled  | unique | 1000000 | Nothing      | Concurrent 62000/100                | Concurrent | hardly more time
          swaps, saves little          | filled  | unique | 1000000 | Nothing      | Swap 60000                          | Swap       | less time
          swaps, saves nothing         | filled  | unique | 1000    | Nothing      | Swap 60                             | Concurrent | hardly more time
          both are known, swap wins    | filled  | unique | 1000    | Nothing      | Concurrent 100; Swap 80             | Swap       | less time
          both are known, hardly       | filled  | unique | 1000    | Nothing      | Concurrent 100; Swap 95             | Concurrent | hardly more time
          both are known, stays        | filled  | unique | 1000    | Nothing      | Swap 95; Concurrent 100             | Swap       | less time
          both are known, goes back    | filled  | unique | 1000    | Nothing      | Swap 101; Concurrent 100            | Concurrent | hardly more time
          one swap was held up         | filled  | unique | 1000    | Nothing      | Swap 500; Swap 80; Concurrent 100   | Swap       | less time
          two swaps were held up       | filled  | unique | 1000    | Nothing      | Swap 500; Swap 400; Concurrent 100  | Concurrent | hardly more time
          was smaller by far           | filled  | unique | 1000000 | Nothing      | Concurrent 10 of 5000               | Swap       | less time
          was larger by far            | filled  | unique | 1000    | Nothing      | Swap 900 of 1000000                 | Concurrent | hardly more time
          views on top                 | filled  | unique | 1000000 | Views        | -                                   | Swap       | less time
          views of ours on top         | filled  | unique | 1000000 | ManagedViews | -                                   | Concurrent | would be built anew
          others' on top               | filled  | unique | 1000000 | Others       | -                                   | Concurrent | could not be pointed
          only refreshed               | foreign | unique | 1000000 | Nothing      | -                                   | Concurrent | not managed
          owner out of reach           | filled  | unique | 1000000 | unreachable  | -                                   | Concurrent | may not make another
          standbys                     | filled  | unique | 1000000 | standbys     | -                                   | Concurrent | on a standby
          no lock                      | filled  | unique | 1000000 | Nothing      | Swap>Concurrent 5000; Swap 900      | Concurrent | got no lock lately
          no lock, failed              | filled  | unique | 1000000 | Nothing      | Swap!LockTimeout; Swap 900          | Concurrent | got no lock lately
          no lock, four runs ago       | filled  | unique | 1000000 | Nothing      | Concurrent 5000; Concurrent 5000; Concurrent 5000; Concurrent 5000; Swap!LockTimeout; Swap 900 | Concurrent | got no lock lately
          no lock, five runs ago       | filled  | unique | 1000000 | Nothing      | Concurrent 5000; Concurrent 5000; Concurrent 5000; Concurrent 5000; Concurrent 5000; Swap!LockTimeout; Swap 900 | Swap | less time
          refused                      | filled  | unique | 1000000 | Nothing      | Swap!UnsupportedSQL                 | Concurrent | was refused
          the query failed             | filled  | unique | 1000000 | Nothing      | Swap!QueryFailed; Swap 900          | Swap       | less time
          no index                     | filled  | none   | 10      | Nothing      | -                                   | Swap       | would hold readers up
          no index, views on top       | filled  | none   | 10      | Views        | -                                   | Swap       | would hold readers up
          no index, views of ours      | filled  | none   | 10      | ManagedViews | -                                   | Standard   | would be built anew
          no index, others'            | filled  | none   | 10      | Others       | -                                   | Standard   | could not be pointed
          no index, only refreshed     | foreign | none   | 10      | Nothing      | -                                   | Standard   | not managed
          no index, out of reach       | filled  | none   | 10      | unreachable  | -                                   | Standard   | may not make another
          no index, standbys           | filled  | none   | 10      | standbys     | -                                   | Swap       | would hold readers up
          no index, no lock            | filled  | none   | 10      | Nothing      | Swap!LockTimeout                    | Swap       | would hold readers up
          no index, refused            | filled  | none   | 10      | Nothing      | Swap!PermissionDenied               | Standard   | was refused
          """)
  void chooses(
      String name,
      String state,
      String index,
      long rows,
      String standing,
      String runs,
      Mode mode,
      String why) {
    ModeChoice choice =
        ModeChoice.of(
            Mode.Auto,
            new ModeFacts(
                !state.equals("empty"),
                !state.equals("foreign"),
                index.equals("unique"),
                rows,
                0,
                standing(standing),
                runs(runs, rows)));

    assertThat(choice.mode()).as(choice.why()).isEqualTo(mode);
    assertThat(choice.why()).contains(why);
    assertThat(choice.legal()).isTrue();
    assertThat(choice.elseConcurrent()).isEqualTo(mode == Mode.Swap && index.equals("unique"));
  }

  @Test
  @DisplayName("a view whose modes cost about the same does not go to and fro")
  void settles() {
    List<Run> runs = new ArrayList<>(runs("Swap 96; Concurrent 100", 1000));
    List<Mode> taken = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ModeFacts facts =
          new ModeFacts(true, true, true, 1000, 0, standing("Nothing"), List.copyOf(runs));
      Mode mode = ModeChoice.of(Mode.Auto, facts).mode();
      taken.add(mode);
      // Either takes 100 ms, give or take 4 %.
      runs.add(0, run(mode + " " + (96 + i * 7 % 9), 1 + i, 1000));
    }
    long changes = 0;
    for (int i = 1; i < taken.size(); i++) {
      changes += taken.get(i) == taken.get(i - 1) ? 0 : 1;
    }
    assertThat(taken).startsWith(Mode.Swap).endsWith(Mode.Concurrent);
    assertThat(changes).as("%s", taken).isEqualTo(1);
  }

  @Test
  @DisplayName("wide rows count as several")
  void wide() {
    assertThat(ofBytes(1_000_000).mode()).isEqualTo(Mode.Concurrent);
    assertThat(ofBytes(100_000_000).mode()).isEqualTo(Mode.Swap);
  }

  private static ModeChoice ofBytes(long bytes) {
    return ModeChoice.of(
        Mode.Auto, new ModeFacts(true, true, true, 1000, bytes, standing("Nothing"), List.of()));
  }

  private static Standing standing(String text) {
    return switch (text) {
      case "unreachable" -> new Standing(false, Standing.OnTop.Nothing, false);
      case "standbys" -> new Standing(true, Standing.OnTop.Nothing, true);
      default -> new Standing(true, Standing.OnTop.valueOf(text), false);
    };
  }

  private static List<Run> runs(String text, long rows) {
    List<Run> runs = new ArrayList<>();
    if (!text.equals("-")) {
      String[] all = text.split("; ", -1);
      for (int i = 0; i < all.length; i++) {
        runs.add(run(all[i], -i, rows));
      }
    }
    return runs;
  }

  private static Run run(String text, int age, long rows) {
    String[] failed = text.split("!", -1);
    if (failed.length == 2) {
      return run(
          Mode.valueOf(failed[0]),
          null,
          age,
          10,
          Run.Result.Failed,
          Reason.valueOf(failed[1]),
          rows,
          null);
    }
    String[] words = text.split(" ", -1);
    String[] modes = words[0].split(">", -1);
    String[] figures = words[1].split("/", -1);
    return run(
        Mode.valueOf(modes[modes.length - 1]),
        modes.length == 1 ? null : Mode.valueOf(modes[0]),
        age,
        Long.parseLong(figures[0]),
        Run.Result.Succeeded,
        Reason.Succeeded,
        words.length == 4 ? Long.parseLong(words[3]) : rows,
        figures.length == 1 ? null : Long.parseLong(figures[1]));
  }

  private static Run run(
      Mode mode,
      @Nullable Mode insteadOf,
      int age,
      long millis,
      Run.Result result,
      Reason reason,
      long rows,
      @Nullable Long changed) {
    Instant started = NOW.plus(Duration.ofMinutes(age));
    return new Run(
        "Request/" + age,
        Trigger.Request,
        mode,
        started,
        started.plusMillis(millis),
        result,
        reason,
        null,
        null,
        1,
        null,
        rows,
        false,
        insteadOf,
        changed);
  }
}
