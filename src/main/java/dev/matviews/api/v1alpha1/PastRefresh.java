package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One ended run in brief. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PastRefresh(
    @JsonPropertyDescription(
            "The run's identity: its trigger and its due time or the value that requested it.")
        @Required
        String id,
    @JsonPropertyDescription(
            "What asked for the run: Initial, Schedule, Request, Definition, Run or Upstream.")
        @Required
        RefreshTrigger trigger,
    @JsonPropertyDescription("How it was refreshed. Absent when the run never got that far.")
        @Nullable EffectiveMode mode,
    @JsonPropertyDescription("When the run began. Absent when it never did.")
        @Nullable Instant startTime,
    @JsonPropertyDescription("How long the run took, in seconds.") @Nullable Double durationSeconds,
    @JsonPropertyDescription("How the run ended.") @Required RefreshResult result,
    @JsonPropertyDescription("Why it ended so, in one word for machines.")
        @Nullable String reason) {}
