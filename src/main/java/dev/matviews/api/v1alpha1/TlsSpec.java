package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How the connection is kept from others' eyes and hands. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.mode != 'disable' || !has(self.clientCertSecretRef)",
    message = "a client certificate is shown over TLS only: set tls.mode to another one",
    fieldPath = ".clientCertSecretRef")
public record TlsSpec(
    @JsonPropertyDescription(
            "disable: no TLS. require: encrypted, but to whoever answers. verify-ca: the server's"
                + " certificate is signed by a trusted authority. verify-full: and is made out to"
                + " the host. Default: verify-full.")
        @Default("verify-full")
        TlsMode mode,
    @JsonPropertyDescription(
            "The Secret with the authority to trust, for verify-ca and verify-full. Default: the"
                + " authorities that Java trusts.")
        @Nullable CaSecretRef caSecretRef,
    @JsonPropertyDescription(
            "The Secret with the certificate that proves to the server who connects; one of type"
                + " kubernetes.io/tls will do. Not with mode disable. Default: none.")
        @Nullable ClientCertSecretRef clientCertSecretRef) {}
