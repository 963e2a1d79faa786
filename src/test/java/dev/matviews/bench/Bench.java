package dev.matviews.bench;

import dev.matviews.bench.Report.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Measures on this machine and prints tables; each measurement is a word on the command line. */
public final class Bench {

  private static final Path PAGE = Path.of("docs", "benchmarks.md");
  private static final String ALL = "all";
  private static final String LONG = "long";
  private static final String MODES = "modes";

  /** Some that would make the short form long. */
  private static final List<String> ONLY_LONG = List.of("burst");

  private static final String INTRODUCTION =
      """
      # Benchmarks

      `make bench` takes these figures anew and writes this page: one run, one machine, no figure
      picked. `make bench BENCH="all long"` takes longer and more of each.
      """;

  private Bench() {}

  /** In the order of the page. */
  private static Map<String, Benchmark> benchmarks() {
    Map<String, Benchmark> all = new LinkedHashMap<>();
    all.put("fleet", new FleetBench());
    all.put("edit", new EditBench());
    all.put("overhead", new OverheadBench());
    all.put("change", new ChangeBench());
    all.put("lateness", new LatenessBench());
    all.put("burst", new BurstBench());
    all.put("soak", new SoakBench());
    return all;
  }

  public static void main(String[] arguments) {
    List<String> words = List.of(arguments);
    List<String> known = new ArrayList<>(benchmarks().keySet());
    known.addAll(List.of(ALL, MODES, LONG));
    if (words.isEmpty() || !known.containsAll(words)) {
      System.err.println("Say what to measure: " + String.join(", ", known));
      System.exit(2);
    }
    // What the libraries log of their steps would hide the figures.
    System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
    Logger.getLogger("").setLevel(Level.OFF);
    // The threads of a client of the API server outlive it, whatever comes.
    try {
      run(words);
      System.exit(0);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void run(List<String> words) throws Exception {
    Report report = new Report(System.out);
    for (Map.Entry<String, Benchmark> one : benchmarks().entrySet()) {
      if (isWanted(one.getKey(), words)) {
        one.getValue().measure(report, words.contains(LONG));
      }
    }
    if (report.mostConnections() > 0) {
      connections(report);
    }
    if (words.contains(ALL)) {
      write(report, "make bench BENCH=\"%s\"".formatted(String.join(" ", words)));
    }
    if (words.contains(MODES)) {
      ModesBench.run(words.contains(LONG));
    }
    System.out.printf("%n%d missed%n", report.missed());
  }

  private static boolean isWanted(String benchmark, List<String> words) {
    boolean among = words.contains(ALL) && (words.contains(LONG) || !ONLY_LONG.contains(benchmark));
    return among || words.contains(benchmark);
  }

  private static void connections(Report report) {
    report.section(
        "Connections",
        """
        The most that the operator had open to one database at any moment of what stands above, by
        pg_stat_activity 20 times a second. `maxConcurrentRefreshes` is 2 in all of it.
        """);
    report.figure("connections to one database", report.mostConnections(), "", Target.atMost(3));
  }

  private static void write(Report report, String command) throws IOException {
    Files.writeString(
        PAGE, INTRODUCTION + "\n" + Surroundings.lines(command, report.versions()) + report.page());
  }
}
