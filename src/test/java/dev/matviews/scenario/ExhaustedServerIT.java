package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.RefreshAttempt;
import dev.matviews.playground.TcpProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("When the server has run out of")
class ExhaustedServerIT {

  private static final int VIEWS = 20;

  private static final String REQUESTED = " WHERE run_id = 'Request/1'";

  /** As the stage sets it for a connection that fails; a minute for users. */
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);

  @Test
  @DisplayName("connections, one login at a time asks for all views until there is one again")
  void connections(Stage stage, Tenant tenant) {
    try (TcpProxy network = TcpProxy.before(stage.postgres().port())) {
      tenant.connectOver(network);
      for (int i = 0; i < VIEWS; i++) {
        tenant.view("v" + i, "SELECT 1 AS a", "refresh: {interval: 10s}");
      }
      for (int i = 0; i < VIEWS; i++) {
        tenant.awaitReady("v" + i);
      }
      tenant.sql(
          "ALTER ROLE \"%s\" CONNECTION LIMIT 0".formatted(tenant.role()),
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '%s'"
              .formatted(tenant.role()));
      tenant.awaitConnection("db", Duration.ofSeconds(15), "UNKNOWN/TooManyConnections", "53300");
      tenant.awaitReason("v0", "UNKNOWN/TooManyConnections");

      int before = network.accepted();
      Instant start = Instant.now();
      pass(BETWEEN_TRIES.multipliedBy(2));
      assertThat(network.accepted() - before).isBetween(1, looks(start));

      tenant.sql("ALTER ROLE \"%s\" CONNECTION LIMIT -1".formatted(tenant.role()));
      tenant.awaitConnection("db", "TRUE/InSync", "");
      for (int i = 0; i < VIEWS; i++) {
        tenant.awaitReady("v" + i);
      }
    }
  }

  /** The server's part of it is played by a function: a test does not fill up a disk. */
  @Test
  @DisplayName("disk or memory, the old data are served and the refresh is left alone for minutes")
  void room(Tenant tenant) {
    tenant.sql(
        "CREATE TABLE app.trouble AS SELECT '' AS state",
        "GRANT SELECT ON app.trouble TO \"%s\"".formatted(tenant.role()),
        """
        CREATE FUNCTION app.meet(state text) RETURNS int LANGUAGE plpgsql AS $$
        BEGIN
          IF state IN (SELECT t.state FROM app.trouble t) THEN
            RAISE EXCEPTION 'no room for alice@example.com' USING ERRCODE = state;
          END IF;
          RETURN 1;
        END $$
        """);
    Map<String, String> conditions = Map.of("53100", "disk_full", "53200", "out_of_memory");
    conditions.keySet().forEach(state -> tenant.view(view(state), sql(state), ""));
    conditions.keySet().forEach(state -> tenant.awaitReady(view(state)));
    tenant.sql("INSERT INTO app.trouble VALUES ('53100'), ('53200')");
    conditions.forEach((state, condition) -> assertLeftAlone(tenant, state, condition));
    pass(Duration.ofSeconds(4));
    assertThat(
            tenant.value(
                "SELECT string_agg(tries::text, ',') FROM matview_operator.runs" + REQUESTED))
        .as("after pauses that would do for another failure")
        .isEqualTo("1,1");
    tenant.sql("DELETE FROM app.trouble");
    conditions.keySet().forEach(state -> tenant.awaitPass(view(state)));
  }

  private static String view(String state) {
    return "v" + state;
  }

  private static String sql(String state) {
    return "SELECT meet('%s') AS a".formatted(state);
  }

  private static void assertLeftAlone(Tenant tenant, String state, String condition) {
    tenant.annotate(view(state), "1");
    RefreshAttempt attempt =
        Objects.requireNonNull(
            tenant
                .await(
                    view(state),
                    Duration.ofSeconds(5),
                    s -> s.lastAttempt() != null && state.equals(s.lastAttempt().sqlState()))
                .lastAttempt());
    assertThat(attempt.reason()).isEqualTo("InsufficientResources");
    assertThat(attempt.message())
        .contains(condition, "ran out of disk or memory")
        .doesNotContain("alice");
    assertThat(tenant.value("SELECT a FROM app.%s".formatted(view(state)))).isEqualTo("1");
  }

  private static int looks(Instant since) {
    return (int) Duration.between(since, Instant.now()).dividedBy(BETWEEN_TRIES) + 1;
  }

  private static void pass(Duration time) {
    Instant end = Instant.now().plus(time);
    Awaitility.await().atMost(time.plusSeconds(5)).until(() -> Instant.now().isAfter(end));
  }
}
