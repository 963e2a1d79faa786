package dev.matviews.bench;

import dev.matviews.plan.Index;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.RefreshOrder;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.Run;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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
  private final BenchViews views;

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

  private Contest(BenchServer server, Shape shape, BenchViews views) {
    this.server = server;
    this.shape = shape;
    this.views = views;
  }

  static Contest of(BenchServer server, Shape shape) throws SQLException {
    Contest contest = new Contest(server, shape, BenchViews.on(server));
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
    views.make(definition(mode));
    if (shape.onTop()) {
      execute("CREATE VIEW app.on_%s AS SELECT id, n FROM app.v_%1$s".formatted(mode));
    }
    refresh(mode);
  }

  private ViewDefinition definition(Mode mode) {
    String name = "v_" + mode.name().toLowerCase(Locale.ROOT);
    return BenchViews.definition(
        name,
        "SELECT s.id, s.label, s.n + CASE WHEN s.id % 100 < c.share THEN c.round ELSE 0 END AS n"
            + " FROM source s, control c",
        Index.of(name + "_id", shape.unique(), List.of("id")),
        Index.of(name + "_n", false, List.of("n")));
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
    RefreshOrder order = views.order(definition(mode), mode);
    Database database = views.database();
    database.refresh(order).execute();
    return database.observe(order.view()).refresh().runs().stream()
        .filter(run -> run.is(order.id()) && run.result() == Run.Result.Succeeded)
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
    views.close();
    execute("DROP SCHEMA matview_operator CASCADE", "DROP OWNED BY CURRENT_USER CASCADE");
    execute("CREATE SCHEMA app");
  }
}
