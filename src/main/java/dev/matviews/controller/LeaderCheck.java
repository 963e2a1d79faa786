package dev.matviews.controller;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Fails when nobody leads and this replica does not take over, so that it is started again. It asks
 * nobody: an API server that is away must not end those who wait for it.
 */
@Liveness
public class LeaderCheck implements HealthCheck {

  private final Leadership leadership;
  private final LeaseWatch watch;

  LeaderCheck(Leadership leadership, LeaseWatch watch) {
    this.leadership = leadership;
    this.watch = watch;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("Leadership")
        .status(!watch.isLeaderless())
        .withData("leading", leadership.isLeading())
        .build();
  }
}
