package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;

/** Names the Secret that holds the role and its password. */
public record SecretRef(
    @JsonPropertyDescription("The metadata.name of a Secret in the same namespace.")
        @Required
        @ObjectName
        String name,
    @JsonPropertyDescription(
            "The names of the Secret's keys. Default: those of CloudNativePG's app Secrets.")
        @Default("{}")
        SecretKeys keys) {}
