package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An upgrade: today's operator takes up what each release has left behind. {@code make
 * upgrade-fixture} stores what this version leaves behind.
 */
@ExtendWith(Stage.Extension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReleaseIT {

  private static final Duration SOON = Duration.ofSeconds(20);

  private static final String NEW = "new";

  /** Columns that came later are empty. */
  private static final String ROWS =
      "SELECT string_agg(t.row, E'\\n' ORDER BY t.row COLLATE \"C\") FROM ("
          + " SELECT jsonb_strip_nulls(to_jsonb(v))::text AS row, view_name"
          + " FROM matview_operator.views v"
          + " UNION ALL SELECT jsonb_strip_nulls(to_jsonb(r))::text, view_name"
          + " FROM matview_operator.runs r) t"
          + " WHERE view_name <> '%s'".formatted(NEW);

  private Stage stage;

  @SuppressWarnings("NullAway.Init") // set by each test
  ReleaseIT() {}

  @AfterEach
  void startAgain() {
    stage.startOperatorAgain();
  }

  @Test
  @Order(1)
  @EnabledIfSystemProperty(named = "release", matches = ".+")
  @DisplayName("what this version leaves behind is stored")
  void store(Stage shared, Tenant tenant) {
    stage = shared;
    tenant.sql(
        "CREATE TABLE app.numbers AS SELECT g AS n FROM generate_series(1, 5) g",
        "ALTER TABLE app.numbers OWNER TO \"%s\"".formatted(tenant.role()));
    String plain = "refresh: {mode: Standard}\n";
    tenant.view("plain", "SELECT count(*) AS n FROM numbers", plain);
    tenant.view(
        "declared",
        "SELECT n, n * n AS square FROM numbers",
        """
        comment: Squares
        grants: [{role: PUBLIC, privileges: [SELECT]}]
        storage: {parameters: {fillfactor: "90"}}
        indexes:
        - {name: declared_n, unique: true, columns: [n]}
        - {name: declared_half, keys: [{expression: square / 2, order: desc}], where: n > 1}
        refresh: {mode: Concurrent, schedule: "@yearly", startingDeadline: 1m, rowCount: Exact}
        maxStaleness: 720h
        deletionPolicy: Delete
        """);
    tenant.view("waiting", "SELECT n FROM numbers", "refresh: {initialPopulation: Deferred}");
    tenant.view("edited", "SELECT 1 AS a", plain);
    tenant.view("failing", "SELECT 1 / n AS share FROM numbers", plain);
    tenant.view("swapped", "SELECT n FROM numbers", "refresh: {mode: Swap}");
    for (String view : List.of("plain", "declared", "edited", "failing", "swapped")) {
      tenant.awaitReady(view);
    }
    tenant.awaitReason("waiting", "TRUE/NotPopulated");
    tenant.view("edited", "SELECT 2 AS a", plain);
    tenant.awaitValue("SELECT a FROM app.edited", SOON, "2");
    tenant.awaitReady("edited");
    // Made again, an object is of its first generation, as it will be where it is loaded.
    tenant.delete("edited");
    tenant.view("edited", "SELECT 2 AS a", plain);
    tenant.awaitReady("edited");
    refresh(tenant, "plain", "by hand");
    refresh(tenant, "declared", "by hand");
    refresh(tenant, "swapped", "by hand");
    tenant.sql("UPDATE app.numbers SET n = 0 WHERE n = 1");
    refresh(tenant, "failing", "fails");
    tenant.sql("UPDATE app.numbers SET n = 1 WHERE n = 0");
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedViewRefresh
        metadata: {name: plain-once}
        spec: {materializedViewRef: {name: plain}}
        """);
    tenant.await("plain", SOON, s -> s.history().size() == 3);
    stage.operator().close();
    new Release(System.getProperty("release", "")).record(tenant);
  }

  private static void refresh(Tenant tenant, String view, String request) {
    tenant.annotate(view, request);
    tenant.await(view, SOON, s -> request.equals(s.lastHandledRefreshRequest()));
  }

  static List<Release> releases() {
    return Release.all();
  }

  @ParameterizedTest(name = "{0}")
  @Order(2)
  @MethodSource("releases")
  @DisplayName("no DDL, no refresh that is not due, and the history stays, after an upgrade from")
  void upgrade(Release release, Stage shared, Tenant tenant) {
    stage = shared;
    stage.operator().close();
    release.loadDatabase(tenant);
    List<JsonNode> objects =
        release.objects(tenant).stream().map(object -> here(object, tenant)).toList();
    objects.forEach(object -> store(object, tenant));
    assertThat(Release.stored(tenant))
        .as("the CRDs of today keep every field, and fill in none")
        .containsExactlyInAnyOrderElementsOf(objects);
    List<String> views =
        objects.stream()
            .filter(object -> object.get("kind").asText().equals("MaterializedView"))
            .map(object -> object.at("/metadata/name").asText())
            .toList();
    assertThat(views).hasSizeGreaterThan(3);
    List<MaterializedViewStatus> before = views.stream().map(tenant::status).toList();
    String relations = tenant.relations();
    String rows = Objects.requireNonNull(tenant.value(ROWS));
    int ddl = stage.ddl(tenant).size();

    stage.startOperatorAgain();
    tenant.awaitConnection("db", "TRUE/InSync", "");
    tenant.view(NEW, "SELECT 1 AS a", "");
    tenant.awaitReady(NEW);

    for (int i = 0; i < views.size(); i++) {
      MaterializedViewStatus now = afterALook(tenant, views.get(i));
      assertThat(now.oid()).isEqualTo(before.get(i).oid());
      assertThat(now.history()).isEqualTo(before.get(i).history());
      assertThat(now.lastAttempt()).isEqualTo(before.get(i).lastAttempt());
    }
    assertThat(tenant.value(ROWS)).isEqualTo(rows);
    assertThat(others(tenant.relations())).isEqualTo(others(relations));
    assertThat(stage.ddl(tenant).stream().skip(ddl).filter(line -> !line.contains(quoted(NEW))))
        .isEmpty();
  }

  /** An edit that changes nothing in the database, since the status says when it was seen. */
  private static MaterializedViewStatus afterALook(Tenant tenant, String view) {
    tenant
        .client()
        .resources(MaterializedView.class)
        .inNamespace(tenant.namespace())
        .withName(view)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"historyLimit\":21}}");
    return tenant.await(view, SOON, s -> true);
  }

  private static String quoted(String name) {
    return "\"" + name + "\"";
  }

  private static List<String> others(String relations) {
    return Stream.of(relations.split(", ", -1)).filter(line -> !line.startsWith(NEW)).toList();
  }

  /** As it would be stored here, where another database answers and the view has another OID. */
  private static JsonNode here(JsonNode stored, Tenant tenant) {
    ObjectNode object = stored.deepCopy();
    ObjectNode status = (ObjectNode) object.get("status");
    if (status.has("databaseIdentity")) {
      status.put("databaseIdentity", identity(tenant));
    }
    if (status.has("oid")) {
      String view = object.at("/status/qualifiedName").asText();
      status.put(
          "oid",
          Integer.parseInt(
              Objects.requireNonNull(tenant.value("SELECT '%s'::regclass::oid".formatted(view)))));
    }
    return object;
  }

  private static String identity(Tenant tenant) {
    return Objects.requireNonNull(
        tenant.value(
            "SELECT s.system_identifier || '/' || d.oid FROM pg_control_system() s, pg_database d"
                + " WHERE d.datname = current_database()"));
  }

  private static void store(JsonNode object, Tenant tenant) {
    GenericKubernetesResource resource =
        new ObjectMapper().convertValue(object, GenericKubernetesResource.class);
    GenericKubernetesResource applied =
        tenant.client().resource(resource).forceConflicts().serverSideApply();
    applied.setAdditionalProperty("status", resource.get("status"));
    tenant.client().resource(applied).updateStatus();
  }
}
