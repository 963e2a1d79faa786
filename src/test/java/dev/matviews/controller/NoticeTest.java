package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Reason;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.Run;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which Events come of one status after another. */
class NoticeTest {

  private static final Run GOOD = Scene.run("Schedule/2026-01-05T09:59:00Z", Reason.Succeeded, 0);
  private static final Run NEXT = Scene.run("Schedule/2026-01-05T09:59:10Z", Reason.Succeeded, 10);
  private static final Run BAD = Scene.run("Schedule/2026-01-05T09:59:10Z", Reason.QueryFailed, 10);
  private static final Run BAD_AGAIN =
      Scene.run("Schedule/2026-01-05T09:59:10Z", Reason.QueryFailed, 20);
  private static final Run MENDED =
      Scene.run("Schedule/2026-01-05T09:59:10Z", Reason.Succeeded, 30);
  private static final Run BAD_LATER =
      Scene.run("Schedule/2026-01-05T09:59:40Z", Reason.DuplicateRows, 40);
  private static final Run SKIPPED =
      Scene.run("Schedule/2026-01-05T09:59:40Z", Reason.RefreshInProgress, 40);
  private static final Run ASKED = Scene.run("Request/one", Reason.Succeeded, 50);
  private static final Run CHANGED = Scene.run("Definition/0a1b2c/16400", Reason.Succeeded, 20);
  private static final Run UNCHANGED = Scene.run("Definition/0a1b2c/16400", Reason.QueryFailed, 20);
  private static final Run UNCHANGED_AGAIN =
      Scene.run("Definition/0a1b2c/16400", Reason.QueryFailed, 57);
  private static final Run SWAPPED =
      bySwap(Scene.run("Schedule/2026-01-05T09:59:50Z", Reason.Succeeded, 50));
  private static final Run LATER = Scene.run("Schedule/2026-01-05T09:59:55Z", Reason.Succeeded, 55);
  private static final Run FILLED = Scene.run("Initial/16400", Reason.Succeeded, 0);

  private static final Scene VIEW = Scene.filled("refresh: {mode: Standard}");
  private static final Scene AWAY = Scene.unseen(Reason.DatabaseUnavailable, "away");

  private static Run bySwap(Run run) {
    return new Run(
        run.id(),
        run.trigger(),
        Mode.Swap,
        run.startedAt(),
        run.finishedAt(),
        run.result(),
        run.reason(),
        null,
        null,
        1,
        null,
        null,
        false,
        null,
        null);
  }

  @Test
  @DisplayName("a view that was filled for an object of before is taken over")
  void appliedAgain() {
    MaterializedViewStatus status = VIEW.runs(FILLED).status();
    assertThat(text(Notice.between(null, status, FILLED.startedAt())))
        .singleElement()
        .asString()
        .startsWith("Created");
    assertThat(text(Notice.between(null, status, FILLED.finishedAt().plusSeconds(1))))
        .singleElement()
        .asString()
        .startsWith("Adopted");
  }

  @ParameterizedTest(name = "{0}: {3}")
  @DisplayName("an Event is news, and news only once")
  @MethodSource
  void events(String sentence, @Nullable Scene before, Scene after, List<String> events) {
    MaterializedViewStatus old = before == null ? null : before.status();
    assertThat(text(Notice.between(old, after.after(old), Instant.EPOCH))).isEqualTo(events);
  }

