package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Breaker;
import dev.matviews.api.v1alpha1.Capabilities;
import dev.matviews.api.v1alpha1.PostgresConnectionStatus;
import dev.matviews.api.v1alpha1.UnmanagedViews;
import dev.matviews.plan.Reason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The status of a connection")
class PostgresStatusTest {

  private static final Instant NOW = Instant.parse("2026-01-05T10:00:00Z");

  @ParameterizedTest(name = "seen {0} at {1}, changed at {2}; now {3} at {4}")
  @DisplayName("knows whether another database answers than before without an edit")
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, -, A, 1, false",
        "A, 1, -, A, 1, false",
        "A, 1, -, B, 1, true",
        "A, 1, -, B, 2, false",
        "B, 1, 1, B, 1, true",
        "B, 1, 1, A, 1, true",
        "B, 1, 1, B, 2, false",
        "B, 2, -, B, 2, false",
        "-, 1, -, B, 1, false",
      })
  void moved(
      @Nullable String before,
      @Nullable Long seenAt,
      @Nullable Long changedAt,
      String now,
      long generation,
      boolean moved) {
    PostgresConnectionStatus old = seenAt == null ? null : status(before, seenAt, changedAt);
    assertThat(PostgresStatus.isMoved(old, generation, now)).isEqualTo(moved);
  }

  @Test
  @DisplayName("says so in one Event, which warns where nobody has edited the connection")
  void events() {
    PostgresConnectionStatus old = status("A", 1, null);
    assertThat(PostgresStatus.notice(null, old)).isEmpty();
    assertThat(PostgresStatus.notice(old, status("A", 1, null))).isEmpty();
    assertThat(PostgresStatus.notice(old, status(null, 2, null))).isEmpty();
    assertThat(PostgresStatus.notice(old, status("B", 2, null)))
        .hasValueSatisfying(
            notice -> {
              assertThat(notice.warning()).isFalse();
              assertThat(notice.reason()).isEqualTo("DatabaseChanged");
            });
    assertThat(PostgresStatus.notice(old, status("B", 1, 1L)))
        .hasValueSatisfying(
            notice -> {
              assertThat(notice.warning()).isTrue();
              assertThat(notice.note()).contains("A", "B", "no view is dropped there");
            });
  }

  @Test
  @DisplayName("keeps what was found before while the database is away, and opens the breaker")
  void broken() {
    Connections.State away =
        new Connections.State.Broken(
            new Problem(Reason.DatabaseUnavailable, "it is away"), 1, null);
    PostgresConnectionStatus old = status("A", 1, 1L);
    PostgresConnectionStatus next = PostgresStatus.next(old, 1, away, 3, NOW);
    assertThat(next.breaker()).isEqualTo(Breaker.Open);
    assertThat(next.managedViews()).isEqualTo(3);
    assertThat(next.databaseIdentity()).isEqualTo("A");
    assertThat(next.databaseChangedAt()).isEqualTo(1);
    assertThat(next.capabilities()).isEqualTo(old.capabilities());
    assertThat(next.unmanagedViews()).isEqualTo(old.unmanagedViews());
    assertThat(next.warnings()).isEqualTo(old.warnings());

    PostgresConnectionStatus edited = PostgresStatus.next(old, 2, away, 3, NOW);
    assertThat(edited.databaseIdentity()).as("whatever an edit leads to is wanted").isNull();
    assertThat(edited.databaseChangedAt()).isNull();
  }

  private static PostgresConnectionStatus status(
      @Nullable String identity, long generation, @Nullable Long changedAt) {
    return new PostgresConnectionStatus(
        generation,
        List.of(),
        "h",
        "d",
        "18.1",
        "u",
        identity,
        1,
        new Capabilities(false, true, true),
        new UnmanagedViews(1, List.of("public.theirs")),
        Breaker.Closed,
        changedAt,
        List.of("a warning"));
  }
}
