package dev.matviews.refresh;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The spelling of a cron expression: what crontab(5) and Kubernetes' CronJob both take. Extensions
 * of other crons (seconds, {@code ?}, {@code L}, {@code W}, {@code #}) are refused, not guessed.
 *
 * @param text as written, but for superfluous blanks
 * @param fields the five that it stands for
 */
record CronSyntax(String text, List<String> fields) {

  private static final Map<String, String> MACROS =
      Map.of(
          "@hourly", "0 * * * *",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@weekly", "0 0 * * 0",
          "@monthly", "0 0 1 * *",
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *");

  private static final List<String> FIELDS =
      List.of(
          "minute (0-59)",
          "hour (0-23)",
          "day of month (1-31)",
          "month (1-12 or JAN-DEC)",
          "day of week (0-7 or SUN-SAT)");

  /** The library would read + as a sign, and | as "or" between whole expressions. */
  private static final Pattern FIELD = Pattern.compile("[0-9A-Za-z*,/-]+");

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private static final CronParser PARSER = new CronParser(definition());

  /** Checked field by field, so that the message can name the one that is wrong. */
  static CronSyntax of(String written) {
    String text = BLANKS.matcher(written.strip()).replaceAll(" ");
    CronSyntax syntax = new CronSyntax(text, split(MACROS.getOrDefault(text, text)));
    syntax.checkShape();
    for (int i = 0; i < FIELDS.size(); i++) {
      syntax.checkField(i);
    }
    return syntax;
  }

  private static List<String> split(String text) {
    return List.of(text.split(" ", -1));
  }

  private void checkShape() {
    if (text.isEmpty()) {
      throw invalid("it is empty");
    }
    if (text.startsWith("@") && !MACROS.containsKey(text)) {
      throw invalid(
          "the macros are " + String.join(", ", MACROS.keySet().stream().sorted().toList()));
    }
    if (fields.size() != FIELDS.size()) {
      throw invalid(
          "it has %d of the five fields minute, hour, day of month, month, day of week"
              .formatted(fields.size()));
    }
  }

  private void checkField(int i) {
    String[] alone = {"*", "*", "*", "*", "*"};
    alone[i] = fields.get(i);
    if (!FIELD.matcher(alone[i]).matches() || !parses(Arrays.asList(alone))) {
      throw invalid(
          "\"%s\" is not a value, range, step or list of %s".formatted(alone[i], FIELDS.get(i)));
    }
  }

  private static boolean parses(List<String> fields) {
    try {
      times(fields);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  static ExecutionTime times(List<String> fields) {
    return ExecutionTime.forCron(PARSER.parse(String.join(" ", fields)));
  }

  InvalidScheduleException invalid(String why) {
    return new InvalidScheduleException("schedule \"%s\" is not valid: %s".formatted(text, why));
  }

  /** The library's own UNIX definition, spelled out: a later release cannot widen it. */
  private static CronDefinition definition() {
    return CronDefinitionBuilder.defineCron()
        .withMinutes()
        .withValidRange(0, 59)
        .withStrictRange()
        .and()
        .withHours()
        .withValidRange(0, 23)
        .withStrictRange()
        .and()
        .withDayOfMonth()
        .withValidRange(1, 31)
        .withStrictRange()
        .and()
        .withMonth()
        .withValidRange(1, 12)
        .withStrictRange()
        .and()
        .withDayOfWeek()
        .withValidRange(0, 7)
        .withMondayDoWValue(1)
        .withIntMapping(7, 0)
        .withStrictRange()
        .and()
        .instance();
  }
}
