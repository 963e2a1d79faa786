package dev.matviews.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matviews.api.v1alpha1.Condition;
import dev.matviews.api.v1alpha1.ConditionStatus;
import dev.matviews.api.v1alpha1.ConditionType;
import dev.matviews.api.v1alpha1.CurrentRun;
import dev.matviews.api.v1alpha1.Dependents;
import dev.matviews.api.v1alpha1.EffectiveMode;
import dev.matviews.api.v1alpha1.IndexStatus;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.api.v1alpha1.PastRefresh;
import dev.matviews.api.v1alpha1.PlannedChange;
import dev.matviews.api.v1alpha1.RefreshAttempt;
import dev.matviews.api.v1alpha1.RefreshResult;
import dev.matviews.api.v1alpha1.RefreshTrigger;
import dev.matviews.api.v1alpha1.RowCount;
import dev.matviews.api.v1alpha1.RowCountKind;
import dev.matviews.api.v1alpha1.RunPhase;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A status as the operator writes it and people read it. */
class StatusTest {

  private static final String NAME = "metadata: {name: status}";
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant START = Instant.parse("2026-03-01T12:00:00.123456Z");

  @BeforeEach
  void create() {
    Objects.apply("kubectl", Objects.view(NAME));
    Objects.apply("kubectl", Objects.connection(NAME));
  }

  @AfterEach
  void delete() {
    TestApiServer.client().resource(Objects.view(NAME)).delete();
    TestApiServer.client().resource(Objects.connection(NAME)).delete();
  }

  @Test
  @DisplayName("comes back as it was written, runs to the microsecond")
  void roundTrip() {
    var full =
        new MaterializedViewStatus(
            1L,
            List.of(condition(ConditionType.READY, "InSync"), condition("Refreshed", "Succeeded")),
            "public.status",
            4_294_967_295L,
            "app",
            EffectiveMode.Concurrent,
            "a unique index allows it",
            "every 10s",
            true,
            new RowCount(3_000_000_000L, RowCountKind.Estimated),
            8192L,
            NOON,
            NOON.plusSeconds(10),
            new CurrentRun(
                "Request/again",
                RefreshTrigger.Request,
                EffectiveMode.Standard,
                START,
                RunPhase.Refreshing,
                4711,
                List.of(4712, 4713)),
            new RefreshAttempt(
                "Schedule/2026-03-01T12:00:00Z",
                RefreshTrigger.Schedule,
                EffectiveMode.Concurrent,
                START,
                START.plusMillis(250),
                0.25,
                RefreshResult.Failed,
                "QueryFailed",
                "22012",
                "22012 division_by_zero",
                5L,
                null),
            START,
            START,
            1,
            "once",
            List.of(
                new PastRefresh(
                    "Initial",
                    RefreshTrigger.Initial,
                    EffectiveMode.Standard,
                    START,
                    1.5,
                    RefreshResult.Succeeded,
                    null)),
            List.of(new IndexStatus("status_key", true, true)),
            List.of("app.orders", "app.\"Customers\""),
            new Dependents(21, List.of("app.totals")),
            List.of("a warning"),
            new PlannedChange(
                "5f2c", List.of("CREATE …", "ALTER …"), "ACCESS EXCLUSIVE", 9_000_000_000L));

    assertThat(write(full).getStatus()).isEqualTo(full);
    assertThat(kubectlGet("{.status.lastAttempt.startTime}"))
        .isEqualTo("2026-03-01T12:00:00.123456Z");
  }

  @Test
  @DisplayName("an empty field is not printed")
  void noNoise() {
    var brief = withConditions(List.of(condition(ConditionType.READY, "Populating")));
    write(brief);
    assertThat(kubectlGet("{.status}"))
        .isEqualTo(
            "{\"conditions\":[{\"lastTransitionTime\":\"2026-03-01T12:00:00Z\",\"message\":\"\","
                + "\"observedGeneration\":1,\"reason\":\"Populating\",\"status\":\"True\","
                + "\"type\":\"Ready\"}],\"observedGeneration\":1}");
  }

  @Test
  @DisplayName("a condition without a reason, or twice, is refused as a bug of ours")
  void conditions() {
    assertThatThrownBy(() -> write(withConditions(List.of(condition("Ready", "")))))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("status.conditions[0].reason");
    assertThatThrownBy(() -> write(withConditions(List.of(condition("Ready", "not one word")))))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("status.conditions[0].reason");
    var twice = List.of(condition("Ready", "InSync"), condition("Ready", "InSync"));
    assertThatThrownBy(() -> write(withConditions(twice)))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("Duplicate value");
  }

  @Test
  @DisplayName("kubectl get prints the columns in this order")
  void columns() {
    assertThat(headerOf("mv", "wide"))
        .isEqualTo(
            "NAME READY REASON MODE SCHEDULE LAST REFRESH FRESH AGE VIEW ROWS SIZE DURATION NEXT");
    assertThat(headerOf("matview", ""))
        .isEqualTo("NAME READY REASON MODE SCHEDULE LAST REFRESH FRESH AGE");
    assertThat(headerOf("matviews", "")).isEqualTo(headerOf("matview", ""));
    assertThat(headerOf("pgconn", "wide"))
        .isEqualTo("NAME READY REASON HOST DATABASE VERSION VIEWS AGE");
  }

  private static MaterializedView write(MaterializedViewStatus status) {
    var views = TestApiServer.client().resources(MaterializedView.class).inNamespace("default");
    MaterializedView view = views.withName("status").require();
    view.setStatus(status);
    return views.resource(view).updateStatus();
  }

  private static String kubectlGet(String jsonPath) {
    return TestApiServer.kubectl().run("get", "mv", "status", "-o", "jsonpath=" + jsonPath);
  }

  private static String headerOf(String kind, String format) {
    String table = TestApiServer.kubectl().run("get", kind, "-o", format);
    return table.lines().findFirst().orElseThrow().strip().replaceAll(" +", " ");
  }

  private static Condition condition(String type, String reason) {
    return new Condition(type, ConditionStatus.TRUE, 1L, NOON, reason, "");
  }

  private static MaterializedViewStatus withConditions(List<Condition> conditions) {
    return new MaterializedViewStatus(1, conditions);
  }
}
