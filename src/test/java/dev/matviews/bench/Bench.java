package dev.matviews.bench;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Measures on this machine and prints tables; each measurement is a word on the command line. */
public final class Bench {

  private static final List<String> WORDS = List.of("lateness", "modes", "long");

  private Bench() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    if (words.isEmpty() || !WORDS.containsAll(words)) {
      System.err.println("Say what to measure: lateness, modes, or modes long");
      System.exit(2);
    }
    // What the libraries log of their steps would hide the figures.
    System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
    Logger.getLogger("").setLevel(Level.OFF);
    if (words.contains("lateness")) {
      Lateness.measure(System.out);
    }
    if (words.contains("modes")) {
      ModesBench.run(words.contains("long"));
    }
    // The threads of a client of the API server outlive it.
    System.exit(0);
  }
}
