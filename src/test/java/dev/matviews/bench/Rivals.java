package dev.matviews.bench;

import dev.matviews.plan.Index;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.postgres.Phase;
import dev.matviews.postgres.Progress;
import dev.matviews.postgres.RefreshRun;
import dev.matviews.refresh.Mode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Equal views, one for each way to refresh it. */
final class Rivals implements AutoCloseable {

  private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(50);
  private static final int ROUNDS_BEFORE = 3;

  /** Who refreshes. */
  enum Way {
    Bare("bare statement on an open JDBC connection"),
    Psql("`psql -c 'REFRESH …'`"),
    Operator("operator");

    final String words;

    Way(String words) {
      this.words = words;
    }

    String view() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** In milliseconds, round for round. */
  record Times(Map<Way, double[]> millis) {

    double[] of(Way way) {
      return Objects.requireNonNull(millis.get(way));
    }
  }

  private final BenchServer server;
  private final BenchViews views;
  private final Connection connection;
  private long lastNanos;

  private Rivals(BenchServer server, BenchViews views, Connection connection) {
    this.server = server;
    this.views = views;
    this.connection = connection;
  }

  static Rivals of(BenchServer server, int rows) throws SQLException {
    Rivals rivals = new Rivals(server, BenchViews.on(server), server.connect());
    rivals.execute(
        "CREATE TABLE app.source AS SELECT g AS id, 'label of row ' || g AS label, g % 1000 AS n"
            + " FROM generate_series(1, %d) g".formatted(rows));
    rivals.execute("ANALYZE app.source");
    for (Way way : Way.values()) {
      rivals.make(way);
    }
    rivals.refreshByOperator();
    rivals.views.database().expectRuns(1, 1);
    return rivals;
  }

  List<Way> ways() {
    return PsqlCommand.isInstalled() ? List.of(Way.values()) : List.of(Way.Bare, Way.Operator);
  }

  private static ViewDefinition definition(Way way) {
    return BenchViews.definition(
        way.view(),
        "SELECT id, label, n FROM source",
        Index.of(way.view() + "_id", true, List.of("id")));
  }

  private void make(Way way) throws SQLException {
    views.make(definition(way));
    execute("REFRESH MATERIALIZED VIEW app." + way.view());
  }

  Times times(List<Way> ways, int rounds) throws Exception {
    Times times = new Times(new EnumMap<>(Way.class));
    ways.forEach(way -> times.millis().put(way, new double[rounds]));
    List<Way> order = new ArrayList<>(ways);
    Random orders = new Random(rounds);
    for (int round = -ROUNDS_BEFORE; round < rounds; round++) {
      for (Way way : order) {
        double millis = refresh(way) / 1e6;
        if (round >= 0) {
          times.of(way)[round] = millis;
        }
      }
      // Each leaves other things behind for whoever comes next.
      Collections.shuffle(order, orders);
    }
    return times;
  }

  private long refresh(Way way) throws SQLException, IOException, InterruptedException {
    String statement = "REFRESH MATERIALIZED VIEW app." + way.view();
    long start = System.nanoTime();
    switch (way) {
      case Bare -> execute(statement);
      case Psql -> PsqlCommand.run(server, statement);
      case Operator -> {
        return refreshByOperator();
      }
    }
    return System.nanoTime() - start;
  }

  /** Until its round trip was answered; the vacuum after it holds up nobody. */
  private long refreshByOperator() {
    RefreshRun run = views.database().refresh(views.order(definition(Way.Operator), Mode.Standard));
    long start = System.nanoTime();
    Thread thread = new Thread(run::execute, "run");
    thread.start();
    // Whoever looks all the time takes the time of what it looks at.
    LockSupport.parkNanos(lastNanos * 3 / 4);
    while (thread.isAlive() && !isThere(run)) {
      LockSupport.parkNanos(PAUSE);
    }
    lastNanos = System.nanoTime() - start;
    join(thread);
    return lastNanos;
  }

  private static boolean isThere(RefreshRun run) {
    return run.progress().map(Progress::phase).filter(p -> p == Phase.Vacuuming).isPresent();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    views.close();
    execute("DROP SCHEMA matview_operator CASCADE");
    execute("DROP OWNED BY CURRENT_USER CASCADE");
    execute("CREATE SCHEMA app");
    connection.close();
  }
}
