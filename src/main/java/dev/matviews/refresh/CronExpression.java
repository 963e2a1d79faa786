package dev.matviews.refresh;

import com.cronutils.model.time.ExecutionTime;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A valid cron expression as a set of local date-times, without a zone. The cron library only ever
 * computes in UTC: given a zone, it drops the times that a clock jumps over.
 */
final class CronExpression {

  /** Whether an expression fires at all does not depend on where one starts to look. */
  private static final LocalDateTime SOME_DAY = LocalDateTime.of(2000, 1, 1, 0, 0);

  private final String text;
  private final boolean everyHour;
  private final ExecutionTime times;

  private CronExpression(String text, boolean everyHour, ExecutionTime times) {
    this.text = text;
    this.everyHour = everyHour;
    this.times = times;
  }

  static CronExpression parse(String written) {
    CronSyntax syntax = CronSyntax.of(written);
    List<String> fields = syntax.fields();
    CronExpression expression =
        new CronExpression(syntax.text(), isEveryHour(fields.get(1)), CronSyntax.times(fields));
    if (expression.times.nextExecution(utc(SOME_DAY)).isEmpty()) {
      throw syntax.invalid("no date ever matches it");
    }
    return expression;
  }

  /** By meaning, not by spelling: {@code 0-23} is every hour too. */
  private static boolean isEveryHour(String hourField) {
    ExecutionTime hours = CronSyntax.times(List.of("0", hourField, "*", "*", "*"));
    return IntStream.range(0, 24).allMatch(hour -> hours.isMatch(utc(SOME_DAY.withHour(hour))));
  }

  boolean everyHour() {
    return everyHour;
  }

  LocalDateTime firstFrom(LocalDateTime inclusive) {
    LocalDateTime before = inclusive.minusNanos(1).truncatedTo(ChronoUnit.MINUTES);
    return found(times.nextExecution(utc(before)));
  }

  LocalDateTime lastUntil(LocalDateTime inclusive) {
    LocalDateTime behind = inclusive.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
    return found(times.lastExecution(utc(behind)));
  }

  private LocalDateTime found(Optional<ZonedDateTime> time) {
    return time.orElseThrow(() -> new IllegalStateException(text + " ends")).toLocalDateTime();
  }

  private static ZonedDateTime utc(LocalDateTime local) {
    return local.atZone(ZoneOffset.UTC);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CronExpression that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
