package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewRefresh;
import dev.matviews.api.v1alpha1.PostgresConnection;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@EnabledIfSystemProperty(named = "long.waits", matches = "true")
@DisplayName("A new build of the operator, on another machine, over the same database and objects,")
class UpgradeIT {

  private static final Duration SOON = Duration.ofSeconds(20);

  /** What could leak from a machine into what is compared: language, time zone, order of maps. */
  private static final Map<String, String> ANOTHER_MACHINE =
      Map.of(
          "HOSTNAME",
          "matview-operator-7c9d",
          "JAVA_TOOL_OPTIONS",
          "-Duser.language=tr -Duser.country=TR -Duser.timezone=Asia/Kolkata"
              + " -Dfile.encoding=ISO-8859-9");

  private static final String REFRESHES =
      "SELECT count(*) FROM matview_operator.runs WHERE view_name <> 'tick'";

  @AfterEach
  void asUsual(Stage stage) {
    stage.startOperatorAgain();
  }

  @Test
  @DisplayName("changes nothing, refreshes nothing that is not due, and writes no status")
  void changesNothing(Stage stage, Tenant tenant) {
    views(tenant);
    Stream.of("plain", "swapped", "upper", "tick", "registered").forEach(tenant::awaitReady);
    tenant.awaitReason("deferred", "TRUE/NotPopulated");
    Map<String, String> versions = settled(tenant);
    List<String> ddl = stage.ddl(tenant);
    String relations = tenant.relations();
    String runs = tenant.value(REFRESHES);
    stage.operator().close();

    stage.controlPlane().kubectl().establishCrds(Path.of("crds"));
    Instant restart = Instant.now();
    stage.startOperatorAgain(ANOTHER_MACHINE);
    Awaitility.await("each is looked at")
        .atMost(SOON)
        .until(() -> Reconciles.of(stage.operator()) > versions.size());
    tenant.awaitValue(
        "SELECT (count(*) > 0)::text FROM matview_operator.runs WHERE view_name = 'tick'"
            + " AND due_at > '%s'".formatted(restart),
        SOON,
        "true");

    assertThat(settled(tenant)).as("resource versions").isEqualTo(versions);
    assertThat(stage.ddl(tenant)).as("DDL").isNotEmpty().isEqualTo(ddl);
    assertThat(tenant.value(REFRESHES)).as("runs").isEqualTo(runs);
    assertThat(withoutTick(tenant.relations())).isEqualTo(withoutTick(relations));
    for (String view :
        List.of("plain", "swapped", "deferred", "upper", "suspended", "registered")) {
      assertThat(stage.statusWrites(tenant, view, restart, Instant.now())).as(view).isZero();
    }
  }

  /** One of each kind; the one that ticks shows that what is due goes on. */
  private static void views(Tenant tenant) {
    tenant.sql(
        "CREATE TABLE app.sales (id int, kind text, price numeric)",
        "INSERT INTO app.sales SELECT i, 'İi' || i % 3, i FROM generate_series(1, 100) i",
        "CREATE MATERIALIZED VIEW app.registered AS SELECT 1 AS a");
    tenant.own("sales");
    tenant.own("registered");
    tenant.view(
        "plain",
        "SELECT kind, sum(price) AS total, max(id)::text AS title FROM sales GROUP BY kind",
        """
        comment: Title Iıİi
        storage: {parameters: {fillfactor: "90"}}
        grants: [{role: PUBLIC, privileges: [SELECT]}]
        indexes:
        - {name: plain_kind, unique: true, columns: [kind]}
        - {name: plain_lower, keys: [{expression: lower(kind), order: desc}], where: total > 0}
        refresh: {mode: Concurrent, schedule: "@yearly", timeZone: Europe/Istanbul, jitter: 1h}
        """);
    tenant.view(
        "swapped",
        "SELECT * FROM sales",
        """
        indexes: [{name: swapped_id, unique: true, columns: [id], include: [kind]}]
        refresh: {mode: Swap, interval: 744h}
        """);
    tenant.view("deferred", "SELECT 1 AS a", "refresh: {initialPopulation: Deferred}");
    tenant.view("upper", "SELECT count(*) FROM plain", "refresh: {onUpstreamRefresh: true}");
    tenant.view("suspended", "SELECT 1 AS a", "suspend: true");
    tenant.view("tick", "SELECT 1 AS a", "refresh: {interval: 10s, mode: Standard}");
    tenant.registered("registered", "refresh: {schedule: \"@yearly\"}");
  }

  /** The versions of all objects but the one that ticks, once nothing more changes. */
  private static Map<String, String> settled(Tenant tenant) {
    Map<String, String> last = new TreeMap<>();
    Awaitility.await("settled")
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(100))
        .during(Duration.ofSeconds(7))
        .until(
            () -> {
              Map<String, String> before = new TreeMap<>(last);
              last.putAll(versions(tenant));
              return !last.isEmpty() && last.equals(before);
            });
    return last;
  }

  private static Map<String, String> versions(Tenant tenant) {
    Map<String, String> versions = new TreeMap<>();
    Stream.of(MaterializedView.class, PostgresConnection.class, MaterializedViewRefresh.class)
        .flatMap(
            kind ->
                tenant
                    .client()
                    .resources(kind)
                    .inNamespace(tenant.namespace())
                    .list()
                    .getItems()
                    .stream())
        .map(HasMetadata.class::cast)
        .filter(object -> !object.getMetadata().getName().equals("tick"))
        .forEach(
            object ->
                versions.put(
                    object.getKind() + "/" + object.getMetadata().getName(),
                    object.getMetadata().getResourceVersion()));
    return versions;
  }

  private static String withoutTick(String relations) {
    return Stream.of(relations.split(", ", -1))
        .filter(relation -> !relation.startsWith("tick "))
        .toList()
        .toString();
  }
}
