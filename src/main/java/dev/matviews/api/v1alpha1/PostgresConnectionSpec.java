package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What people declare of one database and the role to connect as. */
@JsonClassDescription("Where the database is, and how to connect.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PostgresConnectionSpec(
    @JsonPropertyDescription(
            "The Secret, in the same namespace, with the role and its password and, unless given"
                + " here, the host, port and database.")
        @Required
        SecretRef secretRef,
    @JsonPropertyDescription("The server's DNS name or IP address. Default: from the Secret.")
        @Size(min = 1, max = 253)
        @ValidationRule(
            value =
                "self.matches('^([A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?"
                    + "|[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*)$')",
            message = "host is one DNS name or IP address: no URL, and the port goes to port")
        @Nullable String host,
    @JsonPropertyDescription("The server's port. Default: from the Secret, else 5432.")
        @Min(1)
        @Max(65535)
        @Nullable Integer port,
    @JsonPropertyDescription("The database's name. At most 63 bytes. Default: from the Secret.")
        @Identifier
        @Nullable String database,
    @JsonPropertyDescription("How the connection is secured. Default: mode verify-full.")
        @Default("{}")
        TlsSpec tls,
    @JsonPropertyDescription(
            "How many refreshes may run at once through this connection. 1 to 32. Default: 2.")
        @Default("2")
        @Min(1)
        @Max(32)
        int maxConcurrentRefreshes,
    @JsonPropertyDescription("How long opening a connection may take. 1s to 60s. Default: 10s.")
        @Default("10s")
        @DurationText
        @ValidationRule(
            value =
                DurationText.NONE_OR
                    + "duration(self) >= duration('1s') && duration(self) <= duration('60s')",
            message = "connectTimeout is at least 1s and at most 60s")
        String connectTimeout,
    @JsonPropertyDescription(
            "Warn in a view's status when a changed definition would need more disk than this"
                + " while it is built, such as 10Gi or 500M. Default: none.")
        @Size(min = 1, max = 32)
        @ValidationRule(
            value = "self.matches('^[0-9]+([.][0-9]+)?(k|[MGTPE]|[KMGTPE]i)?$')",
            message = "a size is written such as 10Gi, 500M or 1000000: a number of bytes")
        @Nullable String rebuildSizeWarning,
    @JsonPropertyDescription(
            "The schema in PostgreSQL for the operator's own tables. It must belong to the"
                + " connecting role. At most 63 bytes. Immutable. Default: matview_operator.")
        @Default("matview_operator")
        @Identifier
        @ValidationRule(
            value = "self == oldSelf",
            message =
                "bookkeepingSchema is immutable, since it says which views are whose: make a new"
                    + " PostgresConnection for another one")
        String bookkeepingSchema) {}
