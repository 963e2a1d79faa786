package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** Names a view that is to be made and refreshed first. */
public record Dependency(
    @JsonPropertyDescription(
            "The metadata.name of a MaterializedView of the same namespace and connection.")
        @Required
        @ObjectName
        String name) {}
