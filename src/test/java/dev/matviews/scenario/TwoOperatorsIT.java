package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.playground.OperatorProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Without the lease, which would keep them apart: here the fence of each view has to. */
@ExtendWith(Stage.Extension.class)
@DisplayName(
    "Two operators that both believe to lead, of which one or the other is killed or stopped,")
class TwoOperatorsIT {

  private static final int VIEWS = Integer.getInteger("slots.views", 50);
  private static final int ROUNDS = Integer.getInteger("slots.rounds", 2);
  private static final int PERIOD = 10;

  private Stage stage;
  private Tenant tenant;
  private final OperatorProcess[] operators = new OperatorProcess[2];

  @SuppressWarnings("NullAway.Init") // set before the test
  TwoOperatorsIT() {}

  @BeforeEach
  void two(Stage shared, Tenant moved) {
    stage = shared;
    tenant = moved;
    stage.operator().close();
    tenant.sql("ALTER DATABASE \"%s\" SET log_statement = 'all'".formatted(tenant.role()));
    operators[0] = launch(0);
    operators[1] = launch(1);
    IntStream.range(0, VIEWS)
        .forEach(
            i -> tenant.view("v" + i, "SELECT 1 AS a", "refresh: {interval: 10s, mode: Standard}"));
    tenant.awaitValue(
        "SELECT count(*) FROM pg_matviews WHERE ispopulated AND schemaname = 'app'",
        Duration.ofMinutes(3),
        String.valueOf(VIEWS));
  }

  @AfterEach
  void one() {
    for (OperatorProcess operator : operators) {
      operator.kill();
    }
    stage.startOperatorAgain();
  }

  @Test
  @DisplayName("refresh each slot once: none twice, none without its record")
  void eachSlotOnce() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Instant first = nextSlot(Instant.now());
    Instant last = first.plusSeconds((long) PERIOD * (ROUNDS - 1));

    disturbUntil(last.plusSeconds(1), new Random(seed));

    String settled = "SELECT count(*) FROM matview_operator.views WHERE settled_until >= '%s'";
    tenant.awaitValue(settled.formatted(last), Duration.ofSeconds(30), String.valueOf(VIEWS));
    CommittedRefreshes committed = CommittedRefreshes.of(stage, tenant);
    assertThat(committed.byViewAndRun()).hasSizeGreaterThan(VIEWS);
    assertThat(committed.byViewAndRun().entrySet())
        .as("committed twice, seed %d", seed)
        .allMatch(refresh -> refresh.getValue() == 1);
    assertThat(withoutRecord(first)).as("slots without a record, seed %d", seed).isEmpty();
    assertThat(
            tenant.value(
                "SELECT count(*) FROM matview_operator.runs WHERE trigger = 'Schedule'"
                    + " AND result = 'Succeeded' AND due_at BETWEEN '%s' AND '%s'"
                        .formatted(first, last)))
        .as("as many as the server has committed, seed %d", seed)
        .isEqualTo(String.valueOf(committedSlots(committed, first)));
  }

  private static long committedSlots(CommittedRefreshes committed, Instant first) {
    return slots(first).stream()
        .mapToLong(
            slot ->
                committed.byViewAndRun().keySet().stream()
                    .filter(key -> key.endsWith(" Schedule/" + slot))
                    .count())
        .sum();
  }

  /** Each as view and slot. */
  private List<String> withoutRecord(Instant first) {
    return slots(first).stream()
        .flatMap(
            slot ->
                List.of(
                    String.valueOf(
                            tenant.value(
                                """
                                SELECT coalesce(string_agg(v.view_name || ' %1$s', ','), '')
                                FROM matview_operator.views v WHERE NOT EXISTS (
                                  SELECT FROM matview_operator.runs r
                                  WHERE r.view_name = v.view_name AND r.run_id = 'Schedule/%1$s')
                                """
                                    .formatted(slot)))
                        .split(",", -1))
                    .stream())
        .filter(found -> !found.isEmpty())
        .collect(Collectors.toList());
  }

  private static List<Instant> slots(Instant first) {
    return IntStream.range(0, ROUNDS)
        .mapToObj(round -> first.plusSeconds((long) PERIOD * round))
        .toList();
  }

  private static Instant nextSlot(Instant now) {
    return Instant.ofEpochSecond((now.getEpochSecond() / PERIOD + 1) * PERIOD);
  }

  /** Never both at once, so that somebody could do each slot in time. */
  private void disturbUntil(Instant end, Random random) {
    while (Instant.now().isBefore(end)) {
      pause(random, 300, 2000);
      int which = random.nextInt(2);
      if (random.nextInt(3) == 0) {
        operators[which].kill();
        operators[which] = launch(which);
        pause(random, 2000, 5000);
      } else {
        operators[which].signal("STOP");
        pause(random, 200, 3000);
        operators[which].signal("CONT");
      }
    }
  }

  private OperatorProcess launch(int which) {
    return stage.launchWithoutLease("matview-operator-" + (which + 1));
  }

  private static void pause(Random random, int least, int most) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(least, most)));
  }
}
