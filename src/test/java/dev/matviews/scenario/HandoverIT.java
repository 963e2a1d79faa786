package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.OperatorProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@EnabledIfSystemProperty(named = "handovers.kills", matches = "[1-9][0-9]*")
@DisplayName("When the leader goes,")
class HandoverIT {

  private static final int STOPS = Integer.getInteger("handovers.stops", 25);
  private static final int KILLS = Integer.getInteger("handovers.kills", 25);
  private static final int VIEWS = 5;
  private static final Duration AFTER_STOP = Duration.ofSeconds(5);
  private static final Duration AFTER_KILL = Duration.ofSeconds(20);

  private Stage stage;
  private Tenant tenant;
  private final OperatorProcess[] replicas = new OperatorProcess[2];
  private int leader;
  private final Random random = seeded();

  @SuppressWarnings("NullAway.Init") // set before each test
  HandoverIT() {}

  private static Random seeded() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    return new Random(seed);
  }

  @BeforeEach
  void twoReplicas(Stage shared, Tenant moved) {
    stage = shared;
    tenant = moved;
    tenant.sql("ALTER DATABASE \"%s\" SET log_statement = 'all'".formatted(tenant.role()));
    stage.operator().close();
    start(0);
    IntStream.range(0, VIEWS)
        .forEach(
            i -> tenant.view("v" + i, "SELECT 1 AS a", "refresh: {interval: 10s, mode: Standard}"));
    IntStream.range(0, VIEWS).forEach(i -> tenant.awaitReady("v" + i));
    start(1);
  }

  @AfterEach
  void oneReplica() {
    for (OperatorProcess replica : replicas) {
      replica.close();
    }
    stage.startOperatorAgain();
  }

  @Test
  @DisplayName("stopped or killed, the other one works soon, and no slot is refreshed twice")
  void takesOver() {
    List<Duration> stops = new ArrayList<>();
    List<Duration> kills = new ArrayList<>();
    for (int i = 0; i < Math.max(STOPS, KILLS); i++) {
      if (i < STOPS) {
        stops.add(handOver(OperatorProcess::terminate));
      }
      if (i < KILLS) {
        kills.add(handOver(OperatorProcess::kill));
      }
    }
    System.out.println(new Times("SIGTERM to the other's first reconcile", stops));
    System.out.println(new Times("SIGKILL to the other's first reconcile", kills));
    assertThat(stops).hasSize(STOPS).allSatisfy(time -> assertThat(time).isLessThan(AFTER_STOP));
    assertThat(kills).hasSize(KILLS).allSatisfy(time -> assertThat(time).isLessThan(AFTER_KILL));
    awaitNextSlot();
    assertThat(CommittedRefreshes.of(stage, tenant).byViewAndRun())
        .hasSizeGreaterThan(VIEWS)
        .allSatisfy((run, times) -> assertThat(times).as(run).isOne());
  }

  /** The one that goes comes back as the follower, as its Pod would. */
  private Duration handOver(Consumer<OperatorProcess> end) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(4000)));
    int other = 1 - leader;
    assertThat(Reconciles.of(replicas[other])).as("the follower's").isZero();
    Instant before = Instant.now();
    end.accept(replicas[leader]);
    Awaitility.await("the other's first reconcile")
        .atMost(AFTER_KILL.plusSeconds(10))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> Reconciles.of(replicas[other]) > 0);
    Duration time = Duration.between(before, Instant.now());
    assertThat(replicas[leader].exitStatus(Duration.ofSeconds(25))).isPresent();
    start(leader);
    leader = other;
    return time;
  }

  private void start(int which) {
    replicas[which] = stage.startReplica("matview-operator-" + which);
  }

  private void awaitNextSlot() {
    String settled = "SELECT count(*) FROM matview_operator.views WHERE settled_until >= '%s'";
    tenant.awaitValue(
        settled.formatted(Instant.now()), Duration.ofSeconds(30), String.valueOf(VIEWS));
  }
}
