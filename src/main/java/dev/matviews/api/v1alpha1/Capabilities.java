package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** What the connecting role may do in the database. */
public record Capabilities(
    @JsonPropertyDescription("It may make schemas.") @Required boolean createSchema,
    @JsonPropertyDescription(
            "It may refresh views of every owner: it has the rights of pg_maintain, which"
                + " PostgreSQL has since 17. A view's own GRANT MAINTAIN needs none of that.")
        @Required
        boolean maintain,
    @JsonPropertyDescription(
            "It may make temporary tables, which a concurrent refresh of a view of its own needs.")
        @Required
        boolean temp) {}
