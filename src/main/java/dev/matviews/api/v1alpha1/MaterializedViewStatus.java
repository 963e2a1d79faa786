package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is so in the database, a copy: status deleted by hand is filled again. */
@JsonClassDescription(
    "What the view is in the database, and how its refreshes went. A copy: it is filled again when"
        + " deleted.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MaterializedViewStatus(
    @JsonPropertyDescription(
            "The metadata.generation that this status was computed for; -1 before anybody has"
                + " looked at the object.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "Ready: the view is in PostgreSQL as declared. Refreshed: the last run succeeded."
                + " Fresh: the data are younger than maxStaleness. Drifted, Reconciling and Stalled are there when they hold.")
        @Size(max = 16)
        List<Condition> conditions,
    @JsonPropertyDescription("The view's schema and name in PostgreSQL.")
        @Nullable String qualifiedName,
    @JsonPropertyDescription("The view's OID in PostgreSQL.") @Nullable Long oid,
    @JsonPropertyDescription("The role that owns the view.") @Nullable String owner,
    @JsonPropertyDescription("How the next run refreshes the view.")
        @Nullable EffectiveMode effectiveMode,
    @JsonPropertyDescription("Why it is refreshed so.") @Nullable String effectiveModeReason,
    @JsonPropertyDescription("When the view is refreshed, as people read it, such as every 10s.")
        @Nullable String schedule,
    @JsonPropertyDescription("Whether the view can be read; one that was never filled cannot.")
        @Nullable Boolean populated,
    @JsonPropertyDescription("How many rows the view holds.") @Nullable RowCount rowCount,
    @JsonPropertyDescription(
            "The disk space of the view and its indexes, in bytes, as the last VACUUM or ANALYZE"
                + " found it. Absent before the first.")
        @Nullable Long sizeBytes,
    @JsonPropertyDescription("The last slot of schedule or interval that was dealt with.")
        @Nullable Instant lastScheduleTime,
    @JsonPropertyDescription("The next slot of schedule or interval. Absent while suspended.")
        @Nullable Instant nextScheduleTime,
    @JsonPropertyDescription("The run that goes on, once it has taken longer than 5 seconds.")
        @Nullable CurrentRun currentRun,
    @JsonPropertyDescription("The newest run, whether it succeeded or not.")
        @Nullable RefreshAttempt lastAttempt,
    @JsonPropertyDescription("When the newest run that succeeded ended.")
        @Nullable Instant lastSuccessfulRefreshTime,
    @JsonPropertyDescription(
            "The view holds at least all that was committed before this time, by the database's"
                + " clock.")
        @Nullable Instant dataAsOf,
    @JsonPropertyDescription(
            "How many refreshes in a row have failed; 0 after one that succeeded. A changed definition"
                + " that fails is not counted: Ready tells of it.")
        @Nullable Integer consecutiveFailures,
    @JsonPropertyDescription(
            "The value of the annotation matviews.dev/refresh-requested-at whose run has ended.")
        @Nullable String lastHandledRefreshRequest,
    @JsonPropertyDescription("The newest 5 ended runs, the newest first.") @Size(max = 5)
        List<PastRefresh> history,
    @JsonPropertyDescription("The view's indexes as they are in PostgreSQL.")
        List<IndexStatus> indexes,
    @JsonPropertyDescription(
            "What the view reads and what dependsOn names, by names in PostgreSQL, at most 20;"
                + " … stands for more.")
        @Size(max = 20)
        List<String> dependencies,
    @JsonPropertyDescription("What stands on the view in PostgreSQL.")
        @Nullable Dependents dependents,
    @JsonPropertyDescription("What works but should be looked at.") List<String> warnings,
    @JsonPropertyDescription("The change that waits for approval, with changePolicy OnApproval.")
        @Nullable PlannedChange plannedChange)
    implements ObservedStatus {

  public MaterializedViewStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
    history = history == null ? List.of() : List.copyOf(history);
    indexes = indexes == null ? List.of() : List.copyOf(indexes);
    dependencies = dependencies == null ? List.of() : List.copyOf(dependencies);
    warnings = warnings == null ? List.of() : List.copyOf(warnings);
  }

  /** Of a view of which nothing is known yet. */
  public MaterializedViewStatus(long observedGeneration, List<Condition> conditions) {
    this(
        observedGeneration,
        conditions,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(),
        List.of(),
        List.of(),
        null,
        List.of(),
        null);
  }

  /** What was known of the view still stands, but not when it is refreshed next. */
  public MaterializedViewStatus with(long generation, List<Condition> newConditions) {
    return new MaterializedViewStatus(
        generation,
        newConditions,
        qualifiedName,
        oid,
        owner,
        effectiveMode,
        effectiveModeReason,
        schedule,
        populated,
        rowCount,
        sizeBytes,
        lastScheduleTime,
        null,
        null,
        lastAttempt,
        lastSuccessfulRefreshTime,
        dataAsOf,
        consecutiveFailures,
        lastHandledRefreshRequest,
        history,
        indexes,
        dependencies,
        dependents,
        warnings,
        plannedChange);
  }
}
