package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.EffectiveMode;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.RefreshAttempt;
import dev.matviews.api.v1alpha1.RefreshResult;
import dev.matviews.api.v1alpha1.RefreshTrigger;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("A view that is refreshed by swap")
class SwapIT {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  @DisplayName("is replaced under its readers, and what stands on it follows")
  void swaps(Tenant tenant) {
    tenant.sql(
        "CREATE TABLE app.source AS SELECT 1 AS a",
        "GRANT SELECT ON app.source TO \"%s\"".formatted(tenant.role()));
    tenant.view("base", "SELECT a FROM source", "refresh: {mode: Swap}");
    tenant.view("top", "SELECT a FROM base", "refresh: {mode: Standard}");
    tenant.awaitReady("top");
    MaterializedViewStatus before = tenant.awaitReady("base");
    tenant.sql("INSERT INTO app.source VALUES (2)");

    try (Readers readers = Readers.of(tenant, "SELECT min(a) FROM app.base", "1")) {
      tenant.annotate("base", "one");
      MaterializedViewStatus after =
          tenant.await("base", LIMIT, s -> "one".equals(s.lastHandledRefreshRequest()));

      assertThat(readers.stop()).isEmpty();
      assertThat(after.oid()).isNotEqualTo(before.oid());
      assertThat(after.effectiveMode()).isEqualTo(EffectiveMode.Swap);
      RefreshAttempt attempt = Objects.requireNonNull(after.lastAttempt());
      assertThat(attempt.mode()).isEqualTo(EffectiveMode.Swap);
      assertThat(attempt.trigger()).isEqualTo(RefreshTrigger.Request);
      assertThat(attempt.result()).isEqualTo(RefreshResult.Succeeded);
      assertThat(attempt.rowsAfter()).isEqualTo(2);
      tenant.awaitEvent("base", "Created");
    }
    tenant.awaitValue("SELECT count(*) FROM app.top", LIMIT, "2");
    tenant.awaitValue(
        "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class"
            + " WHERE relnamespace = 'app'::regnamespace AND relkind = 'm'",
        LIMIT,
        "base,top");
    tenant.awaitReady("base");
    tenant.awaitReady("top");
  }

  @Test
  @DisplayName("does not have a failed definition tried again by each refresh")
  void keepsPauses(Tenant tenant) {
    tenant.view("v", "SELECT 1 AS a", "refresh: {mode: Swap}");
    tenant.awaitReady("v");
    tenant.view("v", "SELECT 1 / (random() * 0)::int AS a", "refresh: {mode: Swap}");
    tenant.awaitReason("v", "FALSE/QueryFailed");

    for (String request : new String[] {"one", "two", "three"}) {
      tenant.annotate("v", request);
      tenant.await("v", LIMIT, s -> request.equals(s.lastHandledRefreshRequest()));
      tenant.awaitPass("v");
    }

    assertThat(
            tenant.value(
                "SELECT count(*) FROM matview_operator.runs WHERE mode = 'Swap'"
                    + " AND run_id IN ('Request/one', 'Request/two', 'Request/three')"))
        .isEqualTo("3");
    assertThat(
            tenant.value("SELECT count(*) FROM matview_operator.runs WHERE trigger = 'Definition'"))
        .isEqualTo("1");
  }
}
