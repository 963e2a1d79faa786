package dev.matviews.api;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.AdoptionPolicy;
import dev.matviews.api.v1alpha1.CaSecretRef;
import dev.matviews.api.v1alpha1.ChangePolicy;
import dev.matviews.api.v1alpha1.ClientCertSecretRef;
import dev.matviews.api.v1alpha1.ConnectionRef;
import dev.matviews.api.v1alpha1.DeletionPolicy;
import dev.matviews.api.v1alpha1.DriftPolicy;
import dev.matviews.api.v1alpha1.GrantSpec;
import dev.matviews.api.v1alpha1.IndexKey;
import dev.matviews.api.v1alpha1.IndexMethod;
import dev.matviews.api.v1alpha1.IndexSpec;
import dev.matviews.api.v1alpha1.InitialPopulation;
import dev.matviews.api.v1alpha1.ManagementPolicy;
import dev.matviews.api.v1alpha1.MaterializedViewRef;
import dev.matviews.api.v1alpha1.MaterializedViewRefreshSpec;
import dev.matviews.api.v1alpha1.MaterializedViewSpec;
import dev.matviews.api.v1alpha1.NullsOrder;
import dev.matviews.api.v1alpha1.PostgresConnectionSpec;
import dev.matviews.api.v1alpha1.Privilege;
import dev.matviews.api.v1alpha1.RefreshCascade;
import dev.matviews.api.v1alpha1.RefreshMode;
import dev.matviews.api.v1alpha1.RefreshSpec;
import dev.matviews.api.v1alpha1.RowCounting;
import dev.matviews.api.v1alpha1.SecretKeys;
import dev.matviews.api.v1alpha1.SecretRef;
import dev.matviews.api.v1alpha1.SortOrder;
import dev.matviews.api.v1alpha1.StorageSpec;
import dev.matviews.api.v1alpha1.TlsMode;
import dev.matviews.api.v1alpha1.TlsSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the API server fills in, as the operator's own classes read it. */
class DefaultsTest {

  private static final RefreshSpec REFRESH =
      new RefreshSpec(
          RefreshMode.Auto,
          null,
          null,
          null,
          null,
          null,
          false,
          InitialPopulation.Immediate,
          3,
          "1h",
          "100ms",
          RowCounting.Estimated,
          null,
          Map.of());

  private static final SecretKeys KEYS =
      new SecretKeys("host", "port", "dbname", "username", "password");

  @Test
  @DisplayName("a view of a connection and a query")
  void view() {
    assertThat(specOf(Objects.view(), MaterializedViewSpec.class))
        .isEqualTo(
            new MaterializedViewSpec(
                new ConnectionRef("pg"),
                "public",
                null,
                ManagementPolicy.Manage,
                "select 1 as one",
                List.of(),
                null,
                null,
                List.of(),
                null,
                null,
                List.of(),
                REFRESH,
                List.of(),
                null,
                ChangePolicy.Automatic,
                AdoptionPolicy.IfIdentical,
                DriftPolicy.Correct,
                DeletionPolicy.Retain,
                20,
                false));
  }

  @Test
  @DisplayName("refresh in part")
  void refresh() {
    var view = Objects.view("spec: {refresh: {mode: Concurrent, schedule: '@daily'}}");
    assertThat(specOf(view, MaterializedViewSpec.class).refresh())
        .isEqualTo(
            new RefreshSpec(
                RefreshMode.Concurrent,
                "@daily",
                null,
                null,
                null,
                null,
                false,
                InitialPopulation.Immediate,
                3,
                "1h",
                "100ms",
                RowCounting.Estimated,
                null,
                Map.of()));
  }

  @Test
  @DisplayName("an index")
  void index() {
    var view = Objects.view("spec: {indexes: [{name: i, columns: [b, a]}]}");
    assertThat(specOf(view, MaterializedViewSpec.class).indexes())
        .containsExactly(
            new IndexSpec(
                "i",
                false,
                List.of("b", "a"),
                List.of(),
                List.of(),
                null,
                IndexMethod.BTREE,
                false,
                Map.of()));
  }

