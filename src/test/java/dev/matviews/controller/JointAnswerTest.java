package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.controller.AskedRuns.Answer;
import dev.matviews.plan.Reason;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a run that asks for the views a, b and c, of which b is named. */
class JointAnswerTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "nothing is known yet,        '',                        nothing",
    "the first waits,             a Waits,                   Waits DatabaseUnavailable",
    "the first runs,              a Running,                 Running",
    "one has ended,               a Ended,                   nothing",
    "one has ended and one runs,  a Ended b Running,         Running",
    "the named one has ended,     a Ended b Ended,           nothing",
    "all have ended,              a Ended b Ended c Ended,   Ended b",
    "one before it failed,        a Failed,                  Refused a: QueryFailed",
    "one after it failed,         a Ended b Ended c Failed,  Refused c: QueryFailed",
    "it failed itself,            a Ended b Failed,          Ended b",
    "one was refused,             a Refused,                 Refused a: InvalidSQL",
    "it was refused itself,       a Ended b Refused,         Refused InvalidSQL",
    "one is skipped,              a Skipped,                 Refused a: RefreshInProgress"
  })
  @DisplayName("the first that does not succeed ends it all, else the last")
  void answers(String sentence, String answers, String said) {
    Map<ResourceID, Answer> told = new HashMap<>();
    String[] words = answers.split(" ", -1);
    for (int i = 0; i + 1 < words.length; i += 2) {
      told.put(view(words[i]), answer(words[i], words[i + 1]));
    }
    assertThat(
            JointAnswer.of(view("b"), List.of(view("a"), view("b"), view("c")), told)
                .map(JointAnswerTest::text)
                .orElse("nothing"))
        .isEqualTo(said);
  }

  private static ResourceID view(String name) {
    return new ResourceID(name, "team");
  }

  private static Answer answer(String view, String word) {
    return switch (word) {
      case "Ended" -> new Answer.Ended(Scene.run("Run/" + view, Reason.Succeeded, 0));
      case "Failed" -> new Answer.Ended(Scene.run("Run/" + view, Reason.QueryFailed, 0));
      case "Skipped" -> new Answer.Ended(Scene.run("Run/" + view, Reason.RefreshInProgress, 0));
      case "Refused" -> new Answer.Refused(new Problem(Reason.InvalidSQL, "no SQL"));
      case "Waits" -> new Answer.Waits(new Problem(Reason.DatabaseUnavailable, "away"));
      case "Running" -> new Answer.Running(Instant.EPOCH);
      default -> throw new IllegalArgumentException(word);
    };
  }

  private static String text(Answer answer) {
    if (answer instanceof Answer.Ended ended) {
      return "Ended " + ended.run().id().replace("Run/", "");
    }
    if (answer instanceof Answer.Refused refused) {
      String message = refused.problem().message();
      int named = message.indexOf(": ");
      return "Refused "
          + (named < 0 ? "" : message.substring(0, named + 2))
          + refused.problem().reason();
    }
    return answer instanceof Answer.Waits waits
        ? "Waits " + waits.problem().reason()
        : answer.getClass().getSimpleName();
  }
}
