package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.Faults;
import dev.matviews.playground.OperatorProcess;
import dev.matviews.playground.TcpProxy;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("To Kubernetes' probes")
class HealthIT {

  private static final String FOLLOWER = "matview-operator-1";

  /** The time of a lease, a minute more, and what lies between two looks. */
  private static final Duration LEADERLESS = Duration.ofSeconds(100);

  @Test
  @DisplayName("leader and follower are well while the databases of tenants are not")
  void databasesAway(Stage stage, Tenant tenant) {
    try (TcpProxy network = TcpProxy.before(stage.postgres().port());
        OperatorProcess follower = stage.startReplica(FOLLOWER)) {
      tenant.connectOver(network);
      tenant.view("v", "SELECT 1 AS a", "refresh: {interval: 10s}");
      tenant.awaitReady("v");
      network.set(Faults.NONE.withSilence());
      network.freeze();
      tenant.awaitBroken("db");
      tenant.secret("db", "wrong");

      for (OperatorProcess operator : List.of(stage.operator(), follower)) {
        Awaitility.await()
            .during(Duration.ofSeconds(3))
            .atMost(Duration.ofSeconds(4))
            .until(() -> health(operator).equals(List.of(200, 200, 200)));
      }
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "long.waits", matches = "true")
  @ExpectLog({"Exception during leader election", "Nobody leads"})
  @DisplayName("a replica is ill that does not take over though nobody leads")
  void nobodyLeads(Stage stage) throws IOException {
    stage.operator().close();
    // No elector can read this, and the framework's ends over it.
    writeLease(stage, "nobody", null);
    try {
      stage.startOperatorAgain();
      assertThat(health(stage.operator())).isEqualTo(List.of(200, 200, 200));
      Awaitility.await()
          .atMost(LEADERLESS)
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> health(stage.operator()).equals(List.of(503, 200, 200)));
      assertThat(Files.readAllLines(stage.operatorLog()))
          .filteredOn(line -> line.contains("Nobody leads"))
          .hasSize(1);
    } finally {
      writeLease(stage, "", ZonedDateTime.now(ZoneOffset.UTC));
      stage.startOperatorAgain();
    }
  }

  private static void writeLease(Stage stage, String holder, @Nullable ZonedDateTime renewed) {
    Resource<Lease> named =
        stage
            .controlPlane()
            .client()
            .leases()
            .inNamespace(OperatorProcess.NAMESPACE)
            .withName("matview-operator");
    Lease lease = named.get();
    lease.getSpec().setHolderIdentity(holder);
    lease.getSpec().setRenewTime(renewed);
    stage.controlPlane().client().resource(lease).update();
  }

  private static List<Integer> health(OperatorProcess operator) {
    return List.of(
        operator.status("/q/health/live"),
        operator.status("/q/health/started"),
        operator.status("/q/health/ready"));
  }
}
