package dev.matviews.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Equal views, the same number in each of several databases, and whether they are Ready. */
final class Fleet implements AutoCloseable {

  private static final int APPLIED_AT_ONCE = 16;
  private static final int SQL_CHARACTERS = 4096;

  private final BenchStage stage;
  private final int databases;
  private final String deletionPolicy;
  private final Readiness readiness;
  private int each;

  private Fleet(BenchStage stage, int databases, String deletionPolicy) {
    this.stage = stage;
    this.databases = databases;
    this.deletionPolicy = deletionPolicy;
    this.readiness = Readiness.watch(stage.client());
  }

  /** The databases, with the table that the views read, and no view yet. */
  static Fleet of(BenchStage stage, int databases) {
    return in(stage, databases, "Retain");
  }

  /** As {@link #of}, of views that go from the database with their objects. */
  static Fleet thatIsDropped(BenchStage stage, int databases) {
    return in(stage, databases, "Delete");
  }

  private static Fleet in(BenchStage stage, int databases, String deletionPolicy) {
    for (int d = 0; d < databases; d++) {
      stage.database(database(d));
      stage
          .postgres()
          .execute(
              database(d),
              "CREATE TABLE app.source AS SELECT g AS id, g % 7 AS n FROM generate_series(1, 100) g",
              "ALTER TABLE app.source OWNER TO " + database(d));
    }
    return new Fleet(stage, databases, deletionPolicy);
  }

  static String database(int number) {
    return "fleet" + number;
  }

  /** A query of 4 KiB, as long ones are. */
  static String query(int edition) {
    String start = "SELECT id, n, %d AS edition, '".formatted(edition);
    String end = "' AS filler FROM source";
    return start + "x".repeat(SQL_CHARACTERS - start.length() - end.length()) + end;
  }

  /** As many more in each database. */
  void apply(int more) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(APPLIED_AT_ONCE);
    try {
      List<Future<?>> answers = new ArrayList<>();
      for (int i = each; i < each + more; i++) {
        for (int d = 0; d < databases; d++) {
          String database = database(d);
          String view = "v" + i;
          answers.add(threads.submit(() -> apply(database, view)));
        }
      }
      for (Future<?> answer : answers) {
        answer.get();
      }
      each += more;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private void apply(String database, String view) {
    stage.apply(
        database,
        "MaterializedView",
        view,
        "connectionRef: {name: db}, schema: app, deletionPolicy: %s, sql: \"%s\", indexes: [%s]"
            .formatted(
                deletionPolicy,
                query(0),
                "{name: %s_id, unique: true, columns: [id]}".formatted(view)));
  }

  int size() {
    return databases * each;
  }

  void awaitReady() throws InterruptedException {
    readiness.await(size());
  }

  /** How long until all are Ready. */
  Duration untilReady() throws InterruptedException {
    long start = System.nanoTime();
    awaitReady();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  void delete() throws InterruptedException {
    for (int d = 0; d < databases; d++) {
      stage.dropViews(database(d));
    }
    readiness.await(0);
    each = 0;
  }

  @Override
  public void close() {
    readiness.close();
  }
}
