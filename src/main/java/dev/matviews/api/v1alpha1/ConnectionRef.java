package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** Names the database that a view is in. */
public record ConnectionRef(
    @JsonPropertyDescription("The metadata.name of a PostgresConnection in the same namespace.")
        @Required
        @ObjectName
        String name) {}
