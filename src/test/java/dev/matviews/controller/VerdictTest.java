package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Run;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The truth table of the conditions, row by row. */
class VerdictTest {

  private static final Run DONE = Scene.run("Schedule/2026-01-05T09:59:00Z", Reason.Succeeded, 0);
  private static final Run BAD = Scene.run("Schedule/2026-01-05T09:59:10Z", Reason.QueryFailed, 10);

  @ParameterizedTest(name = "{0}: {2}")
  @DisplayName("what is so in the database decides the conditions")
  @MethodSource
  void truthTable(String sentence, Scene scene, String conditions) {
    assertThat(Scene.text(scene.status().conditions())).isEqualTo(conditions);
  }

  static Stream<Arguments> truthTable() {
    return Stream.of(
        row("in sync, filled", Scene.filled(""), "Ready True InSync"),
        row(
            "in sync, filled and refreshed",
            Scene.filled("").runs(DONE),
            "Ready True InSync, Refreshed True Succeeded"),
        row(
            "in sync, Deferred, not yet filled",
            Scene.empty("refresh: {initialPopulation: Deferred}"),
            "Ready True NotPopulated"),
        row(
            "Deferred, and the first run failed",
            Scene.empty("refresh: {initialPopulation: Deferred}").runs(BAD),
            "Ready True NotPopulated, Refreshed False QueryFailed"),
        row(
            "first fill runs",
            Scene.empty(""),
            "Ready False Populating, Reconciling True Populating"),
        row(
            "first fill failed: bad data stall nothing",
            Scene.empty("").runs(Scene.run("Initial/16400", Reason.QueryFailed, 0)),
            "Ready False QueryFailed, Reconciling True QueryFailed, Refreshed False QueryFailed"),
        row(
            "first fill of the view made again, after a failed one of the view before",
            Scene.empty("").runs(Scene.run("Initial/16000", Reason.QueryFailed, 0)),
            "Ready False Populating, Reconciling True Populating, Refreshed False QueryFailed"),
        row(
            "an index is being built on data that are served",
            Scene.filled("").changing("indexes are being changed"),
            "Ready False ChangingDefinition, Reconciling True ChangingDefinition"),
        row(
            "the last refresh failed: the old data are still as declared",
            Scene.filled("").runs(BAD, DONE),
            "Ready True InSync, Refreshed False QueryFailed"),
        row(
            "a slot was skipped after a refresh that succeeded",
            Scene.filled("")
                .runs(
                    Scene.run("Schedule/2026-01-05T09:59:10Z", Reason.RefreshInProgress, 10), DONE),
            "Ready True InSync, Refreshed True Succeeded"),
        row(
            "a source without data",
            Scene.empty("").problem(Reason.UpstreamNotPopulated, "waits for data in app.a"),
            "Ready False UpstreamNotPopulated, Reconciling True UpstreamNotPopulated"),
        row("suspended, filled: as it was", Scene.filled("suspend: true"), "Ready True InSync"),
        row("suspended, not yet filled", Scene.empty("suspend: true"), "Ready True NotPopulated"),
        row(
            "suspended before it was made",
            Scene.absent("suspend: true").problem(Reason.Suspended, "not changed"),
            "Ready False Suspended"),
        row(
            "database not reachable",
            Scene.unseen(Reason.DatabaseUnavailable, "away"),
            "Ready Unknown DatabaseUnavailable, Reconciling True DatabaseUnavailable"),
        row(
            "its connection is not Ready",
            Scene.unseen(Reason.ConnectionNotReady, "db: AuthenticationFailed"),
            "Ready Unknown ConnectionNotReady, Reconciling True ConnectionNotReady"),
        row(
            "no such connection",
            Scene.unseen(Reason.ConnectionNotFound, "db does not exist"),
            "Ready False ConnectionNotFound, Reconciling True ConnectionNotFound"));
  }

  @ParameterizedTest(name = "what is below {0}: {2}")
  @DisplayName("an hour is not too long for data that come by themselves")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          is filled by the operator unasked | true  | Ready, Reconciling
          is filled on request              | false | Ready, Stalled, Reconciling
          is read by the new definition     |       | Ready, Stalled, Reconciling
          """)
  void waitsForTheFillBelow(String sentence, @Nullable Boolean fillsItself, String types) {
    Scene waits = Scene.empty("").problem(Reason.UpstreamNotPopulated, "waits for data in app.a");
    Scene scene = fillsItself == null ? waits : waits.onEmpty("app.a", fillsItself);
    List<Condition> conditions =
        scene.after(scene.status(), Scene.NOW.plusSeconds(3600)).conditions();
    assertThat(conditions).extracting(Condition::type).containsExactly(types.split(", ", -1));
  }

  private static Arguments row(String sentence, Scene scene, String conditions) {
    return Arguments.of(sentence, scene, conditions);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("each reason that keeps a view back says either that we go on or that the user acts")
  @EnumSource
  void everyReason(Reason reason) {
    List<Condition> conditions = Scene.absent("").problem(reason, "why").status().conditions();
    String expected =
        switch (reason.retry()) {
          case Never -> "Ready False %1$s, Stalled True %1$s";
          case Backoff, Slow, OnEvent -> "Ready %2$s %1$s, Reconciling True %1$s";
          case None -> "Ready False %1$s";
        };
    String ready =
        List.of(
                    Reason.DatabaseUnavailable,
                    Reason.ConnectionNotReady,
                    Reason.TooManyConnections,
                    Reason.ReadOnlyServer)
                .contains(reason)
            ? "Unknown"
            : "False";
    assertThat(Scene.text(conditions)).isEqualTo(expected.formatted(reason, ready));
    assertThat(conditions)
        .allSatisfy(c -> assertThat(c.message()).isEqualTo("why"))
        .allSatisfy(c -> assertThat(c.observedGeneration()).isEqualTo(1))
        .filteredOn(c -> !c.type().equals("Ready"))
        .allSatisfy(c -> assertThat(c.status()).isEqualTo(ConditionStatus.TRUE));
  }
}
