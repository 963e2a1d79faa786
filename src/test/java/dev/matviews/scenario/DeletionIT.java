package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.metrics.Metric;
import dev.matviews.playground.Faults;
import dev.matviews.playground.PostgresServer;
import dev.matviews.playground.TcpProxy;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("When an object is deleted")
class DeletionIT {

  private static final String SQL =
      "SELECT g AS id, g * g AS square FROM generate_series(1, 100) g";
  private static final String INDEX =
      "indexes: [{name: squares_key, unique: true, columns: [id]}]\n";
  private static final String DELETE = "deletionPolicy: Delete\n";
  private static final String FINALIZER = "matviews.dev/drop-view";
  private static final Duration SOON = Duration.ofSeconds(5);

  /** As the stage sets it between the tries of a deletion; a minute for users. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private Tenant tenant;

  @BeforeEach
  void neighbour(Tenant moved) {
    tenant = moved;
    tenant.view("neighbour", SQL, "");
    tenant.view("squares", SQL, INDEX + DELETE);
    tenant.awaitReady("neighbour");
    tenant.awaitReady("squares");
  }

  @Test
  @DisplayName("under Retain it goes at once, and view, record and runs stay")
  void retain() {
    assertThat(tenant.object("neighbour").getFinalizers()).isEmpty();
    tenant.delete("neighbour");
    awaitGone("neighbour", Duration.ofSeconds(2));
    assertThat(tenant.value("SELECT count(*) FROM app.neighbour")).isEqualTo("100");
    assertThat(records("neighbour")).isEqualTo("1 1");
  }

  @Test
  @DisplayName("under Delete the view goes with its indexes, its record and its runs, and no other")
  void delete() {
    assertThat(tenant.object("squares").getFinalizers()).containsExactly(FINALIZER);
    tenant.delete("squares");
    awaitGone("squares", SOON);
    assertDropped("squares");
    assertThat(tenant.value("SELECT to_regclass('app.squares_key') IS NULL")).isEqualTo("t");
    assertThat(tenant.value("SELECT count(*) FROM app.neighbour")).isEqualTo("100");
    assertThat(records("neighbour")).isEqualTo("1 1");
  }

  @Test
  @DisplayName("under Delete a view that was taken over goes as well")
  void takenOver() {
    tenant.delete("neighbour");
    awaitGone("neighbour", SOON);
    tenant.view("neighbour", SQL, DELETE);
    tenant.awaitReady("neighbour");
    tenant.delete("neighbour");
    awaitGone("neighbour", SOON);
    assertDropped("neighbour");
  }

  @Test
  @DisplayName("what others have built on the view holds it up, with a list, until that is gone")
  void dependents(Stage stage) {
    tenant.sql(
        "CREATE VIEW app.on_top AS SELECT * FROM app.squares",
        "CREATE MATERIALIZED VIEW app.stored AS SELECT id FROM app.squares");
    tenant.delete("squares");
    Condition stalled = awaitHeldUp("DependentsExist");
    assertThat(stalled.message())
        .contains("materialized view app.stored", "view app.on_top", "2 objects", "Retain");
    assertThat(tenant.value("SELECT count(*) FROM app.squares")).isEqualTo("100");
    Awaitility.await("it is counted as it is")
        .atMost(SOON)
        .until(
            () -> count(stage, Metric.ViewsStalled) == 1 && count(stage, Metric.ViewsReady) == 1);
    tenant.sql("DROP MATERIALIZED VIEW app.stored");
    tenant.await("squares", SOON, s -> stalled(s).message().contains("view app.on_top stands"));
    assertThat(eventsOf("DependentsExist")).as("one for the cause, not for each try").isOne();
    tenant.sql("DROP VIEW app.on_top");
    awaitGone("squares", SOON);
    assertDropped("squares");
  }

  private double count(Stage stage, Metric metric) {
    return Scrape.of(stage.operator())
        .value(metric.exported(), "namespace", tenant.namespace(), "connection", "db")
        .orElse(Double.NaN);
  }

  @Test
  @ExpectLog("squares: the API server answered HTTP 422; tried again")
  @DisplayName("an object that a policy keeps goes when the policy does")
  void keptByAPolicy() {
    try (Denial denial = new Denial(tenant, "materializedviews")) {
      denial.begin();
      Awaitility.await("the policy is in force").atMost(SOON).until(() -> isRefused("neighbour"));
      tenant.delete("squares");
      tenant.awaitValue("SELECT to_regclass('app.squares') IS NULL", SOON, "t");
      assertThat(tenant.find("squares")).isPresent();
    }
    awaitGone("squares", Duration.ofSeconds(20));
  }

  private boolean isRefused(String view) {
    try {
      tenant.annotate(view, "whether it is refused");
      return false;
    } catch (KubernetesClientException e) {
      return e.getCode() == 422;
    }
  }

  @Test
  @DisplayName("a chain of views goes from the top, whichever was deleted first")
  void chain() {
    tenant.view("second", "SELECT id FROM squares", DELETE);
    tenant.awaitReady("second");
    tenant.view("third", "SELECT id FROM second", DELETE);
    tenant.awaitReady("third");
    for (String name : List.of("squares", "second", "third")) {
      tenant.delete(name);
    }
    for (String name : List.of("third", "second", "squares")) {
      awaitGone(name, Duration.ofSeconds(10));
      assertDropped(name);
    }
  }

  @Test
  @DisplayName("many go one after the other, each on a connection of its own")
  void oneAfterTheOther() {
    List<String> views = IntStream.rangeClosed(1, 6).mapToObj(i -> "v" + i).toList();
    views.forEach(view -> tenant.view(view, SQL, DELETE));
    views.forEach(tenant::awaitReady);
    String marked = tenant.value("SELECT clock_timestamp()");
    // At most one to drop, and one that sees whether the login still works.
    String connections =
        "SELECT count(*) <= 2 FROM pg_stat_activity WHERE datname = current_database()"
            + " AND application_name = 'matview-operator' AND backend_start > '%s'"
                .formatted(marked);
    String reading = "SELECT FROM app." + String.join(", app.", views) + " LIMIT 1";
    HeldLocks reader = HeldLocks.none().and(tenant, reading);
    try {
      views.forEach(tenant::delete);
      tenant.awaitValue(
          "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()"
              + " AND wait_event_type = 'Lock' AND query LIKE 'DROP%'",
          SOON, "t");
      Awaitility.await()
          .pollInterval(Duration.ofMillis(20))
          .during(Duration.ofSeconds(1))
          .atMost(Duration.ofSeconds(2))
          .until(() -> "t".equals(tenant.value(connections)));
    } finally {
      reader.close();
    }
    views.forEach(view -> awaitGone(view, Duration.ofSeconds(15)));
    views.forEach(this::assertDropped);
  }

  @Test
  @DisplayName("Secret and connection may go first, as when a namespace is deleted")
  void secretFirst() {
    deleteSecret();
    awaitConnectionReason("SecretNotFound");
    tenant.delete("squares");
    awaitGone("squares", SOON);
    assertDropped("squares");
    tenant.view("more", SQL, DELETE);
    tenant.secret("db", Tenant.PASSWORD);
    tenant.awaitReady("more");
    deleteSecret();
    awaitConnectionReason("SecretNotFound");
    tenant.client().resources(PostgresConnection.class).inNamespace(tenant.namespace()).delete();
    tenant.awaitReason("more", "FALSE/ConnectionNotFound");
    tenant.delete("more");
    awaitGone("more", SOON);
    assertDropped("more");
  }

  @Test
  @DisplayName(
      "and the Secret is gone since before a restart, either it comes back or Retain helps")
  void nothingKnown(Stage stage) {
    tenant.view("kept", SQL, DELETE);
    tenant.awaitReady("kept");
    stage.operator().kill();
    deleteSecret();
    tenant.delete("squares");
    tenant.delete("kept");
    stage.startOperatorAgain();
    tenant.await("kept", Duration.ofSeconds(20), s -> ready(s).equals("FALSE/SecretNotFound"));
    assertThat(awaitHeldUp("SecretNotFound").message()).contains("Secret db", "Retain");
    tenant.retain("kept");
    awaitGone("kept", Duration.ofSeconds(10));
    assertThat(tenant.value("SELECT count(*) FROM app.kept")).isEqualTo("100");
    tenant.secret("db", Tenant.PASSWORD);
    awaitGone("squares", Duration.ofSeconds(10));
    assertDropped("squares");
  }

  @Test
  @DisplayName("while the operator is down, its view goes after the start")
  void operatorDown(Stage stage) {
    stage.operator().kill();
    tenant.delete("squares");
    assertThat(tenant.object("squares").isMarkedForDeletion()).isTrue();
    stage.startOperatorAgain();
    awaitGone("squares", Duration.ofSeconds(20));
    assertDropped("squares");
  }

  @Test
  @DisplayName("and the database is away, that is said, and Retain lets it go all the same")
  void databaseAway(Stage stage) {
    away(stage, true);
    tenant.delete("squares");
    assertThat(awaitHeldUp("DatabaseUnavailable").message()).contains("Retain");
    tenant.retain("squares");
    awaitGone("squares", Duration.ofSeconds(10));
    away(stage, false);
    assertThat(tenant.value("SELECT count(*) FROM app.squares")).isEqualTo("100");
  }

  @Test
  @DisplayName("and nothing leads to a database that has gone silent, one login at a time tries it")
  void silentForGood(Stage stage) {
    try (TcpProxy network = TcpProxy.before(stage.postgres().port())) {
      List<String> doomed = IntStream.range(0, 10).mapToObj("doomed-%d"::formatted).toList();
      tenant.connectOver(network);
      doomed.forEach(view -> tenant.view(view, "SELECT 1 AS a", DELETE));
      doomed.forEach(tenant::awaitReady);
      deleteSecret();
      awaitConnectionReason("SecretNotFound");
      network.set(Faults.NONE.withSilence());
      network.freeze();
      int before = network.accepted();
      doomed.forEach(tenant::delete);
      doomed.forEach(
          view ->
              tenant.await(
                  view, Duration.ofSeconds(10), s -> ready(s).equals("FALSE/DatabaseUnavailable")));
      assertThat(network.accepted() - before).isBetween(1, 3);
      network.set(Faults.NONE);
      doomed.forEach(view -> awaitGone(view, Duration.ofSeconds(10)));
      doomed.forEach(this::assertDropped);
    }
  }

  @Test
  @DisplayName("and the database comes back, the view goes")
  void databaseComesBack(Stage stage) {
    away(stage, true);
    tenant.delete("squares");
    awaitHeldUp("DatabaseUnavailable");
    away(stage, false);
    awaitGone("squares", Duration.ofSeconds(10));
    assertDropped("squares");
  }

  @Test
  @DisplayName("it may be suspended, broken or never made: it ends")
  void everyState() {
    tenant.view("squares", SQL, INDEX + DELETE + "suspend: true");
    tenant.view("broken", "SELECT 1 AS a", DELETE);
    tenant.awaitReady("broken");
    tenant.view("broken", "SELEC 1", DELETE);
    tenant.view("invalid", SQL, DELETE + "refresh: {schedule: nonsense}");
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: nowhere}
        spec: {connectionRef: {name: nobody}, sql: SELECT 1 AS a, deletionPolicy: Delete}
        """);
    tenant.awaitReason("broken", "FALSE/InvalidSQL");
    tenant.awaitReason("invalid", "FALSE/InvalidSchedule");
    tenant.awaitReason("nowhere", "FALSE/ConnectionNotFound");
    for (String name : List.of("squares", "broken", "invalid")) {
      tenant.delete(name);
      awaitGone(name, SOON);
      assertDropped(name);
    }
    tenant.delete("nowhere");
    tenant.await("nowhere", SOON, s -> !stalled(s).message().isEmpty());
    tenant.retain("nowhere");
    awaitGone("nowhere", SOON);
  }

  @Test
  @DisplayName("the finalizer follows the policy, whoever has put it on")
  void finalizer() {
    tenant.retain("squares");
    awaitFinalizers("squares");
    tenant.view("neighbour", SQL, DELETE);
    awaitFinalizers("neighbour", FINALIZER);
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: restored, finalizers: [example.com/theirs, %s]}
        spec: {connectionRef: {name: db}, schema: app, sql: SELECT 1 AS a}
        """
            .formatted(FINALIZER));
    awaitFinalizers("restored", "example.com/theirs");
    tenant.view("restored", "SELECT 1 AS a", "");
    awaitFinalizers("restored");
  }

  @Test
  @DisplayName("a long refresh of its view is cut off, and no session is left")
  void longRefresh() {
    tenant.view("long", "SELECT 1 AS a, pg_sleep(300)::text AS s", DELETE);
    tenant.awaitValue(Tenant.REFRESHING, SOON, "1");
    tenant.delete("long");
    awaitGone("long", Duration.ofSeconds(15));
    assertDropped("long");
    assertThat(tenant.value(Tenant.REFRESHING)).isEqualTo("0");
  }

  @Test
  @DisplayName("and made again at once under the same name, the new one is not hurt")
  void madeAgainAtOnce() {
    for (int i = 0; i < 10; i++) {
      String uid = tenant.object("squares").getMetadata().getUid();
      tenant.delete("squares");
      awaitGone("squares", SOON);
      tenant.view("squares", SQL, INDEX + DELETE);
      assertThat(tenant.object("squares").getMetadata().getUid()).isNotEqualTo(uid);
      tenant.awaitReady("squares");
      String oid = tenant.value("SELECT 'app.squares'::regclass::oid");
      MaterializedViewStatus fresh = tenant.status("squares");
      assertThat(fresh.lastHandledRefreshRequest()).as("of the first").isNull();
      assertThat(fresh.history()).as("of the first").hasSize(1);
      tenant.annotate("squares", "again-" + i);
      String request = "again-" + i;
      tenant.await("squares", SOON, s -> request.equals(s.lastHandledRefreshRequest()));
      assertThat(tenant.value("SELECT 'app.squares'::regclass::oid")).isEqualTo(oid);
      assertThat(records("squares")).isEqualTo("1 2");
    }
  }

  @Test
  @DisplayName("and made again while the deletion of the first was to be tried later, it stays")
  void madeAgainBeforeALateTry(Stage stage) {
    away(stage, true);
    tenant.delete("squares");
    awaitHeldUp("DatabaseUnavailable");
    tenant.retain("squares");
    awaitGone("squares", SOON);
    tenant.view("squares", SQL, INDEX + DELETE);
    away(stage, false);
    tenant.awaitReady("squares");
    String oid = tenant.value("SELECT 'app.squares'::regclass::oid");

    Instant last = Instant.now().plus(LONGEST_PAUSE.multipliedBy(2));
    Awaitility.await().atMost(SOON).until(() -> Instant.now().isAfter(last));
    tenant.annotate("squares", "afterwards");
    tenant.await("squares", SOON, s -> "afterwards".equals(s.lastHandledRefreshRequest()));
    assertThat(tenant.value("SELECT 'app.squares'::regclass::oid")).isEqualTo(oid);
  }

  private void away(Stage stage, boolean away) {
    stage
        .postgres()
        .execute(
            PostgresServer.ADMIN,
            "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS %s".formatted(tenant.role(), !away),
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'"
                .formatted(tenant.role()));
  }

  private void deleteSecret() {
    tenant.client().secrets().inNamespace(tenant.namespace()).withName("db").delete();
  }

  private void awaitConnectionReason(String reason) {
    Awaitility.await(reason)
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                Objects.requireNonNull(
                        Tenant.condition(tenant.connection("db").getStatus().conditions(), "Ready"))
                    .reason()
                    .equals(reason));
  }

  private Condition awaitHeldUp(String reason) {
    MaterializedViewStatus status =
        tenant.await("squares", Duration.ofSeconds(10), s -> ready(s).equals("FALSE/" + reason));
    Awaitility.await().atMost(SOON).until(() -> eventsOf(reason) > 0);
    assertThat(Tenant.condition(status.conditions(), "Reconciling")).isNull();
    assertThat(stalled(status).reason()).isEqualTo(reason);
    return stalled(status);
  }

  private long eventsOf(String reason) {
    return tenant.events("squares").stream()
        .filter(e -> e.getReason().equals(reason) && e.getType().equals("Warning"))
        .count();
  }

  private static String ready(MaterializedViewStatus status) {
    return Tenant.ready(status);
  }

  private static Condition stalled(MaterializedViewStatus status) {
    return Objects.requireNonNull(Tenant.condition(status.conditions(), "Stalled"));
  }

  private void awaitFinalizers(String name, String... finalizers) {
    Awaitility.await(name)
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(tenant.object(name).getFinalizers()).containsExactly(finalizers));
  }

  private void awaitGone(String name, Duration limit) {
    Awaitility.await(name + " is gone")
        .atMost(limit)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                tenant
                        .client()
                        .resources(MaterializedView.class)
                        .inNamespace(tenant.namespace())
                        .withName(name)
                        .get()
                    == null);
  }

  private void assertDropped(String view) {
    assertThat(tenant.value("SELECT to_regclass('app.%s') IS NULL".formatted(view))).isEqualTo("t");
    assertThat(records(view)).isEqualTo("0 0");
  }

  /** How many records and runs of the view there are. */
  private String records(String view) {
    return Objects.requireNonNull(
        tenant.value(
            "SELECT (SELECT count(*) FROM matview_operator.views WHERE view_name = '%1$s')"
                    .formatted(view)
                + " || ' ' || (SELECT count(*) FROM matview_operator.runs WHERE view_name = '%1$s')"
                    .formatted(view)));
  }
}
