package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("Views that stand on each other")
class DependencyIT {

  @Test
  @DisplayName("applied in reverse order are all Ready within 10 seconds")
  void reverseOrder(Tenant tenant) {
    Instant start = Instant.now();
    tenant.view("third", "SELECT a + 1 AS a FROM second", "");
    tenant.awaitReason("third", "FALSE/SourceMissing");
    tenant.view("second", "SELECT a + 1 AS a FROM first", "");
    tenant.view("first", "SELECT 1 AS a", "");
    for (String name : List.of("first", "second", "third")) {
      tenant.awaitReady(name);
    }
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
    assertThat(tenant.value("SELECT a FROM app.third")).isEqualTo("3");
  }

  @Test
  @DisplayName("a view waits for the data of the one that it reads")
  void waitsForData(Tenant tenant) {
    tenant.view("base", "SELECT 7 AS a", "refresh: {initialPopulation: Deferred}");
    tenant.awaitReason("base", "TRUE/NotPopulated");
    tenant.view("top", "SELECT a FROM base", "");
    tenant.awaitReason("top", "FALSE/UpstreamNotPopulated");
    tenant.annotate("base", "fill");
    tenant.awaitReady("top");
    assertThat(tenant.value("SELECT a FROM app.top")).isEqualTo("7");
  }

  @Test
  @DisplayName("a view is not replaced under one whose object is gone, which nobody would move")
  void forsakenOnTop(Tenant tenant) {
    tenant.view("base", "SELECT 1 AS a", "");
    tenant.view("top", "SELECT a FROM base", "");
    tenant.awaitReady("top");
    tenant.delete("top");
    tenant.view("base", "SELECT 2 AS a", "");
    assertThat(Tenant.message(tenant.awaitReason("base", "FALSE/DependentsExist")))
        .contains("app.top, whose MaterializedView " + tenant.namespace() + "/top is gone");
    assertThat(tenant.value("SELECT a FROM app.base")).isEqualTo("1");

    tenant.view("top", "SELECT a FROM base", "");
    tenant.awaitReady("top");
    tenant.annotate("base", "again");
    tenant.awaitReady("base");
    tenant.awaitValue("SELECT a FROM app.top", Duration.ofSeconds(10), "2");
  }

  @Nested
  @DisplayName("and are looked at only when something happens")
  class Chain {

    /** Each moves since it is woken, and not since its time had come. */
    private static final Map<String, String> WITHOUT_TIMERS =
        Map.of("MATVIEWS_RESYNC_INTERVAL", "1h", "MATVIEWS_RECHECK_INTERVAL", "1h");

    private static final List<String> CHAIN = List.of("a", "b", "c");
    private static final Duration LIMIT = Duration.ofSeconds(15);

    @BeforeEach
    void wakingAlone(Stage stage) {
      stage.startOperatorAgain(WITHOUT_TIMERS);
    }

    @AfterEach
    void asUsual(Stage stage) {
      stage.startOperatorAgain();
    }

    @Test
    @DisplayName("all move to a new definition at the bottom, readable throughout, none left over")
    void chain(Tenant tenant) {
      tenant.view("a", "SELECT 1 AS x", "");
      tenant.view("b", "SELECT x FROM a", "");
      tenant.view("c", "SELECT x FROM b", "");
      awaitAll(tenant, "1");
      changeTwice(tenant);
      awaitOneOfEach(tenant);
    }

    @Test
    @DisplayName("with a plain view between them too")
    void plainViewBetween(Tenant tenant) {
      tenant.view("a", "SELECT 1 AS x", "");
      tenant.awaitReady("a");
      tenant.sql(
          "CREATE VIEW app.between AS SELECT x FROM app.a",
          "ALTER VIEW app.between OWNER TO \"%s\"".formatted(tenant.role()));
      tenant.view("b", "SELECT p.x FROM app.between p JOIN a USING (x)", "");
      tenant.view("c", "SELECT x FROM b", "");
      awaitAll(tenant, "1");
      changeTwice(tenant);
      awaitOneOfEach(tenant);
    }

    @Test
    @DisplayName("also off a view that was made by hand, and became the operator's after the look")
    void adoptedBelow(Tenant tenant) {
      tenant.sql("CREATE MATERIALIZED VIEW app.b AS SELECT 1 AS x");
      tenant.own("b");
      tenant.view("c", "SELECT x FROM b", "");
      tenant.awaitReady("c");
      tenant.view("b", "SELECT 2 AS x", "adoptionPolicy: Always");
      tenant.awaitReady("b");
      tenant.awaitValue("SELECT x FROM app.c", LIMIT, "2");
      awaitNothingAside(tenant);
    }

    /** The second time while the others are still on their way. */
    private static void changeTwice(Tenant tenant) {
      List<Readers> readers =
          CHAIN.stream()
              .map(view -> Readers.of(tenant, "SELECT count(*) FROM app." + view, "1"))
              .toList();
      try {
        tenant.view("a", "SELECT 2 AS x", "");
        tenant.awaitValue("SELECT x FROM app.a", LIMIT, "2");
        tenant.view("a", "SELECT 3 AS x", "");
        awaitAll(tenant, "3");
      } finally {
        readers.forEach(reader -> assertThat(reader.stop()).isEmpty());
      }
    }

    private static void awaitAll(Tenant tenant, String x) {
      for (String view : CHAIN) {
        Awaitility.await(view)
            .atMost(LIMIT)
            .ignoreExceptions()
            .until(() -> x.equals(tenant.value("SELECT x FROM app." + view)));
        tenant.awaitReady(view);
      }
    }

    private static void awaitOneOfEach(Tenant tenant) {
      tenant.awaitValue(
          "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class"
              + " WHERE relnamespace = 'app'::regnamespace AND relkind = 'm'",
          LIMIT,
          "a,b,c");
      awaitNothingAside(tenant);
    }

    private static void awaitNothingAside(Tenant tenant) {
      tenant.awaitValue(
          "SELECT count(*) FROM matview_operator.views WHERE scratch <> '{}'", LIMIT, "0");
    }
  }
}
