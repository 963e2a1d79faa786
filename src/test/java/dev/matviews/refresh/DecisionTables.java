package dev.matviews.refresh;

import dev.matviews.plan.Observed;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.ObservedView.Relation;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The columns of the decision tables. A time without a date is one of 5 January 2026, in UTC; the
 * view's OID is 16400; x5 after a run's reason means that it was its fifth try. A policy has three
 * retries unless it says otherwise.
 */
final class DecisionTables {

  private static final String TODAY = "2026-01-05T";

  private DecisionTables() {}

  static Instant time(String text) {
    String dated = text.contains("T") ? text : TODAY + text;
    return Instant.parse(
        dated.length() == "2026-01-05T10:00".length() ? dated + ":00Z" : dated + "Z");
  }

  /** {@code hourly deadline 20m suspended deferred retries 1}, {@code every 10s}, {@code none}. */
  static RefreshPolicy policy(String text) {
    List<String> words = Arrays.asList(text.split(" ", -1));
    Optional<Schedule> schedule =
        switch (words.get(0)) {
          case "hourly" -> Optional.of(SlotTables.cron("0 * * * *", "Etc/UTC"));
          case "every" -> Optional.of(Schedule.interval(GoDuration.parse(words.get(1))));
          case "none" -> Optional.empty();
          default -> throw new IllegalArgumentException(text);
        };
    return new RefreshPolicy(
        Mode.Auto,
        schedule,
        after(words, "deadline").map(GoDuration::parse),
        !words.contains("deferred"),
        after(words, "retries").map(Integer::valueOf).orElse(3),
        words.contains("follows"),
        Duration.ofHours(1),
        Duration.ofMillis(100),
        words.contains("suspended"),
        RunOptions.DEFAULT);
  }

  private static Optional<String> after(List<String> words, String word) {
    int at = words.indexOf(word);
    return at < 0 ? Optional.empty() : Optional.of(words.get(at + 1));
  }

  /** {@code empty} or {@code filled}, and after which sources without data. */
  static ObservedView view(String text) {
    List<String> words = Arrays.asList(text.split(" ", -1));
    List<String> sources = words.size() > 1 ? words.subList(2, words.size()) : List.of();
    return view(16400, words.get(0).equals("filled"), sources);
  }

  static ObservedView view(long oid, boolean populated, List<String> sources) {
    return new ObservedView(
        new QualifiedName("app", "board"),
        true,
        Optional.of(
            Observed.relation(
                oid,
                Relation.MATERIALIZED_VIEW,
                "app",
                true,
                populated,
                "",
                -1,
                0,
                sources,
                List.of())),
        Optional.empty());
  }

  static RefreshState state(
      @Nullable String schedule,
      @Nullable String settled,
      @Nullable String runs,
      @Nullable String handled) {
    List<Run> parsed = new ArrayList<>();
    int failures = 0;
    for (String run : runs == null ? new String[0] : runs.split("; *", -1)) {
      parsed.add(run(run));
      failures = Math.max(failures, failures(run));
    }
    return new RefreshState(
        schedule,
        settled == null ? null : time(settled),
        handled,
        null,
        null,
        failures,
        null,
        parsed,
        null);
  }

  /** {@code Schedule/10:00 LockTimeout x3 10:00-10:05}. */
  private static Run run(String text) {
    String[] words = text.split(" ", -1);
    String outcome = words[1];
    String[] span = words[words.length - 1].split("-", -1);
    Trigger trigger = Trigger.valueOf(words[0].substring(0, words[0].indexOf('/')));
    Run.Result result = result(outcome);
    boolean sent = result != Run.Result.Skipped && result != Run.Result.Missed;
    return new Run(
        id(words[0]),
        trigger,
        sent ? Mode.Standard : null,
        time(span[0]),
        time(span[1]),
        result,
        result == Run.Result.Skipped ? Reason.RefreshInProgress : Reason.valueOf(outcome),
        null,
        null,
        tries(text),
        null,
        null,
        false,
        null,
        null);
  }

  private static Run.Result result(String outcome) {
    return switch (outcome) {
      case "Succeeded", "Skipped", "Missed", "Cancelled" -> Run.Result.valueOf(outcome);
      default -> Run.Result.Failed;
    };
  }

  /**
   * Names of objects, at 10:20, each perhaps {@code -overtaken}, or {@code -later} before its turn.
   */
  static List<AskedRun> asked(String text) {
    return Arrays.stream(text.split(" ", -1))
        .map(
            name ->
                new AskedRun(
                    name.replaceAll("-.*", ""),
                    null,
                    time("10:20"),
                    false,
                    !name.endsWith("-later"),
                    name.endsWith("-overtaken")))
        .toList();
  }

  /**
   * {@code u 10:00-10:05 busy failed}, of which the first time is that of its data, {@code u
   * empty}, or {@code u empty waits} where it does not fill itself.
   */
  static Upstreams upstreams(String text) {
    return new Upstreams(
        Arrays.stream(text.split("; *", -1)).map(DecisionTables::upstream).toList());
  }

  private static Upstream upstream(String text) {
    List<String> words = Arrays.asList(text.split(" ", -1));
    boolean empty = words.contains("empty");
    String[] span = words.get(1).split("-", -1);
    return new Upstream(
        words.get(0),
        !empty,
        !words.contains("waits"),
        empty ? null : time(span[0]),
        empty ? null : time(span[1]),
        words.contains("failed") ? List.of(words.get(0)) : List.of(),
        words.contains("busy"));
  }

  private static int failures(String run) {
    if (result(run.split(" ", -1)[1]) != Run.Result.Failed) {
      return 0;
    }
    return tries(run);
  }

  private static int tries(String run) {
    int x = run.indexOf(" x");
    return x < 0 ? 1 : Integer.parseInt(run.substring(x + 2, run.indexOf(' ', x + 2)));
  }

  private static String id(String text) {
    String key = text.substring(text.indexOf('/') + 1);
    if (text.startsWith("Upstream/")) {
      return RunId.upstream(time(key)).toString();
    }
    return text.startsWith("Schedule/") ? RunId.schedule(time(key)).toString() : text;
  }

  static String text(RefreshDecision decision) {
    if (decision instanceof RefreshDecision.Start start) {
      return "start %s due %s".formatted(text(start.id()), text(start.due()));
    }
    if (decision instanceof RefreshDecision.Settle settle) {
      boolean skipped =
          settle.result() == Run.Result.Skipped && settle.reason() == Reason.RefreshInProgress;
      boolean missed = settle.result() == Run.Result.Missed && settle.reason() == Reason.Missed;
      boolean failed = settle.result() == Run.Result.Failed;
      String verb = skipped ? "skip" : missed ? "miss" : failed ? "fail" : settle.toString();
      return "%s %s due %s".formatted(verb, text(settle.id()), text(settle.due()));
    }
    if (decision instanceof RefreshDecision.AdoptSchedule adopt) {
      return ("adopt " + adopt.identity()).strip();
    }
    if (decision instanceof RefreshDecision.AwaitSources await) {
      return "await " + String.join(" ", await.sources());
    }
    Optional<Instant> until = ((RefreshDecision.Wait) decision).until();
    return until.map(u -> "wait " + text(u)).orElse("wait");
  }

  private static String text(RunId id) {
    return id.trigger() == Trigger.Schedule || id.trigger() == Trigger.Upstream
        ? id.trigger() + "/" + text(Instant.parse(id.key()))
        : id.toString();
  }

  private static String text(Instant time) {
    String today = time.toString().replace(TODAY, "").replace("Z", "");
    return today.endsWith(":00") ? today.substring(0, today.length() - 3) : today;
  }
}
