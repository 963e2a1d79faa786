package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.controller.AskedRuns.Answer;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.AskedRun;
import dev.matviews.refresh.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What whoever asked for a run is told when it does not start. */
class AskedRunsTest {

  private static final AskedRun ASKED = asked(false, true);

  private final List<String> told = new ArrayList<>();
  private final AskedRuns asked =
      new AskedRuns(List.of(ASKED), Optional.empty(), (run, answer) -> told.add(text(run, answer)));

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "UniqueIndexRequired, Refused",
    "InvalidSQL, Refused",
    "SourceMissing, Refused",
    "UpstreamNotPopulated, Refused",
    "Suspended, Refused",
    "DatabaseUnavailable, Waits",
    "ConnectionNotReady, Waits",
    "InsufficientResources, Waits"
  })
  @DisplayName("what passes by itself is waited for, all else refuses the run for good")
  void cannotStart(Reason reason, String answer) {
    asked.cannotStart(new Problem(reason, "so it is"));
    assertThat(told).containsExactly("Run/uid " + answer);
    assertThat(asked.open(false)).as("it is not begun in this pass").isEmpty();
  }

  @Test
  @DisplayName("while somebody else works on the view, it is overtaken")
  void othersWork() {
    assertThat(asked.open(true)).singleElement().matches(AskedRun::overtaken);
    assertThat(asked.open(false)).containsExactly(ASKED);
  }

  @Test
  @DisplayName(
      "one that is patient is not, and one whose turn has not come hears of no trouble yet")
  void oneOfSeveral() {
    var several =
        new AskedRuns(
            List.of(asked(true, false)),
            Optional.empty(),
            (run, answer) -> told.add(text(run, answer)));
    assertThat(several.open(true)).noneMatch(AskedRun::overtaken);
    several.cannotStart(new Problem(Reason.UpstreamNotPopulated, "so it is"));
    assertThat(told).isEmpty();
  }

  private static AskedRun asked(boolean patient, boolean turn) {
    return new AskedRun("uid", null, Instant.parse("2026-01-05T10:00:00Z"), patient, turn, false);
  }

  private static String text(RunId run, Answer answer) {
    return run + " " + answer.getClass().getSimpleName();
  }
}
