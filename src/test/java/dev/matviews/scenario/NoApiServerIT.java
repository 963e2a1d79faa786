package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.OperatorProcess;
import dev.matviews.playground.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("An operator that is started")
class NoApiServerIT {

  private static final int NOBODY = 1;

  /** The client of the API server gives up after some twenty seconds: make verify waits longer. */
  private static final Duration AWAY =
      Duration.ofSeconds(Boolean.getBoolean("long.waits") ? 25 : 3);

  private static final Duration START = Duration.ofSeconds(20);
  private static final String RUNS = "materializedviewrefreshes.matviews.dev";

  private Stage stage;
  private TcpProxy network;

  @SuppressWarnings("NullAway.Init") // set before each test
  NoApiServerIT() {}

  @BeforeEach
  void overANetwork(Stage shared) {
    stage = shared;
    network = TcpProxy.before(NOBODY);
  }

  @AfterEach
  void asUsual() {
    stage.startOperatorAgain();
    network.close();
  }

  @Test
  @DisplayName("before the API server waits for it, alive, and works seconds after it has come")
  void waits(Tenant tenant) {
    OperatorProcess operator = launch();
    Awaitility.await()
        .during(AWAY)
        .atMost(AWAY.plusSeconds(5))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> health(operator).equals(List.of(200, 200, 503)));

    tenant.view("v", "SELECT 1 AS a", "");
    network.leadTo(stage.controlPlane().port());
    Awaitility.await("ready")
        .atMost(Duration.ofSeconds(10))
        .until(() -> health(operator).equals(List.of(200, 200, 200)));
    tenant.awaitReady("v");
  }

  @Test
  @DisplayName("before the API server ends at once when it is told to")
  void stops() {
    OperatorProcess operator = launch();
    operator.terminate();
    assertThat(operator.exitStatus(Duration.ofSeconds(5))).hasValue(143);
  }

  @Test
  @DisplayName("before its CRDs says which one is missing, and ends")
  void missingCrd() throws IOException {
    stage.operator().close();
    stage.controlPlane().kubectl().run("delete", "crd", RUNS);
    long before = lines().size();
    network.leadTo(stage.controlPlane().port());
    try {
      stage.launchOperatorOver(network);
      assertThat(stage.operator().exitStatus(START)).hasValue(1);
    } finally {
      stage.controlPlane().kubectl().establishCrds(Path.of("crds"));
    }
    assertThat(lines().stream().skip(before))
        .anyMatch(line -> line.contains("The CRD " + RUNS + " is missing"))
        .noneMatch(line -> line.startsWith("\tat "));
  }

  private List<String> lines() throws IOException {
    Path log = stage.logOf(Stage.OVER_A_NETWORK);
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }

  private OperatorProcess launch() {
    stage.launchOperatorOver(network);
    OperatorProcess operator = stage.operator();
    Awaitility.await().atMost(START).until(() -> operator.status("/q/health/live") == 200);
    return operator;
  }

  private static List<Integer> health(OperatorProcess operator) {
    return List.of(
        operator.status("/q/health/live"),
        operator.status("/q/health/started"),
        operator.status("/q/health/ready"));
  }
}
