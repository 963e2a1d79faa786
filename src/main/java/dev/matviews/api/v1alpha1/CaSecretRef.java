package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;

/** Names the Secret that holds the certificates of the authority to trust. */
public record CaSecretRef(
    @JsonPropertyDescription("The metadata.name of a Secret in the same namespace.")
        @Required
        @ObjectName
        String name,
    @JsonPropertyDescription("The key in the Secret that holds them as PEM. Default: ca.crt.")
        @Default("ca.crt")
        @SecretKey
        String key) {}
