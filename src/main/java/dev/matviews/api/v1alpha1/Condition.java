package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Kubernetes' {@code metav1.Condition} with the schema that it has there. The client's own class
 * has plain strings only, so anything could be written.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
    @JsonPropertyDescription("What is stated, such as Ready.")
        @Required
        @Size(max = 316)
        @Pattern(
            "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
                + "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$")
        String type,
    @JsonPropertyDescription("Whether it holds: True, False or Unknown.") @Required
        ConditionStatus status,
    @JsonPropertyDescription("The metadata.generation that this condition was computed for.")
        @Min(0)
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("When status last changed.") @Required Instant lastTransitionTime,
    @JsonPropertyDescription("Why, in one word for machines.")
        @Required
        @Size(min = 1, max = 1024)
        @Pattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
        String reason,
    @JsonPropertyDescription("Why, in a sentence for people, and what to do. May be empty.")
        @Required
        @Size(max = 32768)
        String message) {}
