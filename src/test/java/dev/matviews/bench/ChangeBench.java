package dev.matviews.bench;

import dev.matviews.bench.Report.Target;
import java.nio.file.Path;
import java.util.Optional;

/** A definition that changes while the view is read, by the operator and by what else there is. */
final class ChangeBench implements Benchmark {

  private static final String DECLARED =
      "connectionRef: {name: db}, schema: app, sql: \"%s\","
          + " indexes: [{name: volumes_customer, unique: true, columns: [customer]}],"
          + " grants: [{role: reporting, privileges: [SELECT]}]";

  @Override
  public void measure(Report report, boolean everything) throws Exception {
    try (BenchStage stage = BenchStage.start(report)) {
      stage.postgres().execute("postgres", "CREATE ROLE reporting", "CREATE ROLE auditor");
      report.section(
          "A definition changes",
          """
          A view of 50,000 rows over 1,000,000 gets one more column, while a client looks up a row
          each millisecond. Each way knows of one index and one grant. By hand the view has another
          index, another grant, a comment and a plain view on top. Time runs from the edit, or the
          start of the command, to its effect; the operator's is that of the new column.
          """);
      show(report, "operator", operator(stage), true);
      show(report, "DROP and CREATE in one transaction", dropAndCreate(stage), false);
      dbt(report, stage);
    }
  }

  private static Change.Outcome operator(BenchStage stage) throws Exception {
    Change change = Change.in(stage, "changeoperator");
    stage.apply(
        change.database(), "MaterializedView", "volumes", DECLARED.formatted(Change.BEFORE));
    stage.awaitPopulated(change.database(), 1);
    try (Readiness readiness = Readiness.watch(stage.client())) {
      readiness.await(1);
      change.addByHand();
      return change.during(
          () -> {
            stage.apply(
                change.database(), "MaterializedView", "volumes", DECLARED.formatted(Change.AFTER));
            change.awaitLive();
          });
    }
  }

  private static Change.Outcome dropAndCreate(BenchStage stage) throws Exception {
    Change change = Change.in(stage, "changedrop");
    String[] create = {
      "CREATE MATERIALIZED VIEW app.volumes AS " + Change.BEFORE,
      "CREATE UNIQUE INDEX volumes_customer ON app.volumes (customer)",
      "GRANT SELECT ON app.volumes TO reporting"
    };
    change.execute(create);
    change.addByHand();
    return change.during(
        () ->
            change.execute(
                "DROP MATERIALIZED VIEW app.volumes CASCADE",
                create[0].replace(Change.BEFORE, Change.AFTER),
                create[1],
                create[2]));
  }

  private static void dbt(Report report, BenchStage stage) throws Exception {
    Optional<String> version = Dbt.version();
    if (version.isEmpty()) {
      report.skipped("dbt-postgres", "it cannot be installed by pip");
      return;
    }
    Change change = Change.in(stage, "changedbt");
    Dbt dbt = Dbt.project(Path.of("target", "bench", "dbt"), change).declare(Change.BEFORE);
    dbt.run();
    change.addByHand();
    dbt.declare(Change.AFTER);
    String name = "dbt-postgres %s, `dbt run".formatted(version.get());
    show(report, name + "`", change.during(dbt::run), false);
    show(report, name + " --full-refresh`", change.during(() -> dbt.run("--full-refresh")), false);
  }

  private static void show(Report report, String who, Change.Outcome outcome, boolean ours) {
    report.figure(who + ": takes", outcome.seconds(), "s");
    report.words(who + ": the new definition is read", outcome.live() ? "yes" : "no");
    long failed = outcome.seen().failed();
    if (ours) {
      report.figure(who + ": failed reads", failed, "", Target.atMost(0));
      report.figure(who + ": lost", outcome.lost().size(), "", Target.atMost(0));
    } else {
      report.figure(who + ": failed reads", failed, "");
      report.words(
          who + ": lost", outcome.lost().isEmpty() ? "nothing" : String.join(", ", outcome.lost()));
    }
    report.figure(who + ": a reader's longest wait", outcome.seen().worstMillis(), "ms");
  }
}
