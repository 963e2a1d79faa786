package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** Names the view that is to be refreshed. */
public record MaterializedViewRef(
    @JsonPropertyDescription("The metadata.name of a MaterializedView in the same namespace.")
        @Required
        @ObjectName
        String name) {}
