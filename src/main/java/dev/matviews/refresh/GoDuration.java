package dev.matviews.refresh;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them in a spec: {@code 100ms}, {@code 90s}, {@code 1h30m}. The API
 * server checks their bounds with CEL, whose durations are Go's, so this reads exactly what Go
 * reads of {@code ^([0-9]+(ms|s|m|h))+$}: units in any order and more than once, up to 2^63 - 1
 * nanoseconds.
 */
public final class GoDuration {

  private static final Pattern PART = Pattern.compile("([0-9]+)(ms|s|m|h)");
  private static final Pattern WHOLE = Pattern.compile("(" + PART + ")+");

  private GoDuration() {}

  /**
   * Reads one duration.
   *
   * @throws IllegalArgumentException when the text is not such a duration or is longer than about
   *     292 years
   */
  public static Duration parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException("not a duration such as 90s or 1h30m: " + text);
    }
    try {
      long nanos = 0;
      for (Matcher part = PART.matcher(text); part.find(); ) {
        long count = Long.parseLong(part.group(1));
        nanos = Math.addExact(nanos, Math.multiplyExact(count, nanosOf(part.group(2))));
      }
      return Duration.ofNanos(nanos);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("a duration of more than 292 years: " + text, e);
    }
  }

  /** As it is written in a spec: {@code 1h30m}. */
  public static String text(Duration duration) {
    return duration.toString().replace("PT", "").toLowerCase(Locale.ROOT);
  }

  private static long nanosOf(String unit) {
    return switch (unit) {
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> throw new IllegalArgumentException("unit " + unit);
    };
  }
}
