package dev.matviews.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A view whose definition is to change while it is read: {@code app.volumes} in a database of its
 * own, with what its declaration knows of and what others have added by hand.
 */
record Change(BenchStage stage, String database) {

  private static final int ROWS = 1_000_000;
  static final int CUSTOMERS = 50_000;

  static final String BEFORE =
      "SELECT customer, sum(amount) AS volume FROM app.source GROUP BY customer";
  static final String AFTER =
      "SELECT customer, sum(amount) AS volume, count(*) AS orders FROM app.source GROUP BY customer";

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MOMENT_AFTER = TimeUnit.MILLISECONDS.toNanos(500);

  /** What may be lost, and how to see that it is there. */
  private static final Map<String, String> POSSESSIONS =
      Map.of(
          "the declared index",
              "SELECT EXISTS (SELECT FROM pg_index"
                  + " WHERE indrelid = to_regclass('app.volumes') AND indisunique)",
          "the declared grant", "SELECT has_table_privilege('reporting', 'app.volumes', 'SELECT')",
          "another's index", "SELECT to_regclass('app.by_volume') IS NOT NULL",
          "another's grant", "SELECT has_table_privilege('auditor', 'app.volumes', 'SELECT')",
          "the comment",
              "SELECT obj_description(to_regclass('app.volumes'), 'pg_class') IS NOT NULL",
          "the view on top", "SELECT to_regclass('app.top') IS NOT NULL");

  /** Makes the change, and comes back when that has ended. */
  @FunctionalInterface
  interface Way {
    void make() throws Exception;
  }

  /**
   * What came of it.
   *
   * @param live whether the new definition is read
   */
  record Outcome(boolean live, double seconds, ChangeReader.Seen seen, List<String> lost) {}

  /** With the rows that the view reads, and no view yet. */
  static Change in(BenchStage stage, String database) {
    stage.database(database);
    stage
        .postgres()
        .execute(
            database,
            "CREATE TABLE app.source AS SELECT g AS id, g %% %d AS customer, g %% 97 AS amount"
                    .formatted(CUSTOMERS)
                + " FROM generate_series(1, %d) g".formatted(ROWS),
            "ALTER TABLE app.source OWNER TO " + database,
            "ANALYZE app.source");
    return new Change(stage, database);
  }

  /** What nobody has declared. */
  void addByHand() throws SQLException {
    execute(
        "CREATE INDEX by_volume ON app.volumes (volume)",
        "GRANT SELECT ON app.volumes TO auditor",
        "COMMENT ON MATERIALIZED VIEW app.volumes IS 'asked for by finance'",
        "CREATE VIEW app.top AS SELECT customer, volume FROM app.volumes WHERE volume > 0");
  }

  /** In one transaction, as the view's owner. */
  void execute(String... sql) throws SQLException {
    try (Connection connection = stage.connect(database);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String text : sql) {
        statement.execute(text);
      }
      connection.commit();
    }
  }

  Outcome during(Way way) throws Exception {
    try (ChangeReader reader = ChangeReader.of(this)) {
      reader.awaitFirst();
      long start = System.nanoTime();
      way.make();
      double seconds = (System.nanoTime() - start) / 1e9;
      LockSupport.parkNanos(MOMENT_AFTER);
      return new Outcome(isLive(), seconds, reader.stop(), lost());
    }
  }

  void awaitLive() throws SQLException {
    while (!isLive()) {
      LockSupport.parkNanos(PAUSE);
    }
  }

  private boolean isLive() throws SQLException {
    return isTrue(
        "SELECT EXISTS (SELECT FROM pg_attribute"
            + " WHERE attrelid = to_regclass('app.volumes') AND attname = 'orders')");
  }

  private List<String> lost() throws SQLException {
    List<String> lost = new ArrayList<>();
    for (Map.Entry<String, String> one : POSSESSIONS.entrySet()) {
      if (!isTrue(one.getValue())) {
        lost.add(one.getKey());
      }
    }
    return lost.stream().sorted().toList();
  }

  private boolean isTrue(String query) throws SQLException {
    try (Connection connection = stage.postgres().connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
