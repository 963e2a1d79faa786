package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** One index of the view as it is in the database. */
public record IndexStatus(
    @JsonPropertyDescription("The index's name in PostgreSQL.") @Required String name,
    @JsonPropertyDescription("Whether it is a unique index.") @Required boolean unique,
    @JsonPropertyDescription(
            "Whether PostgreSQL uses it; false after a failed or unfinished build.")
        @Required
        boolean valid) {}
