package dev.matviews.bench;

import dev.matviews.playground.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How long after its due time the REFRESH of a slot begins, by the server's own log, and how long a
 * burst takes against its bare statements.
 */
final class Lateness {

  private static final int QUIET_VIEWS = 50;
  private static final int DATABASES = 10;
  private static final int VIEWS_EACH = 100;
  private static final int AT_ONCE_EACH = 2;
  private static final Duration MEASURED = Duration.ofSeconds(60);
  private static final Duration SETTLING = Duration.ofSeconds(15);
  private static final String COSTS = "SELECT 1 AS a, pg_sleep(0.1)::text AS s";
  private static final String POPULATED =
      "SELECT count(*) FROM pg_matviews WHERE schemaname = 'app' AND ispopulated";

  /** An offset of none of them is a whole minute. */
  private static final String JITTERED =
      "SELECT count(*) FROM matview_operator.views"
          + " WHERE next_due <> date_trunc('minute', next_due)";

  /** A slot every minute, at another second for each. */
  private static final String EACH_MINUTE = "{schedule: '* * * * *', mode: Standard%s}";

  private static final Pattern REFRESH =
      Pattern.compile("^(\\S+ \\S+) UTC .*@(\\w+) .*REFRESH MATERIALIZED VIEW .*\"(\\w+)\"");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

  private final BenchStage stage;
  private final PrintStream out;

  private Lateness(BenchStage stage, PrintStream out) {
    this.stage = stage;
    this.out = out;
  }

  /** When a view's slots are: so long after each multiple of the period since 1970. */
  private record Slots(long periodMillis, long offsetMillis) {

    long late(Instant started) {
      return Math.floorMod(started.toEpochMilli() - offsetMillis, periodMillis);
    }
  }

  static void measure(PrintStream out) {
    try (BenchStage stage = new BenchStage(new Progress(out))) {
      Lateness lateness = new Lateness(stage, out);
      out.println();
      out.println("| measured | value | bar | ratio |");
      out.println("|---|---|---|---|");
      lateness.quiet();
      lateness.together();
      lateness.burst();
      lateness.spread();
    }
    besides(out);
  }

  /** Periods that differ, so that the slots lie apart. */
  private void quiet() {
    Map<String, Slots> slots = new HashMap<>();
    stage.database("quiet");
    for (int i = 0; i < QUIET_VIEWS; i++) {
      long period = 10_000 + 137L * i;
      slots.put("quiet.v" + i, new Slots(period, 0));
      stage.view(
          "quiet", "v" + i, "SELECT 1 AS a", "{interval: %dms, mode: Standard}".formatted(period));
    }
    stage.awaitNumber("quiet", POPULATED, QUIET_VIEWS);
    long[] late = lateness(slots);
    stage.dropViews("quiet");
    row("quiet, %d slots: p50".formatted(late.length), quantile(late, 0.5), 5, "ms");
    row("quiet: p99", quantile(late, 0.99), 20, "ms");
  }

  /** As many that are due at the same moment, as pg_cron has them. */
  private void together() {
    Map<String, Slots> slots = new HashMap<>();
    for (int i = 0; i < QUIET_VIEWS; i++) {
      slots.put("quiet.w" + i, new Slots(60_000, 0));
      stage.view("quiet", "w" + i, "SELECT 1 AS a", EACH_MINUTE.formatted(""));
    }
    stage.awaitNumber("quiet", POPULATED, QUIET_VIEWS);
    long[] late = lateness(slots);
    stage.dropViews("quiet");
    figure(out, "%d at one moment: p50".formatted(QUIET_VIEWS), quantile(late, 0.5));
    figure(out, "%d at one moment: p99".formatted(QUIET_VIEWS), quantile(late, 0.99));
  }

  private static void besides(PrintStream out) {
    Optional<Path> packages = PgCron.installed();
    if (packages.isEmpty()) {
      out.println("| pg_cron is not installed: not measured | | | |");
      return;
    }
    try (PgCron cron =
        PgCron.start(packages.get(), Path.of("target", "bench", "pg_cron"), QUIET_VIEWS)) {
      cron.schedule(QUIET_VIEWS, "SELECT 1 AS a");
      BenchStage.awaitTime(Instant.now().plus(MEASURED.multipliedBy(2)).plus(SETTLING));
      long[] late = cron.lateness();
      figure(out, "pg_cron, %d at one moment: p50".formatted(QUIET_VIEWS), quantile(late, 0.5));
      figure(out, "pg_cron: p99", quantile(late, 0.99));
    }
  }

