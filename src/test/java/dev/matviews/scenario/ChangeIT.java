package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.scenario.Crowd.Client;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("While a definition is changed again and again")
class ChangeIT {

  private static final int ROUNDS = Integer.getInteger("change.rounds", 5);
  private static final int ROWS = Integer.getInteger("change.rows", 50_000);

  /**
   * In milliseconds; a swap asks for 100. Beside other scenarios a client may have to wait for a
   * processor while it holds the lock; alone, 150 can be asked for.
   */
  private static final int PATIENCE = Integer.getInteger("change.patience", 500);

  private static final Pattern WAIT = Pattern.compile("acquired \\w+Lock .* after ([0-9.]+) ms");

  private static final Duration IDLE = Duration.ofSeconds(Integer.getInteger("change.idle", 5));

  /** One of so many changes meets a client that holds its transaction. */
  private static final int HELD = 5;

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int SLICE = 10;

  private static final List<Client> CLIENTS =
      List.of(
          new Client("SELECT label FROM app.v WHERE id = ?", ROWS, 1),
          new Client("SELECT label FROM app.on_top WHERE id = ?", ROWS, 1),
          new Client("SELECT * FROM app.v WHERE id >= ? LIMIT " + SLICE, ROWS - SLICE, SLICE),
          new Client(
              "SELECT * FROM app.on_both WHERE id >= ? LIMIT " + SLICE, ROWS - SLICE, SLICE));

  private Tenant tenant;

  @BeforeEach
  void view(Tenant moved) {
    tenant = moved;
    tenant.sql(
        "CREATE TABLE app.source AS SELECT g AS id, 'label ' || g AS label, g % 1000 AS n"
            + " FROM generate_series(1, %d) g".formatted(ROWS),
        "GRANT SELECT ON app.source TO \"%s\"".formatted(tenant.role()));
    define(0);
    tenant.await("v", LIMIT, s -> Tenant.ready(s).equals("TRUE/InSync"));
    Belongings.give(tenant);
  }

  @Test
  @DisplayName("no read fails, is empty or waits, and nothing is lost that people gave the view")
  void changesUnderReaders(Stage stage) {
    List<String> before = tenant.catalogue();
    Crowd.Outcome idle = idle();
    Crowd.Outcome changing;
    try (Crowd crowd = Crowd.of(tenant, CLIENTS)) {
      for (int round = 1; round <= ROUNDS; round++) {
        change(round);
        assertThat(tenant.catalogue())
            .as("after change %d", round)
            .filteredOn(line -> !line.startsWith("v|added|"))
            .isEqualTo(before);
      }
      changing = crowd.stop();
    }
    System.out.printf(
        "%d changes of %d rows%n  idle:     %s%n  changing: %s%n",
        ROUNDS, ROWS, idle.latencies(), changing.latencies());
    assertThat(idle.failures()).isEmpty();
    assertThat(changing.failures()).as("reads that failed or were empty").isEmpty();
    assertThat(stage.postgresLog(tenant, " ms"))
        .as("waits of more than %d ms", PATIENCE)
        .noneMatch(ChangeIT::isTooLong);
  }

  /** Of what the server tells of waits that are over, from 150 ms on. */
  private static boolean isTooLong(String line) {
    Matcher wait = WAIT.matcher(line);
    return wait.find() && Double.parseDouble(wait.group(1)) > PATIENCE;
  }

  private Crowd.Outcome idle() {
    long end = System.nanoTime() + IDLE.toNanos();
    try (Crowd crowd = Crowd.of(tenant, CLIENTS)) {
      Awaitility.await().atMost(IDLE.multipliedBy(2)).until(() -> System.nanoTime() > end);
      return crowd.stop();
    }
  }

  private void change(int round) {
    if (round % HELD == 0) {
      Holder holder = Holder.of(tenant);
      define(round);
      assertThat(holder.waits()).isPositive();
    } else {
      define(round);
    }
    tenant.await("v", LIMIT, s -> Tenant.ready(s).equals("TRUE/InSync"));
    assertThat(tenant.value("SELECT n FROM app.v WHERE id = 7")).isEqualTo("" + (7 + round));
    boolean added = round % 3 == 0;
    assertThat(tenant.catalogue().stream().anyMatch(line -> line.startsWith("v|added|")))
        .isEqualTo(added);
  }

  /** Another expression each time, and now and then a column more. */
  private void define(int round) {
    tenant.view(
        "v",
        "SELECT id, label, n + %d AS n%s FROM source WHERE id > 0"
            .formatted(round, round > 0 && round % 3 == 0 ? ", 'new'::text AS added" : ""),
        "indexes: [{name: v_key, unique: true, columns: [id]}]");
  }
}
