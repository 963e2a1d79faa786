package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A failing life is lived again with {@code -Dlives=1 -Dlife.seed=…}. */
@ExtendWith(Stage.Extension.class)
@DisplayName("A random life of a view")
class LifeIT {

  private static final Duration SOON = Duration.ofSeconds(15);

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static Tenant tenant;

  private final List<String> history = new ArrayList<>();

  @BeforeAll
  static void moveIn(Tenant moved) {
    tenant = moved;
    tenant.sql("CREATE TABLE app.source AS SELECT 1 AS id, 'one'::text AS label");
    tenant.own("source");
  }

  static LongStream seeds() {
    long first = Long.getLong("life.seed", System.currentTimeMillis());
    return LongStream.range(first, first + Integer.getInteger("lives", 3));
  }

  @ParameterizedTest(name = "has the status of the truth table at every stop; life.seed={0}")
  @MethodSource("seeds")
  void tellsTheTruth(long seed) {
    Random random = new Random(seed);
    Life life = new Life("life_" + seed, random);
    try {
      apply(life);
      stop(life);
      for (int i = 0; i < 12; i++) {
        if (random.nextInt(4) == 0) {
          tenant.sql(life.byAnotherHand().toArray(String[]::new));
        } else {
          life.edit();
          apply(life);
        }
        stop(life);
        if (life.isPending() && random.nextBoolean()) {
          approve(life);
          stop(life);
        }
      }
    } catch (AssertionError e) {
      throw new AssertionError(
          "-Dlives=1 -Dlife.seed=" + seed + "\n" + String.join("\n", history), e);
    }
  }

  private static void apply(Life life) {
    tenant.view(object(life), life.sql(), "viewName: " + life.name() + "\n" + life.more());
  }

  private static String object(Life life) {
    return life.name().replace('_', '-');
  }

  private static void approve(Life life) {
    MaterializedViewStatus status = tenant.status(object(life));
    tenant.approve(object(life), Objects.requireNonNull(status.plannedChange()).hash());
    life.approve();
  }

  /** The status tells the truth soon, and goes on telling it when it is looked at once more. */
  private void stop(Life life) {
    history.add(life.toString());
    life.settle();
    tenant.annotate(object(life), "stop-" + history.size());
    tenant.await(object(life), SOON, status -> verdict(status).equals(life.expected()));
    assertThat(verdict(tenant.awaitPass(object(life)))).isEqualTo(life.expected());
    assertThat(columns(life)).as("what readers see").isEqualTo(life.live().columns);
    assertThat(tenant.value("SELECT count(*) FROM " + life.relation())).isEqualTo("1");
  }

  private static String verdict(MaterializedViewStatus status) {
    return Stream.concat(
            Stream.of(Tenant.ready(status)),
            Stream.of("Stalled", "Reconciling", "Drifted")
                .filter(type -> Tenant.condition(status.conditions(), type) != null))
        .collect(Collectors.joining(" "));
  }

  private static String columns(Life life) {
    return Objects.requireNonNull(
        tenant.value(
            "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attnum > 0"
                + " AND attrelid = '%s'::regclass".formatted(life.relation())));
  }
}
