package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("A database whose bookkeeping a newer operator has made")
class NewerBookkeepingIT {

  private static final String MARK = "SELECT obj_description('matview_operator.views'::regclass)";

  private static final String ROWS =
      "SELECT md5(string_agg(t.row, ',' ORDER BY t.row)) FROM ("
          + " SELECT v.xmin || v::text AS row FROM matview_operator.views v"
          + " UNION ALL SELECT r.xmin || r::text FROM matview_operator.runs r) t";

  @Test
  @DisplayName("is left alone, says so, and is taken up again by an operator that knows it")
  void leftAlone(Tenant tenant) {
    tenant.view("ticking", "SELECT 1 AS a", "refresh: {interval: 10s}");
    tenant.view("going", "SELECT 1 AS a", "deletionPolicy: Delete");
    tenant.awaitReady("ticking");
    tenant.awaitReady("going");
    String known = Objects.requireNonNull(tenant.value(MARK));

    mark(tenant, known.replaceAll("[0-9]+$", "99"));
    tenant.awaitConnection("db", Duration.ofSeconds(10), "FALSE/UnsupportedVersion", "version 99");
    String relations = tenant.relations();
    String rows = Objects.requireNonNull(tenant.value(ROWS));
    Instant nextSlotIsOver = Instant.now().plusSeconds(11);

    MaterializedViewStatus waiting = tenant.awaitReason("ticking", "UNKNOWN/ConnectionNotReady");
    assertThat(Tenant.message(waiting)).contains("db", "UnsupportedVersion", "upgraded");
    assertThat(waiting.history()).as("what was known").isNotEmpty();
    tenant.annotate("ticking", "now");
    tenant.view("ticking", "SELECT 2 AS a", "refresh: {interval: 10s}");
    tenant.delete("going");
    tenant.await("going", Duration.ofSeconds(10), s -> Tenant.ready(s).contains("Unsupported"));
    tenant.await("ticking", Duration.ofSeconds(5), s -> true);
    Awaitility.await()
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> Instant.now().isAfter(nextSlotIsOver));

    assertThat(tenant.relations()).isEqualTo(relations);
    assertThat(tenant.value(ROWS)).isEqualTo(rows);

    mark(tenant, known);
    tenant.await(
        "ticking", Duration.ofSeconds(20), s -> "now".equals(s.lastHandledRefreshRequest()));
    tenant.awaitValue("SELECT a FROM app.ticking", Duration.ofSeconds(10), "2");
    Awaitility.await("the end of what was deleted meanwhile")
        .atMost(Duration.ofSeconds(20))
        .until(() -> tenant.find("going").isEmpty());
  }

  private static void mark(Tenant tenant, String mark) {
    tenant.sql("COMMENT ON TABLE matview_operator.views IS '%s'".formatted(mark));
  }
}
