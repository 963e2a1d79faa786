package dev.matviews.controller;

import dev.matviews.metrics.Metric;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;

/** What the operator brings to the framework. */
final class Operations {

  /** A test that sets the clock names the file that it sets it by. */
  @Produces
  @Singleton
  Clock clock() {
    String error = System.getenv("MATVIEWS_CLOCK_ERROR");
    return error == null ? Clock.systemUTC() : new WrongClock(Clock.systemUTC(), Path.of(error));
  }

  /** Without this the framework exports none of its own metrics. */
  @Produces
  @Singleton
  Metrics metrics(MeterRegistry registry) {
    return MicrometerMetricsV2.newBuilder(registry).build();
  }

  @Produces
  @Singleton
  MeterBinder leader(Leadership leadership) {
    return registry ->
        Gauge.builder(Metric.Leader.exported(), () -> leadership.isLeading() ? 1 : 0)
            .description(Metric.Leader.help())
            .register(registry);
  }

  /**
   * The framework counts some events with the tag "action" and some without. A Prometheus registry
   * refuses the second kind by an exception, and that kills the framework's only timer: nothing
   * would be rescheduled ever again.
   */
  @Produces
  @Singleton
  MeterFilter eventsHaveOneSetOfTags() {
    return new MeterFilter() {
      @Override
      public Meter.Id map(Meter.Id id) {
        boolean bare = id.getName().equals("events.received") && id.getTag("action") == null;
        return bare ? id.withTag(Tag.of("action", "NONE")) : id;
      }
    };
  }
}
