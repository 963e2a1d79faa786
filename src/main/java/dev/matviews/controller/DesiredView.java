package dev.matviews.controller;

import dev.matviews.api.v1alpha1.AdoptionPolicy;
import dev.matviews.api.v1alpha1.ChangePolicy;
import dev.matviews.api.v1alpha1.DriftPolicy;
import dev.matviews.api.v1alpha1.GrantSpec;
import dev.matviews.api.v1alpha1.InitialPopulation;
import dev.matviews.api.v1alpha1.ManagementPolicy;
import dev.matviews.api.v1alpha1.MaterializedView;
import dev.matviews.api.v1alpha1.MaterializedViewSpec;
import dev.matviews.api.v1alpha1.Privilege;
import dev.matviews.api.v1alpha1.RefreshSpec;
import dev.matviews.api.v1alpha1.StorageSpec;
import dev.matviews.plan.Attributes;
import dev.matviews.plan.Claim;
import dev.matviews.plan.Desired;
import dev.matviews.plan.Grant;
import dev.matviews.plan.Index;
import dev.matviews.plan.Policies;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.GoDuration;
import dev.matviews.refresh.InvalidScheduleException;
import dev.matviews.refresh.InvalidTimeZoneException;
import dev.matviews.refresh.Jitter;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.RefreshPolicy;
import dev.matviews.refresh.RowCounting;
import dev.matviews.refresh.RunOptions;
import dev.matviews.refresh.Schedule;
import dev.matviews.refresh.TimeZones;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A MaterializedView in the words of the domain.
 *
 * @param searchPath of the session while the query runs
 * @param timeZone of the session while the query runs
 * @param managed empty for a view that is only refreshed
 * @param request the value of the refresh annotation, null without one
 */
record DesiredView(
    QualifiedName name,
    Claim claim,
    List<String> searchPath,
    String timeZone,
    Optional<Desired> managed,
    RefreshPolicy refresh,
    @Nullable String request) {

  static final String REFRESH_REQUESTED_AT = "matviews.dev/refresh-requested-at";
  static final String APPROVED_CHANGE = "matviews.dev/approved-change";

  private static final int LONGEST_NAME_BYTES = 63;

  /**
   * Parses everything, also what the API server has checked already: an object can be older than
   * the rule.
   *
   * @throws RefusedException with the reason why it cannot be realised
   */
  static DesiredView of(MaterializedView object, String ownerId) {
    try {
      return parse(object, ownerId);
    } catch (InvalidScheduleException e) {
      throw new RefusedException(Reason.InvalidSchedule, String.valueOf(e.getMessage()));
    } catch (InvalidTimeZoneException e) {
      throw new RefusedException(Reason.InvalidTimeZone, String.valueOf(e.getMessage()));
    }
  }

  private static DesiredView parse(MaterializedView object, String ownerId) {
    MaterializedViewSpec spec = object.getSpec();
    ObjectMeta metadata = object.getMetadata();
    QualifiedName name = nameOf(object);
    identifier(name.schema());
    identifier(name.name());
    spec.searchPath().forEach(DesiredView::identifier);
    Claim claim = claimOf(object, ownerId);
    List<String> searchPath =
        spec.searchPath().isEmpty() ? List.of(name.schema()) : spec.searchPath();
    String zone = spec.sessionTimeZone() == null ? "UTC" : spec.sessionTimeZone();
    String timeZone = TimeZones.named(zone).getId();
    return new DesiredView(
        name,
        claim,
        searchPath,
        timeZone,
        definition(spec, name, claim, searchPath, timeZone)
            .map(d -> new Desired(d, attributes(spec), policies(object))),
        policy(spec, claim),
        metadata.getAnnotations().get(REFRESH_REQUESTED_AT));
  }

  static Claim claimOf(MaterializedView object, String ownerId) {
    ObjectMeta metadata = object.getMetadata();
    return new Claim(ownerId, metadata.getNamespace(), metadata.getName());
  }

  static QualifiedName nameOf(MaterializedView object) {
    MaterializedViewSpec spec = object.getSpec();
    String viewName = spec.viewName();
    return new QualifiedName(
        spec.schema(),
        viewName != null ? viewName : object.getMetadata().getName().replaceAll("[-.]", "_"));
  }

  private static Optional<ViewDefinition> definition(
      MaterializedViewSpec spec,
      QualifiedName name,
      Claim claim,
      List<String> searchPath,
      String timeZone) {
    String sql = spec.sql();
    if (spec.managementPolicy() == ManagementPolicy.RefreshOnly) {
      return Optional.empty();
    }
    if (sql == null) {
      throw new RefusedException(
          Reason.InvalidSQL, "managementPolicy Manage needs spec.sql: add the view's query");
    }
    List<Index> indexes = spec.indexes().stream().map(DesiredIndex::of).toList();
    return Optional.of(new ViewDefinition(name, claim, sql, searchPath, timeZone, indexes));
  }

  private static Attributes attributes(MaterializedViewSpec spec) {
    StorageSpec storage = spec.storage();
    optionalIdentifier(spec.owner());
    optionalIdentifier(storage == null ? null : storage.tablespace());
    return new Attributes(
        spec.owner(),
        spec.grants().stream().map(DesiredView::grant).toList(),
        spec.comment(),
        storage == null ? null : storage.tablespace(),
        storage == null ? Map.of() : storage.parameters());
  }

  private static Grant grant(GrantSpec spec) {
    identifier(spec.role());
    return new Grant(
        spec.role(),
        spec.privileges().stream().map(Privilege::name).collect(Collectors.toSet()),
        spec.withGrantOption());
  }

  private static Policies policies(MaterializedView object) {
    MaterializedViewSpec spec = object.getSpec();
    return new Policies(
        spec.changePolicy() == ChangePolicy.OnApproval,
        spec.adoptionPolicy() == AdoptionPolicy.Always,
        spec.driftPolicy() == DriftPolicy.Correct,
        object.getMetadata().getAnnotations().get(APPROVED_CHANGE));
  }

  private static void optionalIdentifier(@Nullable String name) {
    if (name != null) {
      identifier(name);
    }
  }

  /** PostgreSQL cuts longer names silently, and two of them could then be one. */
  static void identifier(String name) {
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

  private static RefreshPolicy policy(MaterializedViewSpec spec, Claim claim) {
    RefreshSpec refresh = spec.refresh();
    return new RefreshPolicy(
        Mode.valueOf(refresh.mode().name()),
        schedule(refresh).map(s -> s.shifted(offset(refresh, claim))),
        Optional.ofNullable(refresh.startingDeadline()).map(GoDuration::parse),
        refresh.initialPopulation() == InitialPopulation.Immediate,
        refresh.retries(),
        refresh.onUpstreamRefresh(),
        GoDuration.parse(refresh.timeout()),
        GoDuration.parse(refresh.lockTimeout()),
        spec.suspend(),
        options(spec));
  }

  private static RunOptions options(MaterializedViewSpec spec) {
    RefreshSpec refresh = spec.refresh();
    optionalIdentifier(refresh.notifyChannel());
    return new RunOptions(
        spec.historyLimit(),
        RowCounting.valueOf(refresh.rowCount().name()),
        refresh.notifyChannel(),
        DesiredSettings.of(refresh.sessionSettings()),
        null);
  }

  private static Duration offset(RefreshSpec refresh, Claim claim) {
    String jitter = refresh.jitter();
    return jitter == null
        ? Duration.ZERO
        : Jitter.offset(claim.namespace() + "/" + claim.name(), GoDuration.parse(jitter));
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
