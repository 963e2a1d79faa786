package dev.matviews.controller;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.PostgresConnectionStatus;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Server;
import dev.matviews.postgres.ServerAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the state of a connection into a status. Pure, as {@link Status} is. */
final class PostgresStatus {

  private PostgresStatus() {}

  static PostgresConnectionStatus next(
      @Nullable PostgresConnectionStatus old,
      long generation,
      Connections.State state,
      int views,
      Instant now) {
    List<Condition> before = old == null ? List.of() : old.conditions();
    Conditions conditions = new Conditions(before, generation, now);
    if (state instanceof Connections.State.Ready ready) {
      Server server = ready.database().server();
      ServerAddress address = ready.desired().address();
      return new PostgresConnectionStatus(
          generation,
          conditions.add(Verdict.settled(Reason.InSync, "the database answers")).list(),
          address.host(),
          address.database(),
          server.version(),
          server.currentUser(),
          server.identity(),
          views);
    }
    Problem problem = ((Connections.State.Broken) state).problem();
    conditions.add(Verdict.ofProblem(problem));
    return new PostgresConnectionStatus(
        generation,
        conditions.list(),
        old == null ? null : old.host(),
        old == null ? null : old.database(),
        old == null ? null : old.serverVersion(),
        old == null ? null : old.currentUser(),
        old == null ? null : old.databaseIdentity(),
        views);
  }
}
