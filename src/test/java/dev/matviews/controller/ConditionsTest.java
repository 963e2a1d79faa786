package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {

  private static final Instant BEGIN = Instant.parse("2026-01-05T10:00:00Z");

  @ParameterizedTest(name = "{0} for {1}: {2}")
  @DisplayName("who waits for others for five minutes is stalled, and first of all")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SourceMissing        | PT0S    | Ready, Reconciling
          SourceMissing        | PT4M59S | Ready, Reconciling
          SourceMissing        | PT5M    | Ready, Stalled, Reconciling
          SourceMissing        | PT24H   | Ready, Stalled, Reconciling
          SchemaMissing        | PT5M    | Ready, Stalled, Reconciling
          UpstreamNotPopulated | PT5M    | Ready, Stalled, Reconciling
          ConnectionNotFound   | PT5M    | Ready, Stalled, Reconciling
          SecretNotFound       | PT5M    | Ready, Stalled, Reconciling
          ConnectionNotReady   | PT24H   | Ready, Reconciling
          DatabaseUnavailable  | PT24H   | Ready, Reconciling
          LockTimeout          | PT24H   | Ready, Reconciling
          InternalError        | PT24H   | Ready, Reconciling
          InvalidSQL           | PT0S    | Ready, Stalled
          InvalidSQL           | PT24H   | Ready, Stalled
          """)
  void stalledAfterFiveMinutes(Reason reason, Duration waited, String types) {
    Verdict verdict = Verdict.ofProblem(new Problem(reason, "why"));
    List<Condition> begun = conditions(List.of(), 1, BEGIN).add(verdict).list();
    List<Condition> now = conditions(begun, 1, BEGIN.plus(waited)).add(verdict).list();
    assertThat(now.stream().map(Condition::type)).containsExactly(types.split(", ", -1));
  }

  @Test
  @DisplayName("what had gone on before it began to wait is not held against it at once")
  void patienceIsWithOneReason() {
    Verdict filling = Verdict.ofProblem(new Problem(Reason.LockTimeout, "why"));
    Verdict waiting = Verdict.ofProblem(new Problem(Reason.SourceMissing, "why"));
    List<Condition> begun = conditions(List.of(), 1, BEGIN).add(filling).list();
    List<Condition> later = conditions(begun, 1, BEGIN.plusSeconds(3600)).add(waiting).list();
    List<Condition> again = conditions(later, 1, BEGIN.plusSeconds(3610)).add(waiting).list();
    assertThat(later.stream().map(Condition::type)).containsExactly("Ready", "Reconciling");
    assertThat(again.stream().map(Condition::type)).containsExactly("Ready", "Reconciling");
    List<Condition> late = conditions(again, 1, BEGIN.plusSeconds(3900)).add(waiting).list();
    assertThat(late.stream().map(Condition::type)).contains("Stalled");
  }

  @Test
  @DisplayName("a transition time moves with the status only, a generation always")
  void transitionTimes() {
    List<Condition> waiting =
        ready(List.of(), 1, BEGIN, ConditionStatus.FALSE, Reason.SourceMissing);
    List<Condition> refused =
        ready(waiting, 2, BEGIN.plusSeconds(60), ConditionStatus.FALSE, Reason.InvalidSQL);
    List<Condition> fine =
        ready(refused, 2, BEGIN.plusSeconds(120), ConditionStatus.TRUE, Reason.InSync);
    assertThat(waiting.get(0).lastTransitionTime()).isEqualTo(BEGIN);
    assertThat(refused.get(0).lastTransitionTime()).isEqualTo(BEGIN);
    assertThat(refused.get(0).observedGeneration()).isEqualTo(2);
    assertThat(refused.get(0).reason()).isEqualTo("InvalidSQL");
    assertThat(fine.get(0).lastTransitionTime()).isEqualTo(BEGIN.plusSeconds(120));
  }

  @Test
  @DisplayName("times are whole seconds, as Kubernetes writes them")
  void wholeSeconds() {
    Condition ready =
        ready(List.of(), 1, BEGIN.plusNanos(999_999_999), ConditionStatus.TRUE, Reason.InSync)
            .get(0);
    assertThat(ready.lastTransitionTime()).isEqualTo(BEGIN);
  }

  @Test
  @DisplayName("a message of any length is cut, and never in the middle of a character")
  void longMessages() {
    String message = "x" + "\uD83D\uDE80".repeat(1000);
    Condition ready =
        conditions(List.of(), 1, BEGIN)
            .add(ConditionType.READY, ConditionStatus.FALSE, Reason.SourceMissing, message)
            .list()
            .get(0);
    assertThat(ready.message()).hasSizeLessThanOrEqualTo(512).endsWith("\uD83D\uDE80…");
  }

  private static List<Condition> ready(
      List<Condition> old, long generation, Instant now, ConditionStatus status, Reason reason) {
    return conditions(old, generation, now).add(ConditionType.READY, status, reason, "why").list();
  }

  private static Conditions conditions(List<Condition> old, long generation, Instant now) {
    return new Conditions(old, generation, now);
  }
}
