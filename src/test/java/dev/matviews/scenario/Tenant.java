package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.playground.Catalogue;
import dev.matviews.playground.TcpProxy;
import dev.matviews.playground.TestCertificates;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A namespace and a database of its own, with a connection named {@code db} whose role owns the
 * schemas app and matview_operator, and what a user does there.
 */
final class Tenant implements AutoCloseable {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** Those that have not moved out. */
  private static final Set<String> NAMES = ConcurrentHashMap.newKeySet();

  static final String PASSWORD = "geheim-5d1f";

  /** How many refreshes its database works on at this moment. */
  static final String REFRESHING =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
          + " AND state = 'active' AND query LIKE 'REFRESH%'";

  /** Under this lock no look at a view gets further than to its record. */
  static final String LOCK_OF_LOOKS = "LOCK TABLE matview_operator.views IN ACCESS EXCLUSIVE MODE";

  /** How many sessions wait for a lock in this database. */
  static final String LOCK_WAITS =
      "SELECT count(*) FROM pg_locks WHERE NOT granted AND database ="
          + " (SELECT oid FROM pg_database WHERE datname = current_database())";

  private final Stage stage;
  private final String name;

  private Tenant(Stage stage, String name) {
    this.stage = stage;
    this.name = name;
  }

  static Tenant moveIn(Stage stage) {
    Tenant tenant = new Tenant(stage, "tenant-" + NUMBER.incrementAndGet());
    NAMES.add(tenant.name);
    stage.postgres().createDatabase(tenant.name);
    stage.postgres().createRole(tenant.name, PASSWORD);
    tenant.sql(
        "CREATE SCHEMA app AUTHORIZATION \"%s\"".formatted(tenant.name),
        "CREATE SCHEMA matview_operator AUTHORIZATION \"%s\"".formatted(tenant.name));
    tenant
        .client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(tenant.name).endMetadata().build())
        .create();
    tenant.secret("db", PASSWORD);
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: db}
        spec:
          secretRef: {name: db}
          tls: {mode: disable}
        """);
    return tenant;
  }

  static Set<String> names() {
    return Set.copyOf(NAMES);
  }

  String namespace() {
    return name;
  }

  /** Also the name of its database and of its role. */
  String role() {
    return name;
  }

  void secret(String secretName, String password) {
    client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(secretName)
                .withNamespace(name)
                .endMetadata()
                .addToStringData("host", stage.postgres().host())
                .addToStringData("port", Integer.toString(stage.postgres().port()))
                .addToStringData("dbname", name)
                .addToStringData("username", name)
                .addToStringData("password", password)
                .build())
        .serverSideApply();
  }

  /** From now on its connection leads over this network, of which it is not patient. */
  void connectOver(TcpProxy network) {
    apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: db}
        spec:
          secretRef: {name: db}
          port: %d
          connectTimeout: 2s
          tls: {mode: disable}
        """
            .formatted(network.port()));
    awaitConnection("db", "TRUE/InSync", "");
  }

  KubernetesClient client() {
    return stage.controlPlane().client();
  }

  /** Any of our kinds, in this namespace. */
  void apply(String yaml) {
    for (String document : yaml.split("(?m)^---$", -1)) {
      HasMetadata object = client().getKubernetesSerialization().unmarshal(document);
      object.getMetadata().setNamespace(name);
      client().resource(object).forceConflicts().serverSideApply();
    }
  }

  /** A view over the given SQL; {@code more} is YAML of its spec, two blanks deep. */
  void view(String viewName, String sql, String more) {
    apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: %s}
        spec:
          connectionRef: {name: db}
          schema: app
          sql: |
            %s
        %s
        """
            .formatted(viewName, sql.replace("\n", "\n    "), more.indent(2)));
  }

  /** A view that exists and is only to be refreshed. */
  void registered(String viewName, String more) {
    apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: %s}
        spec:
          connectionRef: {name: db}
          schema: app
          managementPolicy: RefreshOnly
        %s
        """
            .formatted(viewName, more.indent(2)));
  }

  void delete(String viewName) {
    client().resources(MaterializedView.class).inNamespace(name).withName(viewName).delete();
  }

  /** So that the object may go without its view, as `kubectl patch` says it. */
  void retain(String viewName) {
    client()
        .resources(MaterializedView.class)
        .inNamespace(name)
        .withName(viewName)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"deletionPolicy\":\"Retain\"}}");
  }

  /** By a merge patch without a resourceVersion, as `kubectl annotate` does. */
  void annotate(String viewName, String request) {
    annotate(viewName, "refresh-requested-at", request);
  }

  void approve(String viewName, String hash) {
    annotate(viewName, "approved-change", hash);
  }

  private void annotate(String viewName, String annotation, String value) {
    client()
        .resources(MaterializedView.class)
        .inNamespace(name)
        .withName(viewName)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"matviews.dev/%s\":\"%s\"}}}"
                .formatted(annotation, value));
  }

  /** By a merge patch too, so that a status written meanwhile is no conflict. */
  void deleteStatus(String viewName) {
    client()
        .resources(MaterializedView.class)
        .inNamespace(name)
        .withName(viewName)
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":null}");
  }

  MaterializedView object(String viewName) {
    return find(viewName).orElseThrow();
  }

  Optional<MaterializedView> find(String viewName) {
    return Optional.ofNullable(
        client().resources(MaterializedView.class).inNamespace(name).withName(viewName).get());
  }

  MaterializedViewStatus status(String viewName) {
    return Objects.requireNonNull(object(viewName).getStatus());
  }

  PostgresConnection connection(String connectionName) {
    return client()
        .resources(PostgresConnection.class)
        .inNamespace(name)
        .withName(connectionName)
        .get();
  }

  /** A Secret with the authority that signed a server's certificate. */
  void authority(String secretName, TestCertificates certificates) throws IOException {
    client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(secretName)
                .withNamespace(name)
                .endMetadata()
                .addToStringData("ca.crt", Files.readString(certificates.authority()))
                .build())
        .serverSideApply();
  }

  void awaitConnection(String connectionName, String readyAndReason, String message) {
    awaitConnection(connectionName, Duration.ofSeconds(5), readyAndReason, message);
  }

  void awaitConnection(
      String connectionName, Duration limit, String readyAndReason, String message) {
    Awaitility.await(connectionName + " " + readyAndReason)
        .atMost(limit)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              PostgresConnection object = connection(connectionName);
              assertThat(object.getStatus()).isNotNull();
              Condition ready = condition(object.getStatus().conditions(), "Ready");
              if (ready == null) {
                throw new AssertionError("nobody has looked at it yet");
              }
              assertThat(ready.status() + "/" + ready.reason())
                  .as(ready.message())
                  .isEqualTo(readyAndReason);
              assertReadable(ready, message);
            });
  }

  /** Whatever keeps it from being of use. */
  void awaitBroken(String connectionName) {
    Awaitility.await(connectionName + " is not ready")
        .atMost(Duration.ofSeconds(15))
        .until(
            () ->
                Optional.ofNullable(connection(connectionName).getStatus())
                    .map(status -> condition(status.conditions(), "Ready"))
                    .filter(ready -> ready.status() != ConditionStatus.TRUE)
                    .isPresent());
  }

  static void assertReadable(Condition condition, String message) {
    assertThat(condition.message())
        .contains(message)
        .doesNotContain("Exception")
        .doesNotContain("\tat ")
        .doesNotContain(PASSWORD)
        .hasSizeLessThan(500);
  }

  static @Nullable Condition condition(List<Condition> conditions, String type) {
    return conditions.stream().filter(c -> c.type().equals(type)).findFirst().orElse(null);
  }

  static String ready(MaterializedViewStatus status) {
    Condition ready = condition(status.conditions(), "Ready");
    return ready == null ? "" : ready.status() + "/" + ready.reason();
  }

  static String message(MaterializedViewStatus status) {
    return Objects.requireNonNull(condition(status.conditions(), "Ready")).message();
  }

  /** Empty where nothing has drifted. */
  static String drifted(MaterializedViewStatus status) {
    Condition drifted = condition(status.conditions(), "Drifted");
    return drifted == null ? "" : drifted.status() + "/" + drifted.reason();
  }

  /** The status, once it fulfils the wish; the last one is shown when it never does. */
  MaterializedViewStatus await(
      String viewName, Duration limit, Predicate<MaterializedViewStatus> wish) {
    MaterializedViewStatus[] last = new MaterializedViewStatus[1];
    try {
      Awaitility.await()
          .atMost(limit)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                MaterializedView object = object(viewName);
                last[0] = object.getStatus();
                return last[0] != null
                    && Objects.equals(
                        last[0].observedGeneration(), object.getMetadata().getGeneration())
                    && wish.test(last[0]);
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("%s/%s is still %s".formatted(name, viewName, last[0]), e);
    }
    return last[0];
  }

  MaterializedViewStatus awaitReady(String viewName) {
    return await(viewName, Duration.ofSeconds(20), s -> ready(s).equals("TRUE/InSync"));
  }

  MaterializedViewStatus awaitReason(String viewName, String readyAndReason) {
    return await(viewName, Duration.ofSeconds(5), s -> ready(s).equals(readyAndReason));
  }

  /** Waits for a pass over the view that begins after now, and for a refresh with it. */
  MaterializedViewStatus awaitPass(String viewName) {
    String request = "pass-" + NUMBER.incrementAndGet();
    annotate(viewName, request);
    return await(
        viewName, Duration.ofSeconds(5), s -> request.equals(s.lastHandledRefreshRequest()));
  }

  List<Event> events(String viewName, String reason) {
    return events(viewName).stream().filter(e -> e.getReason().equals(reason)).toList();
  }

  /** Waits for the only Event of a reason: it is sent when the status is written already. */
  Event awaitEvent(String viewName, String reason) {
    return awaitEvent(viewName, reason, "");
  }

  /** The only one of those that say something. */
  Event awaitEvent(String viewName, String reason, String note) {
    return Awaitility.await(reason)
        .atMost(Duration.ofSeconds(5))
        .until(
            () ->
                events(viewName, reason).stream().filter(e -> e.getNote().contains(note)).toList(),
            found -> found.size() == 1)
        .get(0);
  }

  List<Event> events(String viewName) {
    return client().events().v1().events().inNamespace(name).list().getItems().stream()
        .filter(event -> event.getRegarding().getName().equals(viewName))
        .toList();
  }

  /** As the server's admin. */
  void sql(String... statements) {
    stage.postgres().execute(name, statements);
  }

  /** Each relation of the schema app with its OID and the last transaction that changed it. */
  String relations() {
    return Objects.requireNonNull(
        value(
            "SELECT coalesce(string_agg(c.relname || ' ' || c.oid || ' ' || c.relfilenode || ' '"
                + " || c.xmin, ', ' ORDER BY c.relname), '')"
                + " FROM pg_class c WHERE c.relnamespace = 'app'::regnamespace"));
  }

  /** Gives a relation of the schema app to the tenant's role. */
  void own(String relation) {
    sql("ALTER TABLE app.%s OWNER TO \"%s\"".formatted(relation, name));
  }

  /** One value, as text. */
  @Nullable String value(String query) {
    try (Connection connection = connect()) {
      return value(connection, query);
    } catch (SQLException e) {
      throw new IllegalStateException(query + ": " + e.getMessage(), e);
    }
  }

  private static @Nullable String value(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).as(query).isTrue();
      return rows.getString(1);
    }
  }

  /** A login takes longer than most queries, so one does for all. */
  void awaitValue(String query, Duration limit, String wanted) {
    try (Connection connection = connect()) {
      Awaitility.await(query)
          .atMost(limit)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> wanted.equals(value(connection, query)));
    } catch (SQLException e) {
      throw new IllegalStateException(query + ": " + e.getMessage(), e);
    }
  }

  /** All that the database holds of schema app, for a comparison. */
  List<String> catalogue() {
    return Catalogue.of(stage.postgres(), name);
  }

  /** A connection as the server's admin; the caller closes it. */
  Connection connect() throws SQLException {
    return stage.postgres().connect(name);
  }

  /** Its objects go, so that the operator has nothing more to do for it. */
  @Override
  public void close() {
    NAMES.remove(name);
    client().resources(MaterializedView.class).inNamespace(name).delete();
    client().resources(PostgresConnection.class).inNamespace(name).delete();
  }
}
