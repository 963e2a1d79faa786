package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("What works but should be looked at")
class WarningsIT {

  private static final String KEY = "indexes: [{name: KEY, unique: true, columns: [a]}]";
  private static final Duration SOON = Duration.ofSeconds(5);

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static Tenant tenant;

  @BeforeAll
  static void moveIn(Tenant moved) {
    tenant = moved;
  }

  @Test
  @DisplayName("is in the status, and an Event once")
  void warnings() {
    tenant.sql("CREATE TABLE app.source AS SELECT 1 AS a");
    tenant.own("source");
    warned("stars", "SELECT * FROM source", KEY, "the query has SELECT *");
    warned("moody", "SELECT a, random() AS r FROM source", KEY, "volatile function random");
    warned("sorted", "SELECT a FROM source ORDER BY a", KEY, "ORDER BY without LIMIT");
    warned(
        "partly",
        "SELECT a FROM source",
        "indexes: [{name: partly_key, unique: true, columns: [a], where: a > 0}]",
        "unique index partly_key has an expression or a WHERE");
    assertThat(tenant.awaitReady("stars").warnings()).hasSize(1);
    tenant.awaitPass("stars");
    tenant.awaitEvent("stars", "ViewWarning");
    tenant.view("stars", "SELECT a FROM source", KEY.replace("KEY", "stars_key"));
    tenant.await("stars", SOON, s -> s.warnings().isEmpty());
  }

  @Test
  @DisplayName("that a source may not be read any more")
  void unreadable() {
    tenant.sql(
        "CREATE TABLE app.lent AS SELECT 1 AS a",
        "GRANT SELECT ON app.lent TO \"%s\"".formatted(tenant.role()));
    tenant.view("borrows", "SELECT a FROM lent", KEY.replace("KEY", "borrows_key"));
    assertThat(tenant.awaitReady("borrows").warnings()).isEmpty();
    tenant.sql("REVOKE SELECT ON app.lent FROM \"%s\"".formatted(tenant.role()));
    assertThat(tenant.awaitPass("borrows").warnings())
        .singleElement()
        .asString()
        .contains("may not read app.lent", "GRANT SELECT");
  }

  @Test
  @DisplayName("that a rebuild needs more room than the connection allows for")
  void rebuildSize(Tenant small) {
    small.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: db}
        spec:
          secretRef: {name: db}
          rebuildSizeWarning: 64Ki
          tls: {mode: disable}
        """);
    small.view("large", "SELECT g AS a FROM generate_series(1, 10000) g", KEY);
    small.view("tiny", "SELECT 1 AS a", KEY.replace("KEY", "tiny_key"));
    small.await(
        "large",
        Duration.ofSeconds(10),
        s -> s.warnings().stream().anyMatch(w -> w.contains("rebuildSizeWarning of 65536 bytes")));
    assertThat(small.awaitReady("tiny").warnings()).isEmpty();
  }

  private static void warned(String view, String sql, String index, String warning) {
    tenant.view(view, sql, index.replace("KEY", view + "_key"));
    tenant.await(view, SOON, s -> s.warnings().stream().anyMatch(w -> w.contains(warning)));
    assertThat(Tenant.ready(tenant.awaitReady(view))).isEqualTo("TRUE/InSync");
    assertThat(tenant.awaitEvent(view, "ViewWarning", warning).getType()).isEqualTo("Warning");
  }
}
