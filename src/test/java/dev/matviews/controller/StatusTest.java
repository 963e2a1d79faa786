package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.CurrentRun;
import dev.matviews.api.v1alpha1.EffectiveMode;
import dev.matviews.api.v1alpha1.IndexStatus;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.PastRefresh;
import dev.matviews.api.v1alpha1.RefreshTrigger;
import dev.matviews.api.v1alpha1.RowCount;
import dev.matviews.api.v1alpha1.RowCountKind;
import dev.matviews.api.v1alpha1.RunPhase;
import dev.matviews.plan.Claim;
import dev.matviews.plan.ObservedView.ObservedIndex;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Run;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StatusTest {

  private static final Run FIRST = Scene.run("Schedule/2026-01-05T09:59:00Z", Reason.Succeeded, 0);
  private static final Run SECOND =
      Scene.run("Schedule/2026-01-05T09:59:10Z", Reason.QueryFailed, 10);
  private static final Scene USUAL =
      Scene.filled("refresh: {interval: 10s}")
          .indexes(Scene.index("by_a", true, true))
          .runs(SECOND, FIRST);

  @Test
  @DisplayName("the same situation gives the same status, at any later time")
  void isPure() {
    MaterializedViewStatus status = USUAL.status();
    assertThat(USUAL.after(status, Scene.NOW.plus(Duration.ofDays(1)))).isEqualTo(status);
  }

  @Test
  @DisplayName("survives the way to Kubernetes and back, so that nothing is written again")
  void roundTrip() {
    MaterializedViewStatus status = USUAL.status();
    MaterializedViewStatus read =
        Serialization.unmarshal(Serialization.asJson(status), MaterializedViewStatus.class);
    assertThat(USUAL.after(read)).isEqualTo(read);
  }

  @Test
  @DisplayName("tells of the view what the database holds")
  void tellsWhatIsThere() {
    MaterializedViewStatus status = USUAL.status();
    assertThat(status.observedGeneration()).isEqualTo(1);
    assertThat(status.qualifiedName()).isEqualTo("public.board");
    assertThat(status.oid()).isEqualTo(16400);
    assertThat(status.schedule()).isEqualTo("every 10s");
    assertThat(status.populated()).isTrue();
    assertThat(Objects.requireNonNull(status.rowCount()).value()).isEqualTo(100);
    assertThat(status.sizeBytes()).isEqualTo(8192);
    assertThat(status.effectiveMode()).hasToString("Concurrent");
    assertThat(status.indexes()).containsExactly(new IndexStatus("by_a", true, true));
    assertThat(status.warnings()).isEmpty();
  }

  @Test
  @DisplayName("does not call a view empty of which the server knows no size yet")
  void sizeUnknown() {
    MaterializedViewStatus status = Scene.filled("").neverVacuumed().status();
    assertThat(status.rowCount()).isNull();
    assertThat(status.sizeBytes()).isNull();
    assertThat(Scene.empty("").neverVacuumed().status().sizeBytes()).isZero();
  }

  @Test
  @DisplayName("a failed run stands beside the last good one and hides nothing of it")
  void failedRun() {
    MaterializedViewStatus status = USUAL.status();
    assertThat(Objects.requireNonNull(status.lastAttempt()).id()).isEqualTo(SECOND.id());
    assertThat(status.lastAttempt().sqlState()).isEqualTo("22012");
    assertThat(status.lastAttempt().durationSeconds()).isEqualTo(1.5);
    assertThat(status.lastSuccessfulRefreshTime()).isEqualTo(FIRST.finishedAt());
    assertThat(status.dataAsOf()).isEqualTo(FIRST.finishedAt());
    assertThat(status.consecutiveFailures()).isEqualTo(1);
    assertThat(status.lastScheduleTime()).isEqualTo(Instant.parse("2026-01-05T09:59:10Z"));
    assertThat(status.history().stream().map(PastRefresh::id))
        .containsExactly(SECOND.id(), FIRST.id());
  }

  @Test
  @DisplayName("data of a view that was dropped and made again are as of no time")
  void noDataNoAge() {
    MaterializedViewStatus status = Scene.empty("").runs(FIRST).status();
    assertThat(status.dataAsOf()).isNull();
    assertThat(status.rowCount()).isNull();
    assertThat(status.populated()).isFalse();
  }

  @Test
  @DisplayName("the history has the newest five")
  void historyIsShort() {
    Run[] runs =
        IntStream.range(0, 7)
            .mapToObj(i -> Scene.run("Request/" + (7 - i), Reason.Succeeded, 60 - i))
            .toArray(Run[]::new);
    assertThat(Scene.filled("").runs(runs).status().history().stream().map(PastRefresh::id))
        .containsExactly("Request/7", "Request/6", "Request/5", "Request/4", "Request/3");
  }

  @Test
  @DisplayName("while nothing can be seen, what was known stays, but for when the next slot is")
  void unseenKeeps() {
    MaterializedViewStatus known = USUAL.status();
    MaterializedViewStatus status =
        Scene.unseen(Reason.DatabaseUnavailable, "away").after(known, Scene.NOW.plusSeconds(60));
    assertThat(Scene.text(status.conditions()))
        .isEqualTo(
            "Ready Unknown DatabaseUnavailable, Reconciling True DatabaseUnavailable,"
                + " Refreshed False QueryFailed");
    assertThat(status)
        .usingRecursiveComparison()
        .ignoringFields("conditions", "nextScheduleTime")
        .isEqualTo(known);
    assertThat(status.nextScheduleTime()).isNull();
    assertThat(USUAL.after(status).lastAttempt()).isEqualTo(known.lastAttempt());
  }

  @Test
  @DisplayName("what cannot be seen keeps the generation that it was seen for")
  void unseenIsNotAheadOfTheTruth() {
    MaterializedViewStatus known = USUAL.status();
    Situation away = Scene.unseen(Reason.DatabaseUnavailable, "away").situation();
    MaterializedViewStatus status = Status.next(known, 2, away, Freshness.UNASKED, Scene.NOW);
    assertThat(status.observedGeneration()).isEqualTo(2);
    assertThat(condition(status, "Ready").observedGeneration()).isEqualTo(2);
    assertThat(condition(status, "Refreshed").observedGeneration()).isEqualTo(1);
  }

  @Test
  @DisplayName("a reason of another version in the old status does no harm")
  void unknownReason() {
    MaterializedViewStatus known = Scene.unseen(Reason.DatabaseUnavailable, "away").status();
    Condition strange =
        new Condition("Refreshed", ConditionStatus.FALSE, 1L, Scene.NOW, "NotOfThisVersion", "");
    MaterializedViewStatus old =
        Serialization.unmarshal(
            Serialization.asJson(known)
                .replace(
                    "\"conditions\":[", "\"conditions\":[" + Serialization.asJson(strange) + ","),
            MaterializedViewStatus.class);
    assertThat(Scene.unseen(Reason.DatabaseUnavailable, "away").after(old).conditions())
        .contains(strange);
  }

  @Test
  @DisplayName("a status deleted by hand is rebuilt from the database")
  void rebuilt() {
    assertThat(USUAL.after(null)).isEqualTo(USUAL.status());
  }

  @Test
  @DisplayName("of a view that another object manages nothing is told but that it is in the way")
  void nothingOfOthers() {
    MaterializedViewStatus status =
        USUAL
            .claimedBy(new Claim("default", "other-team", "theirs"))
            .problem(Reason.TargetConflict, "managed by other-team/theirs")
            .status();
    assertThat(Scene.text(status.conditions()))
        .isEqualTo("Ready False TargetConflict, Stalled True TargetConflict");
    assertThat(status.oid()).isNull();
    assertThat(status.owner()).isNull();
    assertThat(status.lastAttempt()).isNull();
    assertThat(status.history()).isEmpty();
    assertThat(status.lastSuccessfulRefreshTime()).isNull();
    assertThat(status.indexes()).isEmpty();
  }

  @Test
  @DisplayName("Auto is warned of where readers would wait")
  void warns() {
    assertThat(Scene.filled("").underOthers().status().warnings()).hasSize(1);
    assertThat(Scene.filled("").status().warnings()).isEmpty();
    assertThat(Scene.empty("").underOthers().status().warnings()).isEmpty();
    assertThat(Scene.filled("refresh: {mode: Standard}").underOthers().status().warnings())
        .isEmpty();
  }

  @Test
  @DisplayName("as JSON it stays below 8 KiB, whatever the names, requests and messages are")
  void isSmall() {
    String name = "x".repeat(63);
    ObservedIndex[] indexes =
        IntStream.range(100, 200)
            .mapToObj(i -> Scene.index("i".repeat(60) + i, true, true))
            .toArray(ObservedIndex[]::new);
    Run[] runs =
        IntStream.range(0, 5)
            .mapToObj(i -> Scene.run("Request/" + "r".repeat(127) + i, Reason.QueryFailed, 50 - i))
            .toArray(Run[]::new);
    Scene scene =
        Scene.filled(
                "{schema: %1$s, viewName: %1$s, refresh: {schedule: '%2$s'}}"
                    .formatted(name, "0,".repeat(120) + "0 * * * *"))
            .indexes(indexes)
            .runs(runs)
            .problem(Reason.UpstreamNotPopulated, "waits for data in " + "app.a, ".repeat(2000));
    MaterializedViewStatus waiting = scene.status();
    MaterializedViewStatus stalled =
        Status.next(
            waiting,
            1,
            scene.situation(),
            new Freshness(Optional.of(Duration.ofMillis(1))),
            Scene.NOW.plusSeconds(301));
    assertThat(stalled.conditions()).hasSize(5);
    assertThat(bytes(stalled) + bytes(running(runs[0].id()))).isLessThan(8192);
  }

  private static CurrentRun running(String id) {
    return new CurrentRun(
        id,
        RefreshTrigger.Definition,
        EffectiveMode.Concurrent,
        Scene.NOW,
        RunPhase.Refreshing,
        Integer.MAX_VALUE,
        Collections.nCopies(10, Integer.MAX_VALUE));
  }

  private static int bytes(Object part) {
    return Serialization.asJson(part).getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  @DisplayName("rows are counted, estimated or left out, and an old count is no count of new data")
  void rowCounts() {
    Run estimated = Scene.run("Request/1", Reason.Succeeded, 0);
    Run counted = Scene.counted(Scene.run("Request/2", Reason.Succeeded, 10), 7);
    Run failed = Scene.run("Request/3", Reason.QueryFailed, 20);
    Run uncounted = Scene.run("Request/4", Reason.Succeeded, 30);
    assertThat(rows("None", counted)).isNull();
    assertThat(rows("Estimated", counted)).isEqualTo(new RowCount(100, RowCountKind.Estimated));
    assertThat(rows("Exact", failed, counted)).isEqualTo(new RowCount(7, RowCountKind.Exact));
    assertThat(rows("Exact", uncounted, counted))
        .isEqualTo(new RowCount(100, RowCountKind.Estimated));
    assertThat(rows("Exact", estimated)).isEqualTo(new RowCount(100, RowCountKind.Estimated));
  }

  private static @Nullable RowCount rows(String wanted, Run... runs) {
    return Scene.filled("refresh: {rowCount: %s}".formatted(wanted)).runs(runs).status().rowCount();
  }

  private static Condition condition(MaterializedViewStatus status, String type) {
    List<Condition> conditions = status.conditions();
    return Conditions.find(conditions, type).orElseThrow();
  }
}
