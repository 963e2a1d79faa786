package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the run went, a copy of what the database remembers. */
@JsonClassDescription(
    "How the run went. A copy: while the database remembers the run, it is filled again when"
        + " deleted.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MaterializedViewRefreshStatus(
    @JsonPropertyDescription(
            "As of a Job: Complete when the run has succeeded, Failed when it ended otherwise or"
                + " cannot start. Neither while it waits or runs.")
        @Size(max = 16)
        List<Condition> conditions,
    @JsonPropertyDescription("When the run began. Absent before.") @Nullable Instant startTime,
    @JsonPropertyDescription("When the run ended.") @Nullable Instant completionTime,
    @JsonPropertyDescription("How long the run took, in seconds.") @Nullable Double durationSeconds,
    @JsonPropertyDescription("How the run ended.") @Nullable RefreshResult result,
    @JsonPropertyDescription("Why it ended so, or what it waits for, in one word for machines.")
        @Nullable String reason,
    @JsonPropertyDescription("The server's error code (SQLSTATE) of a failed run.")
        @Nullable String sqlState,
    @JsonPropertyDescription("The number of rows before the run, where known.")
        @Nullable Long rowsBefore,
    @JsonPropertyDescription("The number of rows after the run, where known.")
        @Nullable Long rowsAfter) {

  public MaterializedViewRefreshStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /** Of one that has not ended. */
  public MaterializedViewRefreshStatus(@Nullable Instant startTime, @Nullable String reason) {
    this(List.of(), startTime, null, null, null, reason, null, null, null);
  }
}
