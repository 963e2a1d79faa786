package dev.matviews.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.RefreshTrigger;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Stage.Extension.class)
@DisplayName("A view that is applied")
class MainJobIT {

  private Tenant tenant;

  @BeforeEach
  void data(Tenant moved) {
    tenant = moved;
    tenant.sql(
        "CREATE TABLE app.sale (region text, amount int)",
        "INSERT INTO app.sale SELECT 'r' || g % 10, g FROM generate_series(1, 1000) g",
        "GRANT SELECT ON app.sale TO \"%s\"".formatted(tenant.role()));
  }

  @Test
  @DisplayName("is made with its index, filled, and refreshed when it is asked for")
  void madeFilledAndRefreshedOnRequest() {
    tenant.view(
        "sales-by-region",
        "SELECT region, sum(amount) AS total FROM sale GROUP BY region",
        """
        indexes:
        - {name: sales_by_region_key, unique: true, columns: [region]}
        refresh: {mode: Concurrent}
        """);
    MaterializedViewStatus made = tenant.awaitReady("sales-by-region");
    assertThat(made.qualifiedName()).isEqualTo("app.sales_by_region");
    assertThat(tenant.value("SELECT count(*) FROM app.sales_by_region")).isEqualTo("10");
    assertThat(
            tenant.value("SELECT count(*) FROM pg_indexes WHERE indexname = 'sales_by_region_key'"))
        .isEqualTo("1");

    tenant.sql("INSERT INTO app.sale VALUES ('new', 1)");
    tenant.annotate("sales-by-region", "now-please");
    MaterializedViewStatus refreshed = awaitHandled("now-please");
    assertThat(Objects.requireNonNull(refreshed.lastAttempt()).trigger())
        .isEqualTo(RefreshTrigger.Request);
    assertThat(tenant.value("SELECT count(*) FROM app.sales_by_region")).isEqualTo("11");

    tenant.annotate("sales-by-region", "once-more");
    awaitHandled("once-more");
    String runs = tenant.value("SELECT count(*) FROM matview_operator.runs");
    tenant.annotate("sales-by-region", "now-please");
    awaitHandled("now-please");
    assertThat(tenant.value("SELECT count(*) FROM matview_operator.runs"))
        .as("a value runs once, also when it comes back")
        .isEqualTo(runs);
  }

  private MaterializedViewStatus awaitHandled(String request) {
    return tenant.await(
        "sales-by-region",
        Duration.ofSeconds(5),
        s -> request.equals(s.lastHandledRefreshRequest()));
  }
}
