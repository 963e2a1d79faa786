package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run that goes on. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record CurrentRun(
    @JsonPropertyDescription(
            "The run's identity: its trigger and its due time or the value that requested it.")
        @Required
        String id,
    @JsonPropertyDescription(
            "What asked for the run: Initial, Schedule, Request, Definition, Run or Upstream.")
        @Required
        RefreshTrigger trigger,
    @JsonPropertyDescription("How it refreshes. Absent for a changed definition.")
        @Nullable EffectiveMode mode,
    @JsonPropertyDescription("When the run began.") @Required Instant startTime,
    @JsonPropertyDescription(
            "What it is doing. Vacuuming is the last of a refresh, whose data are there already.")
        @Required
        RunPhase phase,
    @JsonPropertyDescription("The server process that works for it.") @Required int pid,
    @JsonPropertyDescription(
            "The server processes that hold the lock it waits for, at most 10. Absent when it waits"
                + " for none.")
        @Size(max = 10)
        List<Integer> blockedBy) {

  public CurrentRun {
    blockedBy = blockedBy == null ? List.of() : List.copyOf(blockedBy);
  }
}
