package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.Faults;
import dev.matviews.playground.TcpProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith({Stage.Extension.class, OverANetwork.class})
@EnabledIfSystemProperty(named = "interleavings", matches = "[1-9][0-9]*")
@DisplayName("An edit that comes while the operator writes the status")
class InterleavingIT {

  private static final int TRIALS = Integer.getInteger("interleavings", 30);
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** A request makes a run, and that a status; two edits come about when it is written. */
  @ParameterizedTest(name = "over a network that takes {0} ms each way")
  @ValueSource(ints = {0, 20})
  @DisplayName("is always seen, whichever comes first")
  void alwaysSeen(int latency, Tenant tenant, TcpProxy network) {
    tenant.view("v", "SELECT 1 AS a", "");
    tenant.awaitReady("v");
    network.set(Faults.NONE.withLatency(Duration.ofMillis(latency)));
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    int spread = latency == 0 ? 25 : 100;
    List<Duration> seen = new ArrayList<>();
    for (int trial = 1; trial <= TRIALS; trial++) {
      tenant.annotate("v", "run-" + trial);
      pause(random, spread);
      edit(tenant, 1000 + 2 * trial);
      pause(random, spread);
      edit(tenant, 1001 + 2 * trial);
      Instant edited = Instant.now();
      String request = "run-" + trial;
      tenant.await("v", LIMIT, s -> request.equals(s.lastHandledRefreshRequest()));
      seen.add(Duration.between(edited, Instant.now()));
    }
    System.out.println(new Times("seen after the last edit", seen));
    assertThat(seen).hasSize(TRIALS);
  }

  private static void edit(Tenant tenant, int timeout) {
    tenant.view("v", "SELECT 1 AS a", "refresh: {timeout: %ds}".formatted(timeout));
  }

  private static void pause(Random random, int most) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(most)));
  }
}
