package dev.matviews.controller;

import dev.matviews.api.v1alpha1.IndexSpec;
import dev.matviews.api.v1alpha1.InitialPopulation;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewSpec;
import dev.matviews.api.v1alpha1.RefreshSpec;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Index;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.GoDuration;
import dev.matviews.refresh.InvalidScheduleException;
import dev.matviews.refresh.InvalidTimeZoneException;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.RefreshPolicy;
import dev.matviews.refresh.Schedule;
import dev.matviews.refresh.TimeZones;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A MaterializedView in the words of the domain. The only class that knows the fields of its spec.
 *
 * @param request the value of the refresh annotation, null without one
 */
record DesiredView(ViewDefinition definition, RefreshPolicy refresh, @Nullable String request) {

  static final String REFRESH_REQUESTED_AT = "matviews.dev/refresh-requested-at";

  private static final int LONGEST_NAME_BYTES = 63;

  /**
   * Parses everything, also what the API server has checked already: an object can be older than
   * the rule.
   *
   * @throws RefusedException with the reason why it cannot be realised
   */
  static DesiredView of(MaterializedView object, String ownerId) {
    try {
      return new DesiredView(
          definition(object, ownerId),
          policy(object.getSpec()),
          object.getMetadata().getAnnotations().get(REFRESH_REQUESTED_AT));
    } catch (InvalidScheduleException e) {
      throw new RefusedException(Reason.InvalidSchedule, String.valueOf(e.getMessage()));
    } catch (InvalidTimeZoneException e) {
      throw new RefusedException(Reason.InvalidTimeZone, String.valueOf(e.getMessage()));
    }
  }

  static QualifiedName nameOf(MaterializedView object) {
    MaterializedViewSpec spec = object.getSpec();
    String viewName = spec.viewName();
    return new QualifiedName(
        spec.schema(),
        viewName != null ? viewName : object.getMetadata().getName().replaceAll("[-.]", "_"));
  }

  QualifiedName name() {
    return definition.name();
  }

  private static ViewDefinition definition(MaterializedView object, String ownerId) {
    MaterializedViewSpec spec = object.getSpec();
    QualifiedName name = nameOf(object);
    List<Index> indexes = spec.indexes().stream().map(DesiredView::index).toList();
    identifier(name.schema());
    identifier(name.name());
    spec.searchPath().forEach(DesiredView::identifier);
    return new ViewDefinition(
        name,
        new Claim(ownerId, object.getMetadata().getNamespace(), object.getMetadata().getName()),
        spec.sql(),
        spec.searchPath().isEmpty() ? List.of(name.schema()) : spec.searchPath(),
        TimeZones.named(spec.sessionTimeZone()).getId(),
        indexes);
  }

  private static Index index(IndexSpec spec) {
    identifier(spec.name());
    spec.columns().forEach(DesiredView::identifier);
    return new Index(spec.name(), spec.unique(), spec.columns());
  }

  /** PostgreSQL cuts longer names silently, and two of them could then be one. */
  private static void identifier(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > LONGEST_NAME_BYTES || name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new RefusedException(
          Reason.InvalidIdentifier,
          "\"%s\" has %d bytes; a name in PostgreSQL has 1 to %d and no NUL: set spec.viewName or"
                  .formatted(
                      ShortText.characters(name, LONGEST_NAME_BYTES), bytes, LONGEST_NAME_BYTES)
              + " choose a shorter one");
    }
  }

  private static RefreshPolicy policy(MaterializedViewSpec spec) {
    RefreshSpec refresh = spec.refresh();
    return new RefreshPolicy(
        Mode.valueOf(refresh.mode().name()),
        schedule(refresh),
        Optional.ofNullable(refresh.startingDeadline()).map(GoDuration::parse),
        refresh.initialPopulation() == InitialPopulation.Immediate,
        GoDuration.parse(refresh.timeout()),
        GoDuration.parse(refresh.lockTimeout()),
        spec.suspend());
  }

  private static Optional<Schedule> schedule(RefreshSpec refresh) {
    String cron = refresh.schedule();
    if (cron != null) {
      String zone = refresh.timeZone() == null ? "Etc/UTC" : refresh.timeZone();
      return Optional.of(Schedule.cron(cron, TimeZones.named(zone)));
    }
    return Optional.ofNullable(refresh.interval()).map(GoDuration::parse).map(Schedule::interval);
  }
}
