package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.CaSecretRef;
import dev.matviews.api.v1alpha1.ConnectionRef;
import dev.matviews.api.v1alpha1.IndexSpec;
import dev.matviews.api.v1alpha1.InitialPopulation;
import dev.matviews.api.v1alpha1.MaterializedViewSpec;
import dev.matviews.api.v1alpha1.PostgresConnectionSpec;
import dev.matviews.api.v1alpha1.RefreshMode;
import dev.matviews.api.v1alpha1.RefreshSpec;
import dev.matviews.api.v1alpha1.SecretKeys;
import dev.matviews.api.v1alpha1.SecretRef;
import dev.matviews.api.v1alpha1.TlsMode;
import dev.matviews.api.v1alpha1.TlsSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the API server fills in, as the operator's own classes read it. */
class DefaultsTest {

  private static final RefreshSpec REFRESH =
      new RefreshSpec(
          RefreshMode.Auto, null, null, null, null, InitialPopulation.Immediate, "1h", "100ms");

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
                "select 1 as one",
                List.of(),
                "UTC",
                List.of(),
                REFRESH,
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
                InitialPopulation.Immediate,
                "1h",
                "100ms"));
  }

  @Test
  @DisplayName("an index")
  void index() {
    var view = Objects.view("spec: {indexes: [{name: i, columns: [b, a]}]}");
    assertThat(specOf(view, MaterializedViewSpec.class).indexes())
        .containsExactly(new IndexSpec("i", false, List.of("b", "a")));
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
                new TlsSpec(TlsMode.VERIFY_FULL, null),
                2,
                "10s",
                "matview_operator"));
  }

  @Test
  @DisplayName("TLS with an authority")
  void authority() {
    var connection = Objects.connection("spec: {tls: {caSecretRef: {name: pg-ca}}}");
    assertThat(specOf(connection, PostgresConnectionSpec.class).tls())
        .isEqualTo(new TlsSpec(TlsMode.VERIFY_FULL, new CaSecretRef("pg-ca", "ca.crt")));
  }

  private static <T> T specOf(GenericKubernetesResource object, Class<T> type) {
    return TestApiServer.client()
        .getKubernetesSerialization()
        .convertValue(Objects.tryCreate(object).get("spec"), type);
  }
}
