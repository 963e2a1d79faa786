package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.Faults;
import dev.matviews.playground.TcpProxy;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("When the network to the database dies without a word")
class DeadNetworkIT {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final String QUIET =
      "SELECT (max(state_change) < now() - interval '1 second')::text FROM pg_stat_activity"
          + " WHERE datname = current_database() AND application_name = 'matview-operator'";

  private Tenant tenant;
  private TcpProxy network;

  @SuppressWarnings("NullAway.Init") // set before each test
  DeadNetworkIT() {}

  @BeforeEach
  void overANetwork(Stage stage, Tenant moved) {
    tenant = moved;
    network = TcpProxy.before(stage.postgres().port());
    tenant.connectOver(network);
  }

  @AfterEach
  void end() {
    network.close();
  }

  @Test
  @DisplayName("idle and refreshing connections are given up in time, and others made")
  void halfOpen() {
    tenant.sql(
        "CREATE TABLE app.pace AS SELECT 0 AS n, 0 AS seconds",
        "GRANT SELECT ON app.pace TO \"%s\"".formatted(tenant.role()));
    tenant.view("idle", "SELECT 1 AS a", "");
    tenant.view(
        "long",
        "SELECT n, pg_sleep(seconds)::text AS s FROM pace",
        "refresh: {timeout: %ds}".formatted(TIMEOUT.toSeconds()));
    tenant.awaitReady("idle");
    tenant.awaitReady("long");
    tenant.sql("UPDATE app.pace SET n = 1, seconds = 600");
    tenant.annotate("long", "1");
    tenant.awaitValue(Tenant.REFRESHING, Duration.ofSeconds(5), "1");

    network.freeze();
    Instant dead = Instant.now();
    tenant.annotate("idle", "1");
    tenant.awaitValue(Tenant.REFRESHING, TIMEOUT.plusSeconds(5), "0");
    tenant.sql("UPDATE app.pace SET seconds = 0");
    tenant.await("long", TIMEOUT.plusSeconds(30), s -> "1".equals(s.lastHandledRefreshRequest()));
    tenant.await(
        "idle",
        Duration.ofSeconds(60).minus(Duration.between(dead, Instant.now())),
        s -> "1".equals(s.lastHandledRefreshRequest()));
    tenant.awaitValue("SELECT n FROM app.long", Duration.ofSeconds(10), "1");
    assertThat(
            tenant.value(
                "SELECT string_agg(result || ' ' || tries, ',') FROM matview_operator.runs"
                    + " WHERE run_id = 'Request/1' AND view_name = 'long'"))
        .as("what became of the first try was written down over another connection")
        .isEqualTo("Succeeded 2");
  }

  @Test
  @DisplayName("for ever, a deletion says why it waits, and Retain lets the object go")
  void deletion() {
    tenant.view("doomed", "SELECT 1 AS a", "deletionPolicy: Delete");
    tenant.awaitReady("doomed");
    // What waits for an answer when the network dies would hold the deletion up for that long.
    tenant.awaitValue(QUIET, Duration.ofSeconds(10), "true");
    network.set(Faults.NONE.withSilence());
    network.freeze();

    tenant.delete("doomed");
    tenant.await(
        "doomed", Duration.ofSeconds(10), s -> Tenant.ready(s).equals("FALSE/DatabaseUnavailable"));
    assertThat(Tenant.message(tenant.status("doomed"))).contains("Retain");
    assertThat(tenant.awaitEvent("doomed", "DatabaseUnavailable").getType()).isEqualTo("Warning");
    tenant.retain("doomed");
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> tenant.find("doomed").isEmpty());
    assertThat(tenant.value("SELECT a FROM app.doomed")).isEqualTo("1");
  }
}
