package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreshnessTest {

  private static final Scene REFRESHED =
      Scene.filled("").runs(Scene.run("Request/one", Reason.Succeeded, 0));
  private static final Instant AS_OF = Objects.requireNonNull(REFRESHED.status().dataAsOf());
  private static final Freshness AN_HOUR = new Freshness(Optional.of(Duration.ofHours(1)));

  @ParameterizedTest(name = "{0} later, {1}")
  @DisplayName("data are fresh until they are as old as maxStaleness")
  @CsvSource({
    "PT0S, True Fresh",
    "PT59M59.999S, True Fresh",
    "PT1H, False Stale",
    "PT48H, False Stale",
  })
  void grows(Duration age, String fresh) {
    assertThat(fresh(at(AN_HOUR, null, REFRESHED, AS_OF.plus(age)))).isEqualTo(fresh);
  }

  @Test
  @DisplayName("a stale view stays Ready, and its message says how old the data are")
  void staysReady() {
    MaterializedViewStatus status = at(AN_HOUR, null, REFRESHED, AS_OF.plusSeconds(7200));
    assertThat(Scene.text(status.conditions()))
        .isEqualTo("Ready True InSync, Refreshed True Succeeded, Fresh False Stale");
    assertThat(condition(status).orElseThrow().message())
        .isEqualTo("the data are as of %s and older than maxStaleness 1h".formatted(AS_OF));
  }

  @Test
  @DisplayName("nothing is said where nobody asks, nor of a view without data")
  void unasked() {
    assertThat(fresh(at(Freshness.UNASKED, null, REFRESHED, AS_OF))).isEmpty();
    assertThat(fresh(at(AN_HOUR, null, Scene.empty(""), AS_OF))).isEmpty();
    MaterializedViewStatus before = at(AN_HOUR, null, REFRESHED, AS_OF);
    assertThat(fresh(at(Freshness.UNASKED, before, REFRESHED, AS_OF))).isEmpty();
  }

  @Test
  @DisplayName("data that the operator has never refreshed may be of any age")
  void adopted() {
    assertThat(fresh(at(AN_HOUR, null, Scene.filled(""), AS_OF))).isEqualTo("False Stale");
  }

  @Test
  @DisplayName("data grow old while the database is away")
  void unseen() {
    MaterializedViewStatus before = at(AN_HOUR, null, REFRESHED, AS_OF);
    Scene away = Scene.unseen(Reason.DatabaseUnavailable, "away");
    assertThat(fresh(at(AN_HOUR, before, away, AS_OF.plusSeconds(60)))).isEqualTo("True Fresh");
    assertThat(fresh(at(AN_HOUR, before, away, AS_OF.plusSeconds(3600)))).isEqualTo("False Stale");
  }

  @Test
  @DisplayName("the same data change the condition once, and it says since when")
  void once() {
    MaterializedViewStatus stale = at(AN_HOUR, null, REFRESHED, AS_OF.plusSeconds(3600));
    assertThat(at(AN_HOUR, stale, REFRESHED, AS_OF.plusSeconds(9999))).isEqualTo(stale);
    assertThat(AN_HOUR.staleAt(AS_OF)).contains(AS_OF.plusSeconds(3600));
    assertThat(AN_HOUR.staleAt(null)).isEmpty();
    assertThat(Freshness.UNASKED.staleAt(AS_OF)).isEmpty();
  }

  @Test
  @DisplayName("is read from the spec")
  void ofSpec() {
    assertThat(Freshness.of(Manifests.view("maxStaleness: 90m")).limit())
        .contains(Duration.ofMinutes(90));
    assertThat(Freshness.of(Manifests.view(""))).isEqualTo(Freshness.UNASKED);
  }

  private static MaterializedViewStatus at(
      Freshness freshness, @Nullable MaterializedViewStatus old, Scene scene, Instant now) {
    return Status.next(old, 1, scene.situation(), freshness, now);
  }

  private static Optional<Condition> condition(MaterializedViewStatus status) {
    return Conditions.find(status.conditions(), "Fresh");
  }

  private static String fresh(MaterializedViewStatus status) {
    return condition(status)
        .map(c -> Scene.text(List.of(c)).substring("Fresh ".length()))
        .orElse("");
  }
}
