package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("The status, at the API server,")
class StatusIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int PERIOD = 10;

  /** As long as PostgreSQL lets a name be. */
  private static final String LONG = "x".repeat(60);

  @Test
  @DisplayName("is written once for each run of a schedule")
  void oneWriteARun(Stage stage, Tenant tenant) {
    List<String> views = List.of("a", "b", "c", "d", "e");
    views.forEach(view -> tenant.view(view, "SELECT 1 AS a", "refresh: {interval: 10s}"));
    views.forEach(tenant::awaitReady);
    Instant first = nextSlot(Instant.now().plusSeconds(2));
    Instant second = first.plusSeconds(PERIOD);
    views.forEach(view -> tenant.await(view, LIMIT, s -> second.equals(s.lastScheduleTime())));
    assertThat(views)
        .allSatisfy(
            view -> {
              assertThat(stage.statusWrites(tenant, view, first, second)).as("first").isEqualTo(1);
              assertThat(stage.statusWrites(tenant, view, second, Instant.MAX))
                  .as("second")
                  .isEqualTo(1);
            });
  }

  private static Instant nextSlot(Instant now) {
    return Instant.ofEpochSecond((now.getEpochSecond() / PERIOD + 1) * PERIOD);
  }

  @Test
  @DisplayName("stays below 8 KiB, whatever there is to tell")
  void isSmall(Tenant tenant) throws IOException {
    String schema = LONG + "app";
    tenant.sql("CREATE SCHEMA %s AUTHORIZATION \"%s\"".formatted(schema, tenant.role()));
    asRole(tenant, i -> "CREATE TABLE %s.%s%d (a%d int)".formatted(schema, LONG, i, i));
    view(tenant, schema);
    tenant.awaitReady("full");
    asRole(
        tenant,
        i ->
            "CREATE VIEW %1$s.t%2$s%3$d AS SELECT a100 FROM %1$s.v%4$s"
                .formatted(schema, LONG.substring(1), i, LONG));
    for (int i = 1; i <= 4; i++) {
      request(tenant, "r".repeat(120) + i);
    }
    asRole(
        tenant, i -> "REVOKE ALL ON %s.%s%d FROM \"%s\"".formatted(schema, LONG, i, tenant.role()));
    request(tenant, "r".repeat(120));

    assertThat(bytes(tenant, "full")).isBetween(6000, 8192);
  }

  private static void request(Tenant tenant, String request) {
    tenant.annotate("full", request);
    tenant.await("full", LIMIT, s -> request.equals(s.lastHandledRefreshRequest()));
  }

  private static void asRole(Tenant tenant, IntFunction<String> statement) {
    tenant.sql(
        Stream.concat(
                Stream.of("SET ROLE \"%s\"".formatted(tenant.role())),
                numbered(25).map(statement::apply))
            .toArray(String[]::new));
  }

  private static Stream<Integer> numbered(int count) {
    return IntStream.range(100, 100 + count).boxed();
  }

  private static void view(Tenant tenant, String schema) {
    String columns = numbered(25).map(i -> "a" + i).collect(Collectors.joining(", "));
    String sources =
        numbered(25)
            .map(i -> "%s.%s%d".formatted(schema, LONG, i))
            .collect(Collectors.joining(" CROSS JOIN "));
    List<String> indexes = new ArrayList<>();
    numbered(32)
        .forEach(i -> indexes.add("- {name: %s%d, columns: [a100]}".formatted("i".repeat(60), i)));
    tenant.apply(
        """
        apiVersion: matviews.dev/v1alpha1
        kind: MaterializedView
        metadata: {name: full}
        spec:
          connectionRef: {name: db}
          schema: %s
          viewName: v%s
          maxStaleness: 1s
          sql: SELECT %s FROM %s
          indexes:
        %s
        """
            .formatted(schema, LONG, columns, sources, String.join("\n", indexes).indent(2)));
  }

  /** As the API server gives it to whoever asks. */
  private static int bytes(Tenant tenant, String view) throws IOException {
    String object =
        tenant
            .client()
            .raw(
                "/apis/matviews.dev/v1alpha1/namespaces/%s/materializedviews/%s"
                    .formatted(tenant.namespace(), view));
    JsonNode status = new ObjectMapper().readTree(object).required("status");
    return status.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
