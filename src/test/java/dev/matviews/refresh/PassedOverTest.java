package dev.matviews.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of slots that a clock jumped over, when it is set back among them. */
class PassedOverTest {

  @ParameterizedTest(name = "{0}")
  @DisplayName("slots in whose place a newer one runs")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # sentence                       | spec             | settled | now   | passed over
          the next slot is due             | hourly           | 10:00   | 11:05 | -
          nothing is due                   | hourly           | 10:00   | 10:05 | -
          the newest of three is due       | hourly           | 10:00   | 13:05 | 10:00-13:00
          the clock was set back           | hourly           | 15:00   | 13:05 | -
          before there is a schedule       | none             | 10:00   | 13:05 | -
          before the schedule is known     | hourly           | -       | 13:05 | -
          """)
  void passedOver(
      String sentence, String spec, @Nullable String settled, String now, @Nullable String passed) {
    RefreshPolicy policy = DecisionTables.policy(spec);
    RefreshState state = DecisionTables.state(policy.scheduleIdentity(), settled, null, null);
    assertThat(RefreshDecision.passedOver(policy, state, DecisionTables.time(now)))
        .isEqualTo(Optional.ofNullable(span(passed)));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("where the clock is set back to: after 10:00 the slot of 15:00 was the next to run")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # sentence                          | passed over | now   | decision
          among them, the newest is due       | 10:00-15:00 | 12:05 | start Schedule/12:00 due 12:00
          among them, before the first        | 10:00-15:00 | 10:05 | wait 11:00
          that one was done by now            | 12:00-15:00 | 12:05 | wait 13:00
          behind them                         | 10:00-15:00 | 15:05 | wait 16:00
          before them, where all were settled | 10:00-15:00 | 09:05 | wait 10:00
          """)
  void setBack(String sentence, String passed, String now, String decision) {
    RefreshPolicy policy = DecisionTables.policy("hourly");
    RefreshState settled = DecisionTables.state(policy.scheduleIdentity(), "15:00", null, null);
    RefreshState state =
        new RefreshState(
            settled.schedule(),
            settled.settledUntil(),
            null,
            null,
            null,
            0,
            null,
            List.of(),
            span(passed));
    RefreshDecision made =
        RefreshDecision.decide(
            policy,
            DecisionTables.view("filled"),
            state,
            new Demand(null, List.of(), Upstreams.NONE, false),
            DecisionTables.time(now));
    assertThat(DecisionTables.text(made)).isEqualTo(decision);
  }

  private static @Nullable PassedOver span(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String[] ends = text.split("-", -1);
    return new PassedOver(DecisionTables.time(ends[0]), DecisionTables.time(ends[1]));
  }
}
