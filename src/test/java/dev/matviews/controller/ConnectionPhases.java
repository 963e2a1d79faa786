package dev.matviews.controller;

import dev.matviews.api.v1alpha1.Breaker;
import dev.matviews.api.v1alpha1.Capabilities;
import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ObservedStatus;
import dev.matviews.api.v1alpha1.PostgresConnectionStatus;
import dev.matviews.api.v1alpha1.UnmanagedViews;
import dev.matviews.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A connection through its life. */
final class ConnectionPhases {

  private ConnectionPhases() {}

  static List<Phase> all() {
    PostgresConnectionStatus ready =
        status(
            1,
            new Conditions(List.of(), 1, Scene.NOW)
                .add(Verdict.settled(Reason.InSync, "the database answers"))
                .list());
    PostgresConnectionStatus noSecret = broken(ready, Reason.SecretNotFound, 0);
    return List.of(
        phase("not-looked-at", status(ObservedStatus.NOBODY_HAS_LOOKED, List.of())),
        phase("ready", ready),
        phase("database-unavailable", broken(ready, Reason.DatabaseUnavailable, 0)),
        phase("secret-not-found", noSecret),
        phase("secret-not-found-for-long", broken(noSecret, Reason.SecretNotFound, 6)),
        phase("authentication-failed", broken(ready, Reason.AuthenticationFailed, 0)),
        phase("unsupported-version", broken(ready, Reason.UnsupportedVersion, 0)));
  }

  private static PostgresConnectionStatus broken(
      PostgresConnectionStatus old, Reason reason, int minutesLater) {
    Instant now = Scene.NOW.plus(Duration.ofMinutes(minutesLater));
    Problem problem = new Problem(reason, "what keeps it from being of use");
    return PostgresStatus.next(old, 1, new Connections.State.Broken(problem, 1, null), 3, now);
  }

  private static PostgresConnectionStatus status(long generation, List<Condition> conditions) {
    boolean looked = !conditions.isEmpty();
    return new PostgresConnectionStatus(
        generation,
        conditions,
        looked ? "db.example.com" : null,
        looked ? "shop" : null,
        looked ? "18.6" : null,
        looked ? "views" : null,
        looked ? "7462/16384" : null,
        looked ? 3 : null,
        looked ? new Capabilities(false, true, true) : null,
        looked ? new UnmanagedViews(0, List.of()) : null,
        looked ? Breaker.Closed : null,
        null,
        List.of());
  }

  private static Phase phase(String name, PostgresConnectionStatus status) {
    return Phase.of(name, Manifests.connection(""), status);
  }
}
