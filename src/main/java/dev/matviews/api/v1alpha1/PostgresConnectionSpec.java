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
import java.util.List;
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
    @JsonPropertyDescription(
            "The server's DNS name or IP address, or several with commas in between, all with the"
                + " same port: then the first of them that is the primary. Default: from the"
                + " Secret.")
        @Size(min = 1, max = 512)
        @ValidationRule(
            value =
                "self.split(',').all(h, h.matches('^([A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?"
                    + "|[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*)$'))",
            message =
                "host is one DNS name or IP address, or up to 8 with commas in between: no URL, no"
                    + " blanks, and the port goes to port")
        @ValidationRule(
            value = "self.split(',').size() <= 8",
            message = "host names at most 8 servers")
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
            "The roles that may own views of this connection, at most 64. A view without an owner"
                + " is the connecting role's, which has to be named here too then. Default: all"
                + " that the connecting role can SET ROLE to.")
        @Size(min = 1, max = 64)
        @ValidationRule(
            value = "self.all(r, size(bytes(r)) <= 63 && !r.contains('\\u0000'))",
            message = "a name in PostgreSQL has at most 63 bytes and no NUL character")
        @Nullable List<@Size(min = 1, max = 63) String> allowedOwners,
    @JsonPropertyDescription(
            "The schemas that views of this connection may be in, at most 64. Default: all.")
        @Size(min = 1, max = 64)
        @ValidationRule(
            value = "self.all(s, size(bytes(s)) <= 63 && !s.contains('\\u0000'))",
            message = "a name in PostgreSQL has at most 63 bytes and no NUL character")
        @Nullable List<@Size(min = 1, max = 63) String> allowedSchemas,
    @JsonPropertyDescription(
            "Accept a login that is a superuser or has CREATEROLE or BYPASSRLS. The SQL of its views"
                + " runs with those rights. Default: false.")
        @Default("false")
        boolean allowPrivilegedRole,
    @JsonPropertyDescription(
            "Whether readers use standbys of this server: then Auto does not swap, which would"
                + " cancel their queries. Default: whether anything receives WAL from the server now,"
                + " which may also be a backup or logical replication.")
        @Nullable Boolean readReplicas,
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
        String bookkeepingSchema) {

  public PostgresConnectionSpec {
    allowedOwners = allowedOwners == null ? null : List.copyOf(allowedOwners);
    allowedSchemas = allowedSchemas == null ? null : List.copyOf(allowedSchemas);
  }
}