  static Stream<Arguments> events() {
    return Stream.of(
        row("made", null, Scene.empty(""), "Created public.board was made"),
        row(
            "made with its indexes: one Event",
            null,
            Scene.empty("").indexes(Scene.index("i", true, true)),
            "Created public.board was made"),
        row(
            "made after waiting for its connection",
            Scene.unseen(Reason.ConnectionNotReady, "not yet"),
            Scene.empty(""),
            "Created public.board was made"),
        row(
            "made and filled before anybody looked",
            null,
            VIEW.runs(FILLED),
            "Created public.board was made"),
        row(
            "taken over as it stands",
            null,
            VIEW,
            "Adopted public.board was found in place and taken over"),
        row(
            "taken over after waiting for its connection",
            Scene.unseen(Reason.ConnectionNotReady, "not yet"),
            VIEW,
            "Adopted public.board was found in place and taken over"),
        row(
            "taken over, what was before is no news",
            null,
            VIEW.runs(BAD, GOOD),
            "Adopted public.board was found in place and taken over"),
        row(
            "taken over after waiting for its connection, what was before is no news",
            Scene.unseen(Reason.ConnectionNotReady, "not yet"),
            VIEW.runs(ASKED, BAD),
            "Adopted public.board was found in place and taken over"),
        row("made again", VIEW, Scene.empty("").oid(16500), "Created public.board was made again"),
        row(
            "rebuilt",
            VIEW.runs(GOOD),
            VIEW.oid(16500).runs(CHANGED, GOOD),
            "Rebuilt public.board was replaced by its new definition"),
        row(
            "rebuilt, and refreshed on request before anybody looked",
            VIEW.runs(GOOD),
            VIEW.oid(16500).runs(ASKED, CHANGED, GOOD),
            "Rebuilt public.board was replaced by its new definition",
            "Refreshed Request/one"),
        row(
            "refreshed by a swap, and in place before anybody looked",
            VIEW.runs(GOOD),
            VIEW.oid(16500).runs(LATER, SWAPPED, GOOD)),
        row(
            "made again after a swap of before",
            VIEW.runs(SWAPPED, GOOD),
            VIEW.oid(16500).runs(SWAPPED, GOOD),
            "Created public.board was made again"),
        row("refreshed by a swap", VIEW.runs(GOOD), VIEW.oid(16500).runs(SWAPPED, GOOD)),
        row(
            "a warning",
            VIEW,
            Scene.filled("").underOthers(),
            "Warning ViewWarning readers wait during each refresh: add a unique index to refresh"
                + " concurrently"),
        row("the same warning", Scene.filled("").underOthers(), Scene.filled("").underOthers()),
        row("filled for the first time", Scene.empty(""), VIEW.runs(FILLED)),
        row(
            "first fill failed",
            Scene.empty(""),
            Scene.empty("").runs(Scene.run("Initial/16400", Reason.QueryFailed, 0)),
            "Warning QueryFailed Initial/16400"),
        row(
            "an index is made",
            VIEW,
            VIEW.indexes(Scene.index("i", true, true)),
            "IndexCreated index i was made"),
        row("an index is being built", VIEW, VIEW.indexes(Scene.index("i", true, false))),
        row(
            "an index has been built",
            VIEW.indexes(Scene.index("i", true, false)),
            VIEW.indexes(Scene.index("i", true, true)),
            "IndexCreated index i was made"),
        row(
            "two indexes at once",
            VIEW,
            VIEW.indexes(Scene.index("i", true, true), Scene.index("j", false, true)),
            "IndexCreated index i was made",
            "IndexCreated index j was made"),
        row("an index goes", VIEW.indexes(Scene.index("i", true, true)), VIEW),
        row("a scheduled success", VIEW.runs(GOOD), VIEW.runs(NEXT, GOOD)),
        row(
            "a failed run",
            VIEW.runs(GOOD),
            VIEW.runs(BAD, GOOD),
            "Warning QueryFailed Schedule/2026-01-05T09:59:10Z"),
        row("the same run fails again", VIEW.runs(BAD, GOOD), VIEW.runs(BAD_AGAIN, GOOD)),
        row(
            "the next run fails",
            VIEW.runs(BAD, GOOD),
            VIEW.runs(BAD_LATER, BAD, GOOD),
            "Warning DuplicateRows Schedule/2026-01-05T09:59:40Z"),
        row(
            "recovery",
            VIEW.runs(BAD, GOOD),
            VIEW.runs(MENDED, GOOD),
            "Recovered refreshed after 1 failed runs"),
        row(
            "recovery by a request",
            VIEW.runs(BAD_LATER, BAD, GOOD),
            VIEW.runs(ASKED, BAD_LATER, BAD, GOOD),
            "Recovered refreshed after 2 failed runs"),
        row(
            "a changed definition fails",
            VIEW.runs(GOOD),
            failing().runs(UNCHANGED, GOOD),
            "Warning QueryFailed Definition/0a1b2c/16400"),
        row(
            "it fails again after a refresh of the old one",
            failing().runs(LATER, GOOD),
            failing().runs(UNCHANGED_AGAIN, LATER, GOOD)),
        row("a run on request", VIEW.runs(GOOD), VIEW.runs(ASKED, GOOD), "Refreshed Request/one"),
        row("a skipped slot", VIEW.runs(GOOD), VIEW.runs(SKIPPED, GOOD)),
        row(
            "data of another definition",
            VIEW,
            VIEW.problem(Reason.DefinitionChanged, "holds data of another"),
            "Warning DefinitionChanged holds data of another"),
        row(
            "another owner",
            VIEW,
            VIEW.problem(Reason.OwnershipChanged, "belongs to dba"),
            "Warning OwnershipChanged belongs to dba"),
        row(
            "still another owner",
            VIEW.problem(Reason.OwnershipChanged, "belongs to dba"),
            VIEW.problem(Reason.OwnershipChanged, "belongs to dba2")),
        row("refused SQL is a condition, no Event", null, refused(Reason.InvalidSQL)),
        row("somebody else's view was neither made nor found", null, stranger()),
        row("somebody else's run is theirs", stranger(), stranger().runs(BAD, GOOD)),
        row("restart: nothing has changed", VIEW.runs(BAD, GOOD), VIEW.runs(BAD, GOOD)),
        row("restart after a request", VIEW.runs(ASKED, GOOD), VIEW.runs(ASKED, GOOD)),
        row("the database goes away", VIEW.runs(BAD, GOOD), AWAY));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("after the database was away, nothing is told again")
  @MethodSource
  void afterAnOutage(String sentence, Scene view) {
    MaterializedViewStatus known = view.status();
    MaterializedViewStatus away = AWAY.after(known);
    assertThat(Notice.between(known, away, Instant.EPOCH)).isEmpty();
    assertThat(Notice.between(away, view.after(away), Instant.EPOCH)).isEmpty();
  }

  static Stream<Arguments> afterAnOutage() {
    return Stream.of(
        Arguments.of("filled", VIEW),
        Arguments.of("with an index", VIEW.indexes(Scene.index("i", true, true))),
        Arguments.of("after a failed run", VIEW.runs(BAD, GOOD)),
        Arguments.of("after a request", VIEW.runs(ASKED, BAD, GOOD)));
  }

  private static Scene failing() {
    return VIEW.problem(Reason.QueryFailed, "run Definition/0a1b2c/16400 failed");
  }

  private static Scene refused(Reason reason) {
    return Scene.absent("").problem(reason, "no");
  }

  private static Scene stranger() {
    return VIEW.claimedBy(new Claim("default", "other", "theirs"))
        .problem(Reason.TargetConflict, "managed by other/theirs");
  }

  private static Arguments row(
      String sentence, @Nullable Scene before, Scene after, String... events) {
    return Arguments.of(sentence, before, after, List.of(events));
  }

  private static List<String> text(List<Notice> notices) {
    return notices.stream()
        .map(n -> "%s%s %s".formatted(n.warning() ? "Warning " : "", n.reason(), essence(n.note())))
        .toList();
  }

  private static String essence(String note) {
    return note.replace("materialized view ", "")
        .replaceFirst("refreshed on request ", "")
        .replaceFirst("run (\\S+) failed: the query failed on its data", "$1");
  }
}
