package dev.matviews.bench;

import dev.matviews.plan.Attributes;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Claimants;
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
import dev.matviews.refresh.RunId;
import dev.matviews.refresh.RunOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Views that the operator's code makes and refreshes, without the operator around it. */
final class BenchViews implements AutoCloseable {

  private final Database database;
  private int runs;

  private BenchViews(Database database) {
    this.database = database;
  }

  static BenchViews on(BenchServer server) {
    return new BenchViews(
        Database.open(
            server.address(),
            new Terms("matview_operator", false, null),
            Claimants.ALL_THERE,
            Clock.systemUTC()));
  }

  Database database() {
    return database;
  }

  static ViewDefinition definition(String name, String sql, Index... indexes) {
    return new ViewDefinition(
        new QualifiedName("app", name),
        new Claim("bench", "bench", name),
        sql,
        List.of("app"),
        "UTC",
        List.of(indexes));
  }

  /** Without data. */
  void make(ViewDefinition definition) {
    Desired desired = new Desired(definition, Attributes.NONE, Policies.DEFAULT);
    Plan plan =
        Planner.plan(desired, database.observe(definition.name()).view(), new Probe.NotNeeded());
    database.apply(definition.name(), ((Plan.Steps) plan).steps());
  }

  /** Due now. */
  RefreshOrder order(ViewDefinition definition, Mode mode) {
    Observation seen = database.observe(definition.name());
    return new RefreshOrder(
        definition.name(),
        RunId.request(Integer.toString(++runs)),
        Instant.now(),
        ModeChoice.of(mode, seen.modeFacts()),
        seen.rowEstimate(),
        definition.searchPath(),
        definition.timeZone(),
        Duration.ofHours(1),
        Duration.ofMillis(100),
        RunOptions.DEFAULT,
        definition);
  }

  @Override
  public void close() {
    database.close();
  }
}
