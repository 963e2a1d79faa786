package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.ZoneOffset;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronSyntaxTest {

  @ParameterizedTest(name = "[{0}]")
  @DisplayName("what cannot be followed is refused in words")
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          61 * * * *              | "61" is not a value, range, step or list of minute (0-59)
          * 24 * * *              | "24" is not a value, range, step or list of hour (0-23)
          * * 0 * *               | "0" is not a value, range, step or list of day of month (1-31)
          * * 32 * *              | "32" is not a value, range, step or list of day of month (1-31)
          * * * 13 *              | "13" is not a value, range, step or list of month (1-12 or JAN-DEC)
          * * * * 8               | "8" is not a value, range, step or list of day of week (0-7 or SUN-SAT)
          a * * * *               | "a" is not a value
          * * * FOO *             | "FOO" is not a value
          * * * * MONDAY          | "MONDAY" is not a value
          -5 * * * *              | "-5" is not a value
          +5 * * * *              | "+5" is not a value
          1.5 * * * *             | "1.5" is not a value
          99999999999 * * * *     | "99999999999" is not a value
          22-2 * * * *            | "22-2" is not a value
          * * * * 5-1             | "5-1" is not a value
          1- * * * *              | "1-" is not a value
          1-2-3 * * * *           | "1-2-3" is not a value
          1,,3 * * * *            | "1,,3" is not a value
          , * * * *               | "," is not a value
          * ,1 * * *              | ",1" is not a value
          */0 * * * *             | "*/0" is not a value
          */60 * * * *            | "*/60" is not a value
          */ * * * *              | "*/" is not a value
          5* * * * *              | "5*" is not a value
          * * ? * *               | "?" is not a value, range, step or list of day of month
          * * * * ?               | "?" is not a value, range, step or list of day of week
          * * L * *               | "L" is not a value
          * * 15W * *             | "15W" is not a value
          * * LW * *              | "LW" is not a value
          * * * * 5L              | "5L" is not a value
          * * * * 1#2             | "1#2" is not a value
          '0 0 1|2 * *' | '"1|2" is not a value'
          H * * * *               | "H" is not a value
          '0 0 0 * * *'           | it has 6 of the five fields minute, hour, day of month, month, day of week
          '* * * *'               | it has 4 of the five fields
          'daily'                 | it has 1 of the five fields
          ''                      | it is empty
          '   '                   | it is empty
          @reboot                 | the macros are @annually, @daily, @hourly, @midnight, @monthly, @weekly, @yearly
          @Daily                  | the macros are
          @every 1h               | the macros are
          0 0 31 2 *              | no date ever matches it
          0 0 30 2 *              | no date ever matches it
          0 0 31 4,6,9,11 *       | no date ever matches it
          * * 30-31 FEB *         | no date ever matches it
          """)
  void refused(String expression, String reason) {
    assertThatExceptionOfType(InvalidScheduleException.class)
        .isThrownBy(() -> Schedule.cron(expression, ZoneOffset.UTC))
        .withMessageStartingWith("schedule \"%s\" is not valid: %s", expression.strip(), reason);
  }

  @Property
  boolean anyTextIsFollowedOrRefused(
      @ForAll
          @StringLength(max = 30)
          @CharRange(from = '0', to = '9')
          @Chars({'*', '/', '-', ',', ' ', '@', '?', 'L', 'W', '#', '|', 'J', 'A', 'N', 'é', '\0'})
          String text) {
    try {
      return !Schedule.cron(text, ZoneOffset.UTC).identity().isBlank();
    } catch (InvalidScheduleException refused) {
      return true;
    }
  }
}