  private static void figure(PrintStream out, String what, double millis) {
    out.printf("| %s | %.2f ms | | |%n", what, millis);
  }

  /** Of a minute of runs from a moment on at which all is quiet. */
  private long[] lateness(Map<String, Slots> slots) {
    Instant from = Instant.now().plus(SETTLING);
    BenchStage.awaitTime(from.plus(MEASURED));
    try (var lines = Files.lines(stage.postgres().log())) {
      return lines
          .map(REFRESH::matcher)
          .filter(Matcher::find)
          .filter(line -> time(line).isAfter(from))
          .flatMapToLong(
              line ->
                  Stream.ofNullable(slots.get(line.group(2) + "." + line.group(3)))
                      .mapToLong(slot -> slot.late(time(line))))
          .sorted()
          .toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instant time(Matcher line) {
    return LocalDateTime.parse(line.group(1), TIME).toInstant(ZoneOffset.UTC);
  }

  private void burst() {
    for (int d = 0; d < DATABASES; d++) {
      stage.database("burst" + d);
    }
    schedule("");
    for (int d = 0; d < DATABASES; d++) {
      stage.awaitNumber("burst" + d, POPULATED, VIEWS_EACH);
    }
    // The minute after the next: by then all of them have had their first slot, and are quiet.
    Instant minute = Instant.ofEpochSecond((Instant.now().getEpochSecond() / 60 + 2) * 60);
    String done =
        "SELECT count(*) FROM matview_operator.runs WHERE run_id = 'Schedule/%s'".formatted(minute);
    for (int d = 0; d < DATABASES; d++) {
      stage.awaitNumber("burst" + d, done, VIEWS_EACH);
    }
    double bare = bareSeconds() * DATABASES * VIEWS_EACH / (DATABASES * AT_ONCE_EACH);
    row(
        "burst of %d: makespan".formatted(DATABASES * VIEWS_EACH),
        makespan(minute),
        bare * 1.25,
        "s");
    out.printf("| burst: bare statements ÷ parallelism | %.2f s | | |%n", bare);
  }

  private void schedule(String jitter) {
    for (int d = 0; d < DATABASES; d++) {
      for (int i = 0; i < VIEWS_EACH; i++) {
        stage.view("burst" + d, "v" + i, COSTS, EACH_MINUTE.formatted(jitter));
      }
    }
  }

  /** The same views, each at a moment of its own in the minute. */
  private void spread() {
    schedule(", jitter: 60s");
    Map<String, Slots> slots = new HashMap<>();
    for (int d = 0; d < DATABASES; d++) {
      String database = "burst" + d;
      stage.awaitNumber(database, JITTERED, VIEWS_EACH);
      stage
          .numbers(
              database,
              "SELECT view_name, extract(epoch FROM next_due) * 1000 FROM matview_operator.views")
          .forEach(
              (view, due) ->
                  slots.put(
                      database + "." + view,
                      new Slots(60_000, Math.floorMod(Math.round(due), 60_000L))));
    }
    long[] late = lateness(slots);
    row("spread over a minute, %d slots: p50".formatted(late.length), quantile(late, 0.5), 5, "ms");
    row("spread: p99", quantile(late, 0.99), 50, "ms");
  }

  private double makespan(Instant minute) {
    double longest = 0;
    for (int d = 0; d < DATABASES; d++) {
      longest =
          Math.max(
              longest,
              stage.number(
                  "burst" + d,
                  "SELECT max(extract(epoch FROM finished_at - due_at)) FROM matview_operator.runs"
                      + " WHERE run_id = 'Schedule/%s'".formatted(minute)));
    }
    return longest;
  }

  /** Of one REFRESH on an open connection, while nothing else is due. */
  private double bareSeconds() {
    int times = 20;
    try (Connection connection = stage.postgres().connect("burst0");
        Statement statement = connection.createStatement()) {
      long start = System.nanoTime();
      for (int i = 0; i < times; i++) {
        statement.execute("REFRESH MATERIALIZED VIEW app.v" + i);
      }
      return (System.nanoTime() - start) / 1e9 / times;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void row(String what, double value, double bar, String unit) {
    out.printf("| %s | %.2f %s | ≤ %.2f %s | %.2f |%n", what, value, unit, bar, unit, value / bar);
  }

  private static double quantile(long[] sorted, double quantile) {
    int index = (int) Math.ceil(quantile * sorted.length) - 1;
    return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, index)];
  }
}
