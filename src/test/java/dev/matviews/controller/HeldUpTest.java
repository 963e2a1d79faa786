package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.plan.Dependent;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Run;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class HeldUpTest {

  private static final QualifiedName VIEW = new QualifiedName("app", "squares");
  private static final String WAY_OUT =
      "set spec.deletionPolicy to Retain to let the object go and keep the view";
  private static final int LONGEST_CONDITION = 512;
  private static final Problem AWAY = HeldUp.by(new Problem(Reason.DatabaseUnavailable, "away"));

  @ParameterizedTest(name = "{0}")
  @DisplayName("what stands on the view is named as far as there is room, and counted")
  @MethodSource
  void lists(String sentence, List<Dependent> dependents, String list) {
    assertThat(HeldUp.by(VIEW, dependents))
        .isEqualTo(
            new Problem(
                Reason.DependentsExist,
                "app.squares is not dropped yet: %s. Drop what stands on it, or %s"
                    .formatted(list, WAY_OUT)));
  }

  static Stream<Arguments> lists() {
    return Stream.of(
        Arguments.of("none that is known", dependents(), "other objects stand on it"),
        Arguments.of("one", dependents("view app.a"), "view app.a stands on it"),
        Arguments.of(
            "two",
            dependents("function app.f()", "view app.a"),
            "2 objects stand on it: function app.f(), view app.a"),
        Arguments.of(
            "more than there is room for",
            dependents("a".repeat(99), "b".repeat(99), "c".repeat(99), "d"),
            "4 objects stand on it: %s, %s and 2 more".formatted("a".repeat(99), "b".repeat(99))),
        Arguments.of("a long one", dependents("f".repeat(300)), "f".repeat(99) + "… stands on it"));
  }

  private static List<Dependent> dependents(String... descriptions) {
    return Stream.of(descriptions).map(HeldUpTest::dependent).toList();
  }

  private static Dependent dependent(String description) {
    return new Dependent(
        description, Dependent.Kind.Other, null, null, false, false, false, true, List.of());
  }

  @Test
  @DisplayName("the way out stands in every condition, however long the cause is")
  void theWayOutIsNotCutOff() {
    String name = "n".repeat(63);
    List<Dependent> many =
        IntStream.range(0, 20)
            .mapToObj(i -> dependent("materialized view " + name + "." + name))
            .toList();
    for (Problem problem :
        List.of(
            HeldUp.by(new QualifiedName(name, name), many),
            HeldUp.by(new Problem(Reason.TLSFailed, "x".repeat(2_000))))) {
      assertThat(problem.message()).endsWith(WAY_OUT).hasSizeLessThanOrEqualTo(LONGEST_CONDITION);
    }
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("whatever the reason, the user is to act, and what is known of the view stays")
  @EnumSource
  void status(Reason reason) {
    Run done = Scene.run("Schedule/2026-01-05T09:59:00Z", Reason.Succeeded, 0);
    MaterializedViewStatus old = Scene.filled("").runs(done).status();
    MaterializedViewStatus next =
        HeldUp.status(old, 7, HeldUp.by(new Problem(reason, "why")), Scene.NOW);
    assertThat(Scene.text(next.conditions()))
        .isEqualTo(
            "Ready False %1$s, Stalled True %1$s, Refreshed True Succeeded".formatted(reason));
    assertThat(next.with(1, List.of())).isEqualTo(old.with(1, List.of()));
    assertThat(next.observedGeneration()).isEqualTo(7);
    assertThat(next.conditions().get(1))
        .extracting(Condition::message)
        .isEqualTo("the view is not dropped yet: why. Mend that, or " + WAY_OUT);
  }

  @Test
  @DisplayName("a status that never was is begun")
  void noStatusYet() {
    assertThat(Scene.text(HeldUp.status(null, 1, AWAY, Scene.NOW).conditions()))
        .isEqualTo("Ready False DatabaseUnavailable, Stalled True DatabaseUnavailable");
  }

  @Test
  @DisplayName("each cause is one Event, however often it is met, and an older one is no excuse")
  void notices() {
    MaterializedViewStatus living = Scene.filled("").status();
    MaterializedViewStatus away = HeldUp.status(living, 2, AWAY, Scene.NOW);
    assertThat(HeldUp.notice(living, away))
        .contains(new Notice(true, "DatabaseUnavailable", "Delete", AWAY.message()));
    assertThat(HeldUp.notice(null, away)).isPresent();
    Problem other = HeldUp.by(new Problem(Reason.DatabaseUnavailable, "away still"));
    assertThat(HeldUp.notice(away, HeldUp.status(away, 2, other, Scene.NOW))).isEmpty();
    MaterializedViewStatus stuck =
        HeldUp.status(away, 2, HeldUp.by(VIEW, dependents("view app.a")), Scene.NOW);
    assertThat(HeldUp.notice(away, stuck)).isPresent();
    MaterializedViewStatus unreachable = Scene.unseen(Reason.DatabaseUnavailable, "away").status();
    assertThat(HeldUp.notice(unreachable, away)).as("it waited for it before").isPresent();
    MaterializedViewStatus refused =
        Scene.filled("").problem(Reason.DependentsExist, "view app.a stands on it").status();
    Problem held = HeldUp.by(VIEW, dependents("view app.a"));
    assertThat(HeldUp.notice(refused, HeldUp.status(refused, 2, held, Scene.NOW)))
        .as("a change of it was refused for the same")
        .isPresent();
  }

  @ParameterizedTest(name = "{0} after {1}: {2}")
  @DisplayName("people are looked for at a steady pace, a database with growing pauses")
  @CsvSource({
    "DependentsExist, 1, 10s",
    "DependentsExist, 50, 10s",
    "OwnershipChanged, 50, 10s",
    "SecretNotFound, 50, 10s",
    "ConnectionNotFound, 50, 10s",
    "DatabaseUnavailable, 1, 1s",
    "DatabaseUnavailable, 2, 2s",
    "DatabaseUnavailable, 5, 16s",
    "DatabaseUnavailable, 50, 60s",
    "LockTimeout, 3, 4s",
    "AuthenticationFailed, 1, 1s",
    "AuthenticationFailed, 50, 60s"
  })
  void pauses(Reason reason, int failures, String pause) {
    assertThat(HeldUp.pause(reason, failures, Duration.ofSeconds(10), Duration.ofSeconds(60)))
        .isEqualTo(Duration.parse("PT" + pause));
  }
}
