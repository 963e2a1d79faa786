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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({Stage.Extension.class, OverANetwork.class})
@EnabledIfSystemProperty(named = "watch.breaks", matches = "[1-9][0-9]*")
@DisplayName("When the watch of the API server breaks")
class WatchIT {

  private static final int TIMES = Integer.getInteger("watch.breaks", 6);
  private static final int NOBODY = 1;
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private enum Break {
    /** All connections are reset, and may be made again. */
    Cut,
    /** And nobody is there for a while. */
    Away,
    /** Nothing passes for a while. */
    Stalled
  }

  @Test
  @DisplayName("again and again, each edit made meanwhile is seen soon after it is whole again")
  void eachEditIsSeen(Stage stage, Tenant tenant, TcpProxy network) {
    tenant.view("v", "SELECT 0 AS a", "");
    tenant.awaitReady("v");
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<Duration> seen = new ArrayList<>();
    for (int i = 1; i <= TIMES; i++) {
      Break how = Break.values()[i % Break.values().length];
      // Never so long that the lease would be lost.
      int millis = random.nextInt(100, 4000);
      begin(network, how, millis);
      pause(random.nextInt(millis));
      tenant.view("v", "SELECT %d AS a".formatted(i), "");
      pause(random.nextInt(millis));
      Instant whole = end(network, how, stage.controlPlane().port());
      tenant.await("v", LIMIT, s -> Tenant.ready(s).equals("TRUE/InSync"));
      seen.add(Duration.between(whole, Instant.now()));
      assertThat(tenant.value("SELECT a FROM app.v")).isEqualTo(String.valueOf(i));
    }
    System.out.println(new Times("live after the watch was whole again", seen));
    assertThat(seen).hasSize(TIMES);
    assertThat(network.accepted()).as("it came back each time").isGreaterThan(TIMES / 2);
  }

  private static void begin(TcpProxy network, Break how, int millis) {
    switch (how) {
      case Cut -> network.cut();
      case Away -> {
        network.leadTo(NOBODY);
        network.cut();
      }
      case Stalled -> network.set(Faults.NONE.withLatency(Duration.ofMillis(millis)));
    }
  }

  private static Instant end(TcpProxy network, Break how, int port) {
    switch (how) {
      case Cut -> network.cut();
      case Away -> network.leadTo(port);
      case Stalled -> network.set(Faults.NONE);
    }
    return Instant.now();
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
