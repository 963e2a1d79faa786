package dev.matviews.gitops;

import static dev.matviews.gitops.Kstatus.Current;
import static dev.matviews.gitops.Kstatus.Failed;
import static dev.matviews.gitops.Kstatus.InProgress;
import static dev.matviews.gitops.Kstatus.Terminating;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What whoever waits for our objects by kstatus is told in each phase of their lives. */
class KstatusTest {

  private static final Map<String, Map<Kstatus, List<String>>> TABLE =
      Map.of(
          "MaterializedView",
          Map.of(
              InProgress,
              List.of(
                  "not-looked-at",
                  "edited",
                  "populating",
                  "first-fill-failed",
                  "changing-definition",
                  "source-missing",
                  "database-unavailable",
                  "connection-not-ready",
                  "suspended-before-it-was-made"),
              // Bad or old data must not fail a deployment.
              Current,
              List.of(
                  "in-sync",
                  "not-populated",
                  "refresh-failed",
                  "upstream-failed",
                  "fresh",
                  "stale",
                  "drifted",
                  "suspended"),
              Failed,
              List.of(
                  "invalid-sql",
                  "invalid-sql-while-suspended",
                  "source-missing-for-long",
                  "change-pending-approval"),
              Terminating,
              List.of("deletion-held-up")),
          "PostgresConnection",
          Map.of(
              InProgress, List.of("not-looked-at", "database-unavailable", "secret-not-found"),
              Current, List.of("ready"),
              Failed,
                  List.of(
                      "secret-not-found-for-long", "authentication-failed", "unsupported-version")),
          // As of a Job, and for kstatus a Job is a kind of its own: what it knows of other kinds
          // never waits for a run and never fails with it. kubectl wait does.
          "MaterializedViewRefresh",
          Map.of(
              Current,
              List.of(
                  "not-looked-at",
                  "waiting",
                  "running",
                  "succeeded",
                  "failed",
                  "skipped",
                  "cancelled",
                  "refused")));

  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource("rows")
  @DisplayName("kstatus says of a phase")
  void verdict(String kind, String phase, Kstatus expected) {
    assertThat(Kstatus.of(Fixtures.phase(kind, phase))).isEqualTo(expected);
  }

  @Test
  @DisplayName("the table has every phase")
  void complete() {
    for (String kind : Fixtures.KINDS) {
      assertThat(rowsOf(kind).map(row -> row.get()[1]))
          .containsExactlyInAnyOrderElementsOf(Fixtures.phasesOf(kind));
    }
  }

  static Stream<Arguments> rows() {
    return Fixtures.KINDS.stream().flatMap(KstatusTest::rowsOf);
  }

  private static Stream<Arguments> rowsOf(String kind) {
    return Objects.requireNonNull(TABLE.get(kind)).entrySet().stream()
        .flatMap(row -> row.getValue().stream().map(p -> Arguments.of(kind, p, row.getKey())));
  }
}
