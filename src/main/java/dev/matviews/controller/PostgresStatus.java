package dev.matviews.controller;

import dev.matviews.api.v1alpha1.Breaker;
import dev.matviews.api.v1alpha1.Capabilities;
import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.PostgresConnectionStatus;
import dev.matviews.api.v1alpha1.UnmanagedViews;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.Health;
import dev.matviews.postgres.Server;
import dev.matviews.postgres.ServerAddress;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts the state of a connection into a status. Pure, as {@link Status} is. */
final class PostgresStatus {

  private static final PostgresConnectionStatus NOTHING =
      new PostgresConnectionStatus(
          null, List.of(), null, null, null, null, null, null, null, null, null, null, List.of());

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
      conditions.add(Verdict.settled(Reason.InSync, "the database answers"));
      return of(ready, generation, conditions.list(), views);
    }
    Problem problem = ((Connections.State.Broken) state).problem();
    conditions.add(Verdict.ofProblem(problem));
    return ofBroken(old == null ? NOTHING : old, generation, conditions.list(), views);
  }

  /** What was found before stays. */
  private static PostgresConnectionStatus ofBroken(
      PostgresConnectionStatus old, long generation, List<Condition> conditions, int views) {
    boolean edited = !Objects.equals(old.observedGeneration(), generation);
    return new PostgresConnectionStatus(
        generation,
        conditions,
        old.host(),
        old.database(),
        old.serverVersion(),
        old.currentUser(),
        // Whatever an edit leads to is wanted.
        edited ? null : old.databaseIdentity(),
        views,
        old.capabilities(),
        old.unmanagedViews(),
        Breaker.Open,
        edited ? null : old.databaseChangedAt(),
        old.warnings());
  }

  private static PostgresConnectionStatus of(
      Connections.State.Ready ready, long generation, List<Condition> conditions, int views) {
    Health health = ready.database().health();
    Server server = health.server();
    ServerAddress address = ready.desired().address();
    Server.Capabilities may = server.capabilities();
    return new PostgresConnectionStatus(
        generation,
        conditions,
        address.host(),
        address.database(),
        server.version(),
        server.currentUser(),
        server.identity(),
        views,
        new Capabilities(may.createSchema(), may.maintain(), may.temp()),
        new UnmanagedViews(
            health.unmanaged().count(),
            health.unmanaged().names().stream().map(QualifiedName::toString).toList()),
        Breaker.Closed,
        ready.moved() ? generation : null,
        ready.desired().warnings());
  }

  /**
   * Whether the connection leads to another database than its status says, or has done so before,
   * and was not edited since.
   */
  static boolean isMoved(
      @Nullable PostgresConnectionStatus status, long generation, String identity) {
    if (status == null || !Objects.equals(status.observedGeneration(), generation)) {
      return false;
    }
    return Objects.equals(status.databaseChangedAt(), generation)
        || isOther(status.databaseIdentity(), identity);
  }

  private static boolean isOther(@Nullable String before, @Nullable String now) {
    return before != null && now != null && !before.equals(now);
  }

  /** What is worth an Event. */
  static Optional<Notice> notice(
      @Nullable PostgresConnectionStatus old, PostgresConnectionStatus next) {
    if (old == null || !isOther(old.databaseIdentity(), next.databaseIdentity())) {
      return Optional.empty();
    }
    String note =
        "leads to database %s now, and led to %s before"
            .formatted(next.databaseIdentity(), old.databaseIdentity());
    boolean unasked = next.databaseChangedAt() != null;
    return Optional.of(
        new Notice(
            unasked,
            Reason.DatabaseChanged.name(),
            "Connect",
            unasked ? note + "; no view is dropped there until the spec is edited" : note));
  }
}
