package dev.matviews.controller;

import dev.matviews.metrics.Gauges;
import dev.matviews.metrics.Metric;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was last found of each view, for the sums of its connection and, where that is asked for,
 * for series of its own. All of it goes with the object.
 */
@ApplicationScoped
public class ViewSeries {

  private static final List<Metric> METRICS =
      Arrays.stream(Metric.values()).filter(Metric::isOfView).toList();

  private final Gauges gauges;
  private final ConnectionSeries connections;
  private final boolean each;
  private final Clock clock;
  private final Set<ResourceID> there = new HashSet<>();
  private final Map<ResourceID, ViewSample> samples = new ConcurrentHashMap<>();

  ViewSeries(Gauges gauges, ConnectionSeries connections, OperatorConfig config, Clock clock) {
    this.gauges = gauges;
    this.connections = connections;
    this.each = config.metricsPerView();
    this.clock = clock;
  }

  synchronized void seen(HasMetadata view) {
    there.add(ResourceID.fromResource(view));
  }

  /** By the pass that has just ended, perhaps over a view that has gone meanwhile. */
  synchronized void found(ResourceID view, ViewSample sample) {
    if (!there.contains(view)) {
      return;
    }
    ViewSample before = samples.put(view, sample);
    if (before != null && !before.connection().equals(sample.connection())) {
      connections.remove(view, before);
    }
    connections.put(view, sample);
    if (each) {
      METRICS.forEach(metric -> show(metric, view, sample));
    }
  }

  synchronized void gone(HasMetadata object) {
    ResourceID view = ResourceID.fromResource(object);
    there.remove(view);
    ViewSample last = samples.remove(view);
    if (last != null) {
      connections.remove(view, last);
      METRICS.forEach(metric -> gauges.remove(metric, labels(view)));
    }
  }

  private void show(Metric metric, ResourceID view, ViewSample sample) {
    if (sample.value(metric, clock.instant()).isPresent()) {
      gauges.show(metric, labels(view), () -> value(metric, view));
    } else {
      gauges.remove(metric, labels(view));
    }
  }

  private double value(Metric metric, ResourceID view) {
    ViewSample sample = samples.get(view);
    return sample == null ? Double.NaN : sample.value(metric, clock.instant()).orElse(Double.NaN);
  }

  private static List<String> labels(ResourceID view) {
    return List.of(view.getNamespace().orElse(""), view.getName());
  }
}
