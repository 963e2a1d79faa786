package dev.matviews.playground;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** One line a step, with the time since the start. */
public final class Progress {

  private final PrintStream out;
  private final long start = System.nanoTime();

  public Progress(PrintStream out) {
    this.out = out;
  }

  /** To standard error, so that what a program prints stays apart from how it is getting on. */
  public static Progress toStandardError() {
    return new Progress(System.err);
  }

  public void step(String format, Object... arguments) {
    String text = arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments);
    out.printf(Locale.ROOT, "[%5.1f s] %s%n", seconds(elapsed()), text);
  }

  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
