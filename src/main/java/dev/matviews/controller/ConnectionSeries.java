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
 * The series of each connection, for as long as its object or a view that names it is there. Only
 * the replica that works fills them: it alone brings objects to reconcilers.
 */
@ApplicationScoped
public class ConnectionSeries {

  private static final List<Metric> METRICS =
      Arrays.stream(Metric.values()).filter(Metric::isOfConnection).toList();

  private final Gauges gauges;
  private final Connections connections;
  private final Clock clock;
  private final Set<ResourceID> there = new HashSet<>();
  private final Set<ResourceID> examined = new HashSet<>();
  private final Map<ResourceID, Map<ResourceID, ViewSample>> views = new ConcurrentHashMap<>();

  ConnectionSeries(Gauges gauges, Connections connections, Clock clock) {
    this.gauges = gauges;
    this.connections = connections;
    this.clock = clock;
  }

  synchronized void seen(HasMetadata connection) {
    there.add(ResourceID.fromResource(connection));
  }

  /** Its reconciler knows something of it; one that ends late may know of what has gone since. */
  synchronized void examined(ResourceID connection) {
    if (there.contains(connection)) {
      examined.add(connection);
      show(connection);
    }
  }

  synchronized void gone(HasMetadata connection) {
    ResourceID id = ResourceID.fromResource(connection);
    there.remove(id);
    examined.remove(id);
    removeUnneeded(id);
  }

  synchronized void put(ResourceID view, ViewSample sample) {
    views
        .computeIfAbsent(sample.connection(), connection -> new ConcurrentHashMap<>())
        .put(view, sample);
    show(sample.connection());
  }

  synchronized void remove(ResourceID view, ViewSample last) {
    ResourceID connection = last.connection();
    Map<ResourceID, ViewSample> others = views.get(connection);
    if (others != null) {
      others.remove(view);
      if (others.isEmpty()) {
        views.remove(connection);
      }
    }
    removeUnneeded(connection);
  }

  private void show(ResourceID connection) {
    for (Metric metric : METRICS) {
      gauges.show(
          metric, labels(connection), () -> sample(connection).value(metric, clock.instant()));
    }
  }

  private void removeUnneeded(ResourceID connection) {
    if (!examined.contains(connection) && !views.containsKey(connection)) {
      METRICS.forEach(metric -> gauges.remove(metric, labels(connection)));
    }
  }

  private ConnectionSample sample(ResourceID connection) {
    Connections.State state = connections.get(connection).orElse(null);
    Connections.State.Ready last = state == null ? null : state.lastReady();
    return new ConnectionSample(
        state instanceof Connections.State.Ready,
        last == null ? Worker.Backlog.NONE : last.worker().backlog(),
        views.getOrDefault(connection, Map.of()).values());
  }

  private static List<String> labels(ResourceID connection) {
    return List.of(connection.getNamespace().orElse(""), connection.getName());
  }
}
