package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was found at the other end of a connection. */
@JsonClassDescription("What was found at the other end.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PostgresConnectionStatus(
    @JsonPropertyDescription(
            "The metadata.generation that this status was computed for; -1 before anybody has"
                + " looked at the object.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "Ready: the database answers and the role may do what views need. Reconciling and"
                + " Stalled are there when they hold.")
        @Size(max = 16)
        List<Condition> conditions,
    @JsonPropertyDescription("The host that is connected to.") @Nullable String host,
    @JsonPropertyDescription("The database that is connected to.") @Nullable String database,
    @JsonPropertyDescription("The server's version.") @Nullable String serverVersion,
    @JsonPropertyDescription("The role that is connected as.") @Nullable String currentUser,
    @JsonPropertyDescription(
            "The same for all connections that lead to one database: the server's system"
                + " identifier and the database's OID.")
        @Nullable String databaseIdentity,
    @JsonPropertyDescription("How many MaterializedViews name this connection.")
        @Nullable Integer managedViews,
    @JsonPropertyDescription("What the role may do in the database.")
        @Nullable Capabilities capabilities,
    @JsonPropertyDescription(
            "The materialized views of the database that its bookkeeping does not name. One of them"
                + " can be taken over by a MaterializedView of its name.")
        @Nullable UnmanagedViews unmanagedViews,
    @JsonPropertyDescription(
            "Closed: views use the connection. Open: they wait, and only the connection itself"
                + " tries its database again, with growing pauses.")
        @Nullable Breaker breaker,
    @JsonPropertyDescription(
            "The generation at which the connection was found to lead to another database than"
                + " before, though nobody had edited it. Until it is edited, no view is dropped.")
        @Nullable Long databaseChangedAt,
    @JsonPropertyDescription("What works but should be looked at. At most 8.") @Size(max = 8)
        List<String> warnings)
    implements ObservedStatus {

  public PostgresConnectionStatus {
    warnings = warnings == null ? List.of() : List.copyOf(warnings);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
