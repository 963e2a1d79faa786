package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.api.v1alpha1.MaterializedViewStatus;
import dev.matviews.metrics.Metric;
import dev.matviews.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What metrics tell of a view")
class ViewSampleTest {

  private static final MaterializedViewStatus REFRESHED =
      Scene.filled("").runs(Scene.run("Request/one", Reason.Succeeded, 0)).status();
  private static final Instant AS_OF = Objects.requireNonNull(REFRESHED.dataAsOf());
  private static final Instant HOUR_LATER = AS_OF.plus(Duration.ofHours(1));

  private static ViewSample sample(String spec, MaterializedViewStatus status) {
    return ViewSample.of(Manifests.view(spec), status);
  }

  @Test
  @DisplayName("is what its status says")
  void status() {
    ViewSample sample = sample("", REFRESHED);
    assertThat(sample.value(Metric.Ready, AS_OF)).hasValue(1);
    assertThat(sample.value(Metric.Staleness, HOUR_LATER)).hasValue(3600);
    assertThat(sample.value(Metric.Staleness, AS_OF.minusSeconds(1)))
        .as("by a clock that is behind the database's")
        .hasValue(0);
    assertThat(sample.value(Metric.ConsecutiveFailures, AS_OF)).hasValue(0);
  }

  @Test
  @DisplayName("is nothing where there is nothing to tell")
  void nothing() {
    ViewSample sample = sample("maxStaleness: 1h", Scene.empty("").status());
    for (Metric metric : List.of(Metric.LastSuccess, Metric.Staleness)) {
      assertThat(sample.value(metric, AS_OF)).isEqualTo(OptionalDouble.empty());
    }
    assertThat(sample.isStale(AS_OF)).as("a view without data").isFalse();
  }

  @Test
  @DisplayName("is that it is stale from the very moment on, whenever it was last looked at")
  void stale() {
    assertThat(sample("", REFRESHED).isStale(HOUR_LATER)).isFalse();
    assertThat(sample("maxStaleness: 1h", REFRESHED).isStale(HOUR_LATER.minusMillis(1))).isFalse();
    assertThat(sample("maxStaleness: 1h", REFRESHED).isStale(HOUR_LATER)).isTrue();
    assertThat(sample("maxStaleness: 1h", Scene.filled("").status()).isStale(AS_OF))
        .as("data of unknown age")
        .isTrue();
  }

  @Test
  @DisplayName("adds up for its connection")
  void sums() {
    ViewSample stale = sample("maxStaleness: 1h", REFRESHED);
    ViewSample empty = sample("", Scene.empty("").status());
    Worker.Backlog backlog = new Worker.Backlog(4, 2, Duration.ofMillis(1500));
    ConnectionSample sample = new ConnectionSample(true, backlog, List.of(stale, stale, empty));
    assertThat(sample.value(Metric.ConnectionUp, HOUR_LATER)).isEqualTo(1);
    assertThat(sample.value(Metric.Views, HOUR_LATER)).isEqualTo(3);
    assertThat(sample.value(Metric.ViewsReady, HOUR_LATER)).isEqualTo(2);
    assertThat(sample.value(Metric.ViewsStale, HOUR_LATER)).isEqualTo(2);
    assertThat(sample.value(Metric.ViewsStale, AS_OF)).isZero();
    assertThat(sample.value(Metric.QueueDepth, AS_OF)).isEqualTo(4);
    assertThat(sample.value(Metric.QueueRunning, AS_OF)).isEqualTo(2);
    assertThat(sample.value(Metric.QueueLag, AS_OF)).isEqualTo(1.5);
  }

  @Test
  @DisplayName("has a value for each metric of views and of connections")
  void total() {
    ViewSample view = sample("", REFRESHED);
    ConnectionSample connection = new ConnectionSample(false, Worker.Backlog.NONE, List.of(view));
    for (Metric metric : Metric.values()) {
      if (metric.isOfView()) {
        assertThat(view.value(metric, AS_OF)).isNotNull();
      }
      if (metric.isOfConnection()) {
        assertThat(connection.value(metric, AS_OF)).isNotNegative();
      }
    }
  }
}