  @Test
  @DisplayName("an index in full")
  void fullIndex() {
    var view =
        Objects.view(
            "spec: {indexes: [{name: i, keys: [{expression: lower(a), order: desc, nulls: last,"
                + " operatorClass: text_ops, collation: C}, {column: b}], include: [c],"
                + " where: b > 0, unique: true, nullsNotDistinct: true,"
                + " parameters: {fillfactor: '90'}}]}");
    assertThat(specOf(view, MaterializedViewSpec.class).indexes())
        .containsExactly(
            new IndexSpec(
                "i",
                true,
                List.of(),
                List.of(
                    new IndexKey(
                        null, "lower(a)", SortOrder.DESC, NullsOrder.LAST, "text_ops", "C"),
                    new IndexKey("b", null, null, null, null, null)),
                List.of("c"),
                "b > 0",
                IndexMethod.BTREE,
                true,
                Map.of("fillfactor", "90")));
  }

  @Test
  @DisplayName("grants and storage, whose parameters have an order that no restart changes")
  void grantsAndStorage() {
    var view =
        Objects.view(
            "spec: {grants: [{role: PUBLIC, privileges: [SELECT, MAINTAIN]}]}",
            "spec: {storage: {parameters: {e: '1', d: '2', a: '3', c: '4', b: '5'}}}");
    var spec = specOf(view, MaterializedViewSpec.class);
    assertThat(spec.grants())
        .containsExactly(
            new GrantSpec("PUBLIC", List.of(Privilege.SELECT, Privilege.MAINTAIN), false));
    StorageSpec storage = requireNonNull(spec.storage());
    assertThat(storage.tablespace()).isNull();
    assertThat(storage.parameters().toString()).isEqualTo("{a=3, b=5, c=4, d=2, e=1}");
  }

  @Test
  @DisplayName("a view that is only refreshed")
  void refreshOnly() {
    var view = Objects.view("spec: {sql: null, managementPolicy: RefreshOnly}");
    var spec = specOf(view, MaterializedViewSpec.class);
    assertThat(spec.managementPolicy()).isEqualTo(ManagementPolicy.RefreshOnly);
    assertThat(spec.sql()).isNull();
  }

  @Test
  @DisplayName("a connection of a Secret")
  void connection() {
    assertThat(specOf(Objects.connection(), PostgresConnectionSpec.class))
        .isEqualTo(
            new PostgresConnectionSpec(
                new SecretRef("pg-app", KEYS),
                null,
                null,
                null,
                new TlsSpec(TlsMode.VERIFY_FULL, null, null),
                2,
                "10s",
                null,
                null,
                null,
                false,
                null,
                "matview_operator"));
  }

  @Test
  @DisplayName("a run on request")
  void run() {
    assertThat(specOf(Objects.run(), MaterializedViewRefreshSpec.class))
        .isEqualTo(
            new MaterializedViewRefreshSpec(
                new MaterializedViewRef("daily-totals"), null, RefreshCascade.None, "24h"));
  }

  @Test
  @DisplayName("TLS with an authority")
  void authority() {
    var connection = Objects.connection("spec: {tls: {caSecretRef: {name: pg-ca}}}");
    assertThat(specOf(connection, PostgresConnectionSpec.class).tls())
        .isEqualTo(new TlsSpec(TlsMode.VERIFY_FULL, new CaSecretRef("pg-ca", "ca.crt"), null));
  }

  @Test
  @DisplayName("TLS with a certificate of one's own")
  void clientCertificate() {
    var connection = Objects.connection("spec: {tls: {clientCertSecretRef: {name: me}}}");
    assertThat(specOf(connection, PostgresConnectionSpec.class).tls().clientCertSecretRef())
        .isEqualTo(new ClientCertSecretRef("me", "tls.crt", "tls.key"));
  }

  private static <T> T specOf(GenericKubernetesResource object, Class<T> type) {
    return TestApiServer.client()
        .getKubernetesSerialization()
        .convertValue(Objects.tryCreate(object).get("spec"), type);
  }
}
