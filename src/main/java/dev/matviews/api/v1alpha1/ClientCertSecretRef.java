package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;

/** Names the Secret that holds a certificate of the role that connects. */
public record ClientCertSecretRef(
    @JsonPropertyDescription("The metadata.name of a Secret in the same namespace.")
        @Required
        @ObjectName
        String name,
    @JsonPropertyDescription(
            "The key in the Secret that holds the certificate as PEM, with its chain. Default:"
                + " tls.crt.")
        @Default("tls.crt")
        @SecretKey
        String certKey,
    @JsonPropertyDescription(
            "The key in the Secret that holds the private key as PEM, without a password. Default:"
                + " tls.key.")
        @Default("tls.key")
        @SecretKey
        String keyKey) {}
