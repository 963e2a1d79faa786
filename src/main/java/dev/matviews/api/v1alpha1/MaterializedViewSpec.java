package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What people declare of a materialized view. */
@JsonClassDescription("What the view is to be.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "has(self.viewName) == has(oldSelf.viewName)"
            + " && (!has(self.viewName) || self.viewName == oldSelf.viewName)",
    message = "viewName is immutable: it cannot be added, changed or removed")
public record MaterializedViewSpec(
    @JsonPropertyDescription(
            "The PostgresConnection, in the same namespace, whose database the view is in."
                + " Immutable.")
        @Required
        @ValidationRule(
            value = "self == oldSelf",
            message =
                "connectionRef is immutable: make a new MaterializedView for another database")
        ConnectionRef connectionRef,
    @JsonPropertyDescription(
            "The schema in PostgreSQL that the view is in. It must exist. At most 63 bytes."
                + " Immutable. Default: public.")
        @Default("public")
        @Identifier
        @ValidationRule(
            value = "self == oldSelf",
            message = "schema is immutable: make a new MaterializedView for another schema")
        String schema,
    @JsonPropertyDescription(
            "The view's name in PostgreSQL. At most 63 bytes. Immutable. Default: metadata.name"
                + " with _ for each - and each dot.")
        @Identifier
        @Nullable String viewName,
    @JsonPropertyDescription(
            "The view's query: one SELECT, WITH, VALUES or TABLE without a semicolon. 1 to 65536"
                + " characters.")
        @Required
        @Size(min = 1, max = 65536)
        @ValidationRule(
            value = "self.matches('\\\\S') && !self.contains('\\u0000')",
            message = "sql is one query and not only white space, without NUL characters")
        String sql,
    @JsonPropertyDescription(
            "The schemas that unqualified names in sql are looked for in, in this order; \"$user\""
                + " stands for the connecting role's schema. 1 to 32. Default: the view's schema.")
        @Size(min = 1, max = 32)
        @ValidationRule(
            value = "self.all(s, size(bytes(s)) <= 63 && !s.contains('\\u0000'))",
            message = "a name in PostgreSQL has at most 63 bytes and no NUL character")
        List<@Size(min = 1, max = 63) String> searchPath,
    @JsonPropertyDescription(
            "The IANA time zone of the session while the query runs. It changes results, such as"
                + " those of now()::date. Default: UTC.")
        @Default("UTC")
        @TimeZoneName
        String sessionTimeZone,
    @JsonPropertyDescription(
            "The indexes that the view is to have, at most 32. One that leaves this list is"
                + " dropped; those that others made are left alone. Default: none.")
        @Size(max = 32)
        List<IndexSpec> indexes,
    @JsonPropertyDescription("When and how the view is refreshed. Default: only when requested.")
        @Default("{}")
        RefreshSpec refresh,
    @JsonPropertyDescription(
            "Stops scheduled refreshes and all changes to the database. A requested refresh still"
                + " runs and deletion still works. Default: false.")
        @Default("false")
        boolean suspend) {

  public MaterializedViewSpec {
    searchPath = searchPath == null ? List.of() : List.copyOf(searchPath);
    indexes = indexes == null ? List.of() : List.copyOf(indexes);
  }
}
