package dev.matviews.bench;

import dev.matviews.plan.Attributes;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Desired;
import dev.matviews.plan.Index;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Planner;
import dev.matviews.plan.Policies;
import dev.matviews.plan.Probe;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.Observation;
import dev.matviews.postgres.RefreshOrder;
import dev.matviews.postgres.Terms;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.ModeChoice;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.RunOptions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Equal views over one source, one for each mode, refreshed in turn: what slows the machine down
 * meets all of them.
 */
final class Contest implements AutoCloseable {

  private final BenchServer server;
  private final Shape shape;
  private final Database database;
  private int runs;

  /** What the views are like. */
  record Shape(int rows, boolean unique, boolean onTop) {

    List<Mode> modes() {
      return unique
          ? List.of(Mode.Standard, Mode.Concurrent, Mode.Swap, Mode.Auto)
          : List.of(Mode.Standard, Mode.Swap, Mode.Auto);
    }

    int rounds() {
      return rows < 10_000 ? 24 : rows < 1_000_000 ? 6 : 2;
    }

    /** Before that, in which each view meets the new share, and Auto learns what it costs. */
    int roundsBefore() {
      return rows < 1_000_000 ? 2 : 1;
    }
  }

  private Contest(BenchServer server, Shape shape, Database database) {
    this.server = server;
    this.shape = shape;
    this.database = database;
  }

  static Contest of(BenchServer server, Shape shape) throws SQLException {
    Contest contest =
        new Contest(
            server,
            shape,
            Database.open(
                server.address(), new Terms("matview_operator", false, null), Clock.systemUTC()));
    contest.execute(
        "CREATE TABLE app.source AS SELECT g AS id, 'label of row ' || g AS label, g % 1000 AS n"
            + " FROM generate_series(1, %d) g".formatted(shape.rows()),
        "CREATE TABLE app.control AS SELECT 0 AS share, 0 AS round",
        "ANALYZE app.source");
    for (Mode mode : shape.modes()) {
      contest.make(mode);
    }
    return contest;
  }

  private void make(Mode mode) throws SQLException {
    ViewDefinition definition = definition(mode);
    Desired desired = new Desired(definition, Attributes.NONE, Policies.DEFAULT);
    Plan plan =
        Planner.plan(desired, database.observe(definition.name()).view(), new Probe.NotNeeded());
    database.apply(definition.name(), ((Plan.Steps) plan).steps());
    if (shape.onTop()) {
      execute("CREATE VIEW app.on_%s AS SELECT id, n FROM app.v_%1$s".formatted(mode));
    }
    refresh(mode);
  }

  private ViewDefinition definition(Mode mode) {
    String name = "v_" + mode.name().toLowerCase(Locale.ROOT);
    return new ViewDefinition(
        new QualifiedName("app", name),
        new Claim("bench", "bench", name),
        "SELECT s.id, s.label, s.n + CASE WHEN s.id % 100 < c.share THEN c.round ELSE 0 END AS n"
            + " FROM source s, control c",
        List.of("app"),
        "UTC",
        List.of(
            Index.of(name + "_id", shape.unique(), List.of("id")),
            Index.of(name + "_n", false, List.of("n"))));
  }

  /**
   * Several rounds.
   *
   * @param changed percent of the rows that are others than the round before
   */
  List<Score> measure(int changed) throws Exception {
    List<Score> scores = new ArrayList<>(shape.modes().stream().map(Score::new).toList());
    for (int round = 1 - shape.roundsBefore(); round <= shape.rounds(); round++) {
      execute("UPDATE app.control SET share = %d, round = round + 1".formatted(changed));
      for (Score score : scores) {
        long before = server.waits();
        Run run = refreshUnderReader(score.mode());
        if (round > 0) {
          score.add(run, server.waits() - before);
        }
      }
      // Whoever comes first finds the source in no cache.
      Collections.rotate(scores, 1);
    }
    return scores;
  }

  private Run refreshUnderReader(Mode mode) throws SQLException, IOException {
    String view = shape.onTop() ? "app.on_" + mode : "app." + definition(mode).name().name();
    try (BenchReader reader = BenchReader.of(server, view, shape.rows())) {
      Run run = refresh(mode);
      reader.requireHealth();
      return run;
    }
  }

  private Run refresh(Mode mode) {
    ViewDefinition definition = definition(mode);
    Observation seen = database.observe(definition.name());
    RunId id = RunId.request(Integer.toString(++runs));
    RefreshOrder order =
        new RefreshOrder(
            definition.name(),
            id,
            Instant.now(),
            ModeChoice.of(mode, seen.modeFacts()),
            seen.rowEstimate(),
            definition.searchPath(),
            definition.timeZone(),
            Duration.ofHours(1),
            Duration.ofMillis(100),
            RunOptions.DEFAULT,
            definition);
    database.refresh(order).execute();
    return database.observe(definition.name()).refresh().runs().stream()
        .filter(run -> run.is(id) && run.result() == Run.Result.Succeeded)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the refresh of %s failed".formatted(mode)));
  }

  private void execute(String... sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (String text : sql) {
        statement.execute(text);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    database.close();
    execute("DROP SCHEMA matview_operator CASCADE", "DROP OWNED BY CURRENT_USER CASCADE");
    execute("CREATE SCHEMA app");
  }
}
