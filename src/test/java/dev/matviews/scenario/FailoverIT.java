package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.TcpProxy;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("When the server becomes read-only under open connections")
class FailoverIT {

  /** As the stage sets it for a connection that fails; a minute for users. */
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);

  private static final int VIEWS = 5;

  @Test
  @DisplayName("it is asked now and then until it can be written to, and then all goes on")
  void readOnly(Stage stage, Tenant tenant) {
    try (TcpProxy network = TcpProxy.before(stage.postgres().port())) {
      tenant.connectOver(network);
      for (int i = 0; i < VIEWS; i++) {
        tenant.view("v" + i, "SELECT 1 AS a", "refresh: {interval: 10s}");
      }
      for (int i = 0; i < VIEWS; i++) {
        tenant.awaitReady("v" + i);
      }

      tenant.sql("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
      try {
        tenant.awaitConnection(
            "db", Duration.ofSeconds(15), "UNKNOWN/ReadOnlyServer", "name the primary");
        tenant.awaitReason("v0", "UNKNOWN/ReadOnlyServer");
        int before = network.accepted();
        Instant start = Instant.now();
        pass(BETWEEN_TRIES.multipliedBy(2));
        assertThat(network.accepted() - before)
            .as("logins for all views")
            .isBetween(1, looks(start));
      } finally {
        tenant.sql("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()");
      }

      tenant.awaitConnection("db", "TRUE/InSync", "");
      for (int i = 0; i < VIEWS; i++) {
        tenant.awaitReady("v" + i);
        tenant.awaitPass("v" + i);
      }
    }
  }

  private static int looks(Instant since) {
    return (int) Duration.between(since, Instant.now()).dividedBy(BETWEEN_TRIES) + 1;
  }

  private static void pass(Duration time) {
    Instant end = Instant.now().plus(time);
    Awaitility.await().atMost(time.plusSeconds(5)).until(() -> Instant.now().isAfter(end));
  }
}
