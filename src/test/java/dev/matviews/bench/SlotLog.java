package dev.matviews.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How long after its due time each REFRESH began, by the server's own log of statements. */
record SlotLog(Path file) {

  private static final Duration SETTLING = Duration.ofSeconds(5);

  private static final Pattern REFRESH =
      Pattern.compile("^(\\S+ \\S+) UTC .*@(\\w+) .*REFRESH MATERIALIZED VIEW .*\"(\\w+)\"");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

  /** When a view's slots are: so long after each multiple of the period since 1970. */
  record Slots(long periodMillis, long offsetMillis) {

    private double late(Instant started) {
      return Math.floorMod(started.toEpochMilli() - offsetMillis, periodMillis);
    }
  }

  /**
   * In milliseconds, of the runs of some time from a moment on at which all is quiet.
   *
   * @param slots by database and view
   */
  double[] during(Duration time, Map<String, Slots> slots) {
    Instant from = Instant.now().plus(SETTLING);
    BenchStage.awaitTime(from.plus(time).plus(SETTLING));
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .map(REFRESH::matcher)
          .filter(Matcher::find)
          .filter(line -> time(line).isAfter(from))
          .flatMapToDouble(
              line ->
                  Stream.ofNullable(slots.get(line.group(2) + "." + line.group(3)))
                      .mapToDouble(slot -> slot.late(time(line))))
          .toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instant time(Matcher line) {
    return LocalDateTime.parse(line.group(1), TIME).toInstant(ZoneOffset.UTC);
  }
}
