package dev.matviews.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/** Series that come and go with what they are about. Their values are asked for by each scrape. */
@ApplicationScoped
public class Gauges {

  private record Series(Metric metric, List<String> labels) {}

  private final MeterRegistry registry;
  private final Map<Series, Gauge> shown = new ConcurrentHashMap<>();

  Gauges(MeterRegistry registry) {
    this.registry = registry;
  }

  /** One that is shown already stays as it is. */
  public void show(Metric metric, List<String> labels, DoubleSupplier value) {
    shown.computeIfAbsent(new Series(metric, labels), series -> register(series, value));
  }

  public void remove(Metric metric, List<String> labels) {
    Gauge gone = shown.remove(new Series(metric, labels));
    if (gone != null) {
      registry.remove(gone);
    }
  }

  private Gauge register(Series series, DoubleSupplier value) {
    Metric metric = series.metric();
    return Gauge.builder(metric.exported(), value::getAsDouble)
        .description(metric.help())
        .tags(metric.tags(series.labels()))
        .register(registry);
  }
}
