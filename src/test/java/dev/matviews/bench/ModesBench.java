package dev.matviews.bench;

import dev.matviews.refresh.Mode;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** The table of docs/refresh-modes.md: Auto beside every fixed mode that the view allows. */
final class ModesBench {

  private static final double BAR = 1.1;
  private static final PrintStream OUT = System.out;

  private ModesBench() {}

  static void run(boolean everything) throws Exception {
    List<Integer> sizes = everything ? List.of(1_000, 100_000, 1_000_000) : List.of(1_000, 100_000);
    int misses = 0;
    try (BenchServer server = BenchServer.start()) {
      OUT.println(
          "Milliseconds until the new rows are read, the lower quartile of several runs in turn.");
      OUT.println("Auto names what it took. Waits are readers that waited for more than 150 ms.");
      OUT.println();
      OUT.println(
          "| rows | unique index | view on top | changed | Standard | Concurrent | Swap | Auto |"
              + " ÷ best that blocks nobody | waits of Auto | waits of Standard |");
      OUT.println("|---|---|---|---|---|---|---|---|---|---|---|");
      for (int rows : sizes) {
        for (boolean unique : List.of(true, false)) {
          for (boolean onTop : List.of(false, true)) {
            misses += table(server, new Contest.Shape(rows, unique, onTop));
          }
        }
      }
    }
    OUT.printf("%n%d cells above %.1f%n", misses, BAR);
  }

  private static int table(BenchServer server, Contest.Shape shape) throws Exception {
    int misses = 0;
    try (Contest contest = Contest.of(server, shape)) {
      for (int changed : List.of(0, 1, 30, 100)) {
        List<Score> scores = contest.measure(changed);
        double ratio = Score.ratio(scores);
        misses += ratio > BAR ? 1 : 0;
        print(shape, changed, scores, ratio);
      }
    }
    return misses;
  }

  private static void print(Contest.Shape shape, int changed, List<Score> scores, double ratio) {
    Score auto = Score.of(Mode.Auto, scores).orElseThrow();
    OUT.printf(
        Locale.ROOT,
        "| %,d | %s | %s | %d %% | %s | %s | %s | %s %s | %.2f%s | %d | %d |%n",
        shape.rows(),
        shape.unique() ? "yes" : "no",
        shape.onTop() ? "yes" : "no",
        changed,
        millis(Mode.Standard, scores),
        millis(Mode.Concurrent, scores),
        millis(Mode.Swap, scores),
        millis(Mode.Auto, scores),
        auto.taken(),
        ratio,
        ratio > BAR ? " !" : "",
        auto.waits(),
        Score.of(Mode.Standard, scores).map(Score::waits).orElse(0L));
  }

  private static String millis(Mode mode, List<Score> scores) {
    return Score.of(mode, scores)
        .map(score -> String.format(Locale.ROOT, "%.0f", score.millis()))
        .orElse("–");
  }
}
