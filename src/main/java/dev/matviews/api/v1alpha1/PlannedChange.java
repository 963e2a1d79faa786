package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** A change that waits for approval. */
public record PlannedChange(
    @JsonPropertyDescription(
            "What approves exactly this change: the value to give the annotation"
                + " matviews.dev/approved-change.")
        @Required
        String hash,
    @JsonPropertyDescription("What is to be done, in this order, as SQL. At most 32 steps.")
        @Required
        @Size(max = 32)
        List<String> steps,
    @JsonPropertyDescription("Which locks it takes, and what they hold up for how long.") @Required
        String locks,
    @JsonPropertyDescription("The disk space that it needs while it is built, in bytes.") @Required
        long needsBytes) {

  public PlannedChange {
    steps = steps == null ? List.of() : List.copyOf(steps);
  }
}
