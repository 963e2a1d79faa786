package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.gitops.ArgoLua;
import dev.matviews.gitops.Kstatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("A tool that syncs Git with the cluster")
class GitOpsIT {

  private static final Path LUA =
      Path.of("integrations", "argocd", "matviews.dev", "MaterializedView");
  private static final Duration SOON = Duration.ofSeconds(20);

  private static final String DECLARED =
      """
      apiVersion: matviews.dev/v1alpha1
      kind: MaterializedView
      metadata: {name: shared}
      spec:
        connectionRef: {name: db}
        schema: app
        sql: SELECT 1 AS a
        grants: [{role: PUBLIC, privileges: [SELECT]}]
        indexes: [{name: shared_a, unique: true, columns: [a]}]
        deletionPolicy: Delete
      """;

  private static final String SLOW =
      """
      apiVersion: matviews.dev/v1alpha1
      kind: MaterializedView
      metadata: {name: slow}
      spec:
        connectionRef: {name: db}
        schema: app
        sql: SELECT pg_sleep(seconds)::text AS a FROM pace
      """;

  private static final String TUNED =
      """
      apiVersion: matviews.dev/v1alpha1
      kind: MaterializedView
      metadata: {name: shared}
      spec:
        indexes: [{name: shared_tuned, columns: [a]}]
        grants: [{role: PUBLIC, privileges: [REFERENCES]}]
      """;

  @Test
  @DisplayName("sees the object as unfinished from its first moment on until it is Ready")
  void waits(Tenant tenant) throws JsonProcessingException {
    tenant.sql("CREATE TABLE app.pace AS SELECT 0.7 AS seconds");
    tenant.sql("GRANT SELECT ON app.pace TO \"%s\"".formatted(tenant.role()));
    HasMetadata created = create(tenant, SLOW);
    assertThat(Kstatus.of(tree(Serialization.asJson(created))))
        .as("before anybody can have looked")
        .isEqualTo(Kstatus.InProgress);

    Awaitility.await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> Kstatus.of(object(tenant, "slow")) != Kstatus.InProgress);

