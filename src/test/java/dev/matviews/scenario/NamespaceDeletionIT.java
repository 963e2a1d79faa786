package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.ControllerManager;
import dev.matviews.playground.Faults;
import dev.matviews.playground.Progress;
import dev.matviews.playground.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With the namespace controller of Kubernetes, which takes Secrets before custom resources. */
@ExtendWith(Stage.Extension.class)
@EnabledIfSystemProperty(named = "controller.manager", matches = "true")
@DisplayName("A namespace of twenty views that is deleted")
class NamespaceDeletionIT {

  private static final List<String> VIEWS =
      IntStream.range(0, 20).mapToObj("view-%d"::formatted).toList();
  private static final Duration GONE = Duration.ofSeconds(60);
  private static final String STANDING =
      "SELECT count(*) FROM pg_matviews WHERE schemaname = 'app'";

  /** What the operator finds when it looks for the database. */
  private enum Database {
    UP,
    /** Connections are refused. */
    DOWN,
    /** Connections are taken, and nothing answers; those that were open fall silent. */
    BLACK_HOLE
  }

  private Tenant tenant;
  private TcpProxy network;
  private ControllerManager controllers;

  @SuppressWarnings("NullAway.Init") // set before each test
  NamespaceDeletionIT() {}

  @BeforeEach
  void start(Stage stage, Tenant moved) {
    tenant = moved;
    network = TcpProxy.before(stage.postgres().port());
    controllers = stage.controlPlane().startControllerManager(new Progress(System.out));
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: PostgresConnection
        metadata: {name: db}
        spec: {secretRef: {name: db}, port: %d, tls: {mode: disable}}
        """
            .formatted(network.port()));
  }

  @AfterEach
  void end() {
    controllers.close();
    network.close();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("is gone soon under Retain, and its views stay, with the database")
  void retain(Database database) {
    views("Retain");
    turn(database);
    deleteNamespace();
    awaitGone(GONE);
    assertThat(tenant.value(STANDING)).isEqualTo("20");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(names = "UP")
  @DisplayName("is gone soon under Delete, and its views too, with the database")
  void delete(Database database) {
    views("Delete");
    turn(database);
    deleteNamespace();
    awaitGone(GONE);
    assertThat(tenant.value(STANDING)).isEqualTo("0");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(names = "UP", mode = EnumSource.Mode.EXCLUDE)
  @DisplayName("says under Delete why it waits, and Retain ends that, with the database")
  void heldUp(Database database) {
    views("Delete");
    turn(database);
    deleteNamespace();
    for (String view : VIEWS) {
      tenant.await(view, GONE, s -> Tenant.ready(s).equals("FALSE/DatabaseUnavailable"));
      assertThat(Tenant.message(tenant.status(view))).contains("Retain");
    }
    VIEWS.forEach(tenant::retain);
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> VIEWS.stream().allMatch(view -> tenant.find(view).isEmpty()));
    awaitGone(GONE);
    assertThat(tenant.value(STANDING)).isEqualTo("20");
  }

  private void views(String policy) {
    VIEWS.forEach(view -> tenant.view(view, "SELECT 1 AS a", "deletionPolicy: " + policy));
    VIEWS.forEach(tenant::awaitReady);
  }

  private void turn(Database database) {
    switch (database) {
      case UP -> {}
      case DOWN -> network.close();
      case BLACK_HOLE -> {
        network.set(Faults.NONE.withSilence());
        network.freeze();
      }
    }
  }

  private void deleteNamespace() {
    tenant.client().namespaces().withName(tenant.namespace()).delete();
  }

  private void awaitGone(Duration limit) {
    Awaitility.await(tenant.namespace() + " is gone")
        .atMost(limit)
        .until(() -> tenant.client().namespaces().withName(tenant.namespace()).get() == null);
  }
}
