package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** How many rows a view holds. */
public record RowCount(
    @JsonPropertyDescription("The number of rows.") @Required long value,
    @JsonPropertyDescription(
            "Estimated: from the server's statistics. Exact: counted after the last run.")
        @Required
        RowCountKind kind) {}