    assertThat(tenant.value("SELECT count(*) FROM app.slow")).as("can be read").isEqualTo("1");
    assertThat(verdict(tenant, "slow")).isEqualTo("Current Healthy");
  }

  @Test
  @DisplayName("sees a mistake, its correction, a failed refresh and an approval for what they are")
  void phases(Tenant tenant) throws JsonProcessingException {
    tenant.sql("CREATE TABLE app.numbers AS SELECT 1 AS n");
    tenant.sql("GRANT SELECT ON app.numbers TO \"%s\"".formatted(tenant.role()));
    tenant.view("v", "SELECT nothing FROM numbers", "");
    tenant.await("v", SOON, s -> Tenant.ready(s).equals("FALSE/InvalidSQL"));
    assertThat(verdict(tenant, "v")).isEqualTo("Failed Degraded");

    tenant.view("v", "SELECT 1 / n AS share FROM numbers", "changePolicy: OnApproval");
    tenant.awaitReady("v");
    assertThat(verdict(tenant, "v")).isEqualTo("Current Healthy");

    tenant.sql("UPDATE app.numbers SET n = 0");
    tenant.annotate("v", "fails");
    tenant.await("v", SOON, s -> "fails".equals(s.lastHandledRefreshRequest()));
    assertThat(verdict(tenant, "v")).isEqualTo("Current Healthy");
    tenant.sql("UPDATE app.numbers SET n = 1");

    tenant.view("v", "SELECT 2 / n AS share FROM numbers", "changePolicy: OnApproval");
    tenant.awaitReason("v", "FALSE/ChangePendingApproval");
    assertThat(verdict(tenant, "v")).isEqualTo("Failed Suspended");
    act(tenant, "approve", "v");
    tenant.awaitReady("v");
    assertThat(tenant.value("SELECT share FROM app.v")).isEqualTo("2");
  }

  @Test
  @DisplayName("refreshes, suspends and resumes by Argo CD's actions")
  void actions(Tenant tenant) throws JsonProcessingException {
    tenant.view("v", "SELECT 1 AS a", "");
    tenant.awaitReady("v");

    JsonNode asked = act(tenant, "refresh", "v");
    String request = asked.at("/metadata/annotations/matviews.dev~1refresh-requested-at").asText();
    tenant.await("v", SOON, s -> request.equals(s.lastHandledRefreshRequest()));

    act(tenant, "suspend", "v");
    tenant.await("v", SOON, s -> true);
    assertThat(verdict(tenant, "v")).isEqualTo("Current Suspended");
    act(tenant, "resume", "v");
    tenant.await("v", SOON, s -> true);
    assertThat(verdict(tenant, "v")).isEqualTo("Current Healthy");
  }

  @Test
  @DisplayName("need not send the connection, its Secret and the views in that order")
  void anyOrder(Tenant tenant) {
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: early}
        spec: {connectionRef: {name: later}, schema: app, sql: SELECT 1 AS a}
        """);
    tenant.await("early", SOON, s -> Tenant.ready(s).equals("FALSE/ConnectionNotFound"));
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: later}
        spec: {secretRef: {name: last}, tls: {mode: disable}}
        """);
    tenant.awaitConnection("later", "FALSE/SecretNotFound", "last");
    tenant.secret("last", Tenant.PASSWORD);
    tenant.awaitReady("early");
  }

  @Test
  @DisplayName("may apply again and again, beside a second one, and nothing is ever written")
  void applyAgain(Tenant tenant) {
    apply(tenant, "git", DECLARED);
    tenant.awaitReady("shared");
    apply(tenant, "tuning", TUNED);
    tenant.awaitReady("shared");
    assertThat(
            tenant.value(
                "SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY 1)"
                    + " FROM pg_index WHERE indrelid = 'app.shared'::regclass"))
        .contains("shared_a", "shared_tuned");
    tenant.await("shared", SOON, s -> s.rowCount() != null && s.indexes().size() == 2);
    String version = tenant.object("shared").getMetadata().getResourceVersion();
    for (int i = 0; i < 20; i++) {
      apply(tenant, "git", DECLARED);
      apply(tenant, "tuning", TUNED);
    }
    assertThat(tenant.object("shared").getMetadata().getResourceVersion()).isEqualTo(version);
  }

  @Test
  @DisplayName("shares no field with the operator, which owns its status and its finalizer")
  void owners(Tenant tenant) {
    apply(tenant, "git", DECLARED);
    tenant.awaitReady("shared");
    List<ManagedFieldsEntry> operators =
        tenant.object("shared").getMetadata().getManagedFields().stream()
            .filter(entry -> !entry.getManager().equals("git"))
            .toList();
    assertThat(operators).hasSizeGreaterThan(1);
    assertThat(operators)
        .flatExtracting(entry -> entry.getFieldsV1().getAdditionalProperties().keySet())
        .containsOnly("f:status", "f:metadata");
    assertThat(operators)
        .filteredOn(e -> e.getFieldsV1().getAdditionalProperties().containsKey("f:metadata"))
        .allSatisfy(e -> assertThat(e.getFieldsV1().toString()).contains("f:finalizers"));
  }

  private static void apply(Tenant tenant, String manager, String yaml) {
    HasMetadata object = tenant.client().getKubernetesSerialization().unmarshal(yaml);
    object.getMetadata().setNamespace(tenant.namespace());
    tenant.client().resource(object).fieldManager(manager).serverSideApply();
  }

  private static HasMetadata create(Tenant tenant, String yaml) {
    HasMetadata object = tenant.client().getKubernetesSerialization().unmarshal(yaml);
    object.getMetadata().setNamespace(tenant.namespace());
    return tenant.client().resource(object).create();
  }

  private static String verdict(Tenant tenant, String view) throws JsonProcessingException {
    JsonNode object = object(tenant, view);
    String health = ArgoLua.run(LUA.resolve("health.lua"), object).path("status").asText();
    return Kstatus.of(object) + " " + health;
  }

  private static JsonNode object(Tenant tenant, String view) throws JsonProcessingException {
    return tree(
        tenant
            .client()
            .raw(
                "/apis/matviews.dev/v1alpha1/namespaces/%s/materializedviews/%s"
                    .formatted(tenant.namespace(), view)));
  }

  private static JsonNode tree(String json) throws JsonProcessingException {
    return new ObjectMapper().readTree(json);
  }

  /** As Argo CD does it: what the script has changed is sent as a patch. */
  private static JsonNode act(Tenant tenant, String action, String view)
      throws JsonProcessingException {
    JsonNode changed =
        ArgoLua.run(
            LUA.resolve("actions").resolve(action).resolve("action.lua"), object(tenant, view));
    ObjectNode patch = new ObjectMapper().createObjectNode();
    patch.putObject("spec").set("suspend", changed.at("/spec/suspend"));
    patch.putObject("metadata").set("annotations", changed.at("/metadata/annotations"));
    tenant
        .client()
        .resources(MaterializedView.class)
        .inNamespace(tenant.namespace())
        .withName(view)
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    return changed;
  }
}
