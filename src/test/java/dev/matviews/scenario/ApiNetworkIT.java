package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.Faults;
import dev.matviews.playground.TcpProxy;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({Stage.Extension.class, OverANetwork.class})
@DisplayName("Over a network to the API server that is slow and breaks again and again")
class ApiNetworkIT {

  private static final int SECONDS = Integer.getInteger("network.seconds", 8);
  private static final int VIEWS = 8;

  @Test
  @DisplayName("all that is wanted comes about, each refresh once, each Event once")
  void converges(Stage stage, Tenant tenant, TcpProxy network) {
    tenant.sql("ALTER DATABASE \"%s\" SET log_statement = 'all'".formatted(tenant.role()));
    views().forEach(view -> tenant.view(view, sql(0), "refresh: {interval: 10s}"));
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    network.set(Faults.NONE.withLatency(Duration.ofMillis(20)));
    for (int round = 1; round <= SECONDS; round++) {
      int edit = round;
      views().forEach(view -> tenant.view(view, sql(edit), "refresh: {interval: 10s}"));
      views().forEach(view -> tenant.annotate(view, "request-" + edit));
      breakAtTimes(network, random);
    }
    assertThat(network.accepted()).as("it came back each time").isGreaterThan(SECONDS);
    network.set(Faults.NONE);

    String last = "request-" + SECONDS;
    for (String view : views()) {
      tenant.await(
          view,
          Duration.ofSeconds(30),
          s -> Tenant.ready(s).equals("TRUE/InSync") && last.equals(s.lastHandledRefreshRequest()));
      assertThat(tenant.value("SELECT a FROM app." + view)).isEqualTo(String.valueOf(SECONDS));
    }
    assertThat(CommittedRefreshes.of(stage, tenant).byViewAndRun())
        .isNotEmpty()
        .allSatisfy((run, times) -> assertThat(times).as(run).isOne());
    assertThat(eventsOf(tenant))
        .isNotEmpty()
        .allSatisfy((event, times) -> assertThat(times).as(event).isOne());
  }

  private static List<String> views() {
    return IntStream.range(0, VIEWS).mapToObj(i -> "v" + i).toList();
  }

  private static String sql(int value) {
    return "SELECT %d AS a".formatted(value);
  }

  /** Of those that can be right only once: of a view that was made, and of each request. */
  private static Map<String, Long> eventsOf(Tenant tenant) {
    return views().stream()
        .flatMap(view -> tenant.events(view).stream())
        .filter(event -> List.of("Created", "Refreshed").contains(event.getReason()))
        .map(ApiNetworkIT::described)
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private static String described(Event event) {
    return event.getRegarding().getName() + " " + event.getNote();
  }

  /** For a second, in which it may break at any moment. */
  private static void breakAtTimes(TcpProxy network, Random random) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(150, 900)));
      network.cut();
    }
  }
}
