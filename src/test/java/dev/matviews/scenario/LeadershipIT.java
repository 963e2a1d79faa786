package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.OperatorProcess;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("Of two replicas one works:")
class LeadershipIT {

  private static final String SECOND = "matview-operator-1";

  private Stage stage;
  private Tenant tenant;
  private OperatorProcess second;

  @BeforeEach
  void secondReplica(Stage shared, Tenant moved) {
    stage = shared;
    tenant = moved;
    tenant.sql("CREATE TABLE app.pace AS SELECT 0 AS seconds");
    tenant.own("pace");
    tenant.view("kept", "SELECT 1 AS a, pg_sleep(seconds)::text AS s FROM pace", "");
    tenant.view("dropped", "SELECT 1 AS a", "deletionPolicy: Delete");
    tenant.awaitReady("kept");
    tenant.awaitReady("dropped");
    second = stage.startReplica(SECOND);
  }

  @AfterEach
  void oneReplica() {
    second.close();
    stage.startOperatorAgain();
  }

  @Test
  @DisplayName("the other one touches no database, and takes over when the first is told to stop")
  void handOver() {
    stage.operator().signal("STOP");
    tenant.delete("dropped");
    tenant.annotate("kept", "1");
    Awaitility.await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(4))
        .until(
            () ->
                "0,1"
                    .equals(
                        tenant.value(
                            """
                            SELECT concat_ws(',',
                              (SELECT count(*) FROM pg_stat_activity
                               WHERE application_name = 'matview-operator'
                                 AND backend_start > now() - interval '3 s'
                                 AND datname = current_database()),
                              (SELECT count(*) FROM pg_matviews WHERE matviewname = 'dropped'))
                            """)));
    assertThat(tenant.find("dropped")).isPresent();

    stage.operator().signal("CONT");
    tenant.await("kept", Duration.ofSeconds(5), s -> "1".equals(s.lastHandledRefreshRequest()));
    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> tenant.find("dropped").isEmpty());

    tenant.sql("UPDATE app.pace SET seconds = 60");
    tenant.annotate("kept", "2");
    tenant.awaitValue(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'REFRESH%' AND state = 'active'"
            + " AND datname = current_database()",
        Duration.ofSeconds(5), "1");
    tenant.sql("UPDATE app.pace SET seconds = 0");
    stage.operator().terminate();
    // The run may go on for five seconds, then it is ended and the other one begins it again.
    tenant.await("kept", Duration.ofSeconds(15), s -> "2".equals(s.lastHandledRefreshRequest()));
    assertThat(holder()).isEqualTo(SECOND);
    assertThat(stage.operator().exitStatus(Duration.ofSeconds(5))).hasValue(143);
  }

  private String holder() {
    return stage
        .controlPlane()
        .client()
        .leases()
        .inNamespace(OperatorProcess.NAMESPACE)
        .withName("matview-operator")
        .get()
        .getSpec()
        .getHolderIdentity();
  }
}
