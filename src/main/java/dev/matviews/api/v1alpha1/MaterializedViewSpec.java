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

/** What people declare of a materialized view. */
@JsonClassDescription("What the view is to be.")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "has(self.viewName) == has(oldSelf.viewName)"
            + " && (!has(self.viewName) || self.viewName == oldSelf.viewName)",
    message = "viewName is immutable: it cannot be added, changed or removed")
@ValidationRule(
    value = "self.managementPolicy != 'Manage' || has(self.sql)",
    message =
        "managementPolicy Manage needs sql: add the view's query, or set managementPolicy to"
            + " RefreshOnly",
    fieldPath = ".sql",
    reason = "FieldValueRequired")
@ValidationRule(
    value =
        "self.managementPolicy != 'RefreshOnly'"
            + " || !(has(self.sql) || has(self.owner) || has(self.grants) || has(self.comment)"
            + " || has(self.storage) || has(self.indexes))",
    message =
        "managementPolicy RefreshOnly changes nothing but the view's data: remove sql, owner,"
            + " grants, comment, storage and indexes")
@ValidationRule(
    value = "self.managementPolicy != 'RefreshOnly' || self.deletionPolicy == 'Retain'",
    message = "managementPolicy RefreshOnly never drops the view: set deletionPolicy to Retain",
    fieldPath = ".deletionPolicy")
@ValidationRule(
    value = "self.managementPolicy != 'RefreshOnly' || self.refresh.mode != 'Swap'",
    message =
        "managementPolicy RefreshOnly never replaces the view: set refresh.mode to Auto, Standard or"
            + " Concurrent",
    fieldPath = ".refresh.mode")
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
            "What the operator does with the view. Manage: it makes the view and keeps it as"
                + " declared here. RefreshOnly: the view exists already; it is refreshed, and"
                + " nothing else of it is changed. Default: Manage.")
        @Default("Manage")
        ManagementPolicy managementPolicy,
    @JsonPropertyDescription(
            "The view's query: one SELECT, WITH, VALUES or TABLE without a semicolon. 1 to 65536"
                + " characters. Required with managementPolicy Manage.")
        @Size(min = 1, max = 65536)
        @ValidationRule(
            value = "self.matches('\\\\S') && !self.contains('\\u0000')",
            message = "sql is one query and not only white space, without NUL characters")
        @Nullable String sql,
    @JsonPropertyDescription(
            "The schemas that unqualified names in sql are looked for in, in this order; \"$user\""
                + " stands for the schema called as the view's owner. 1 to 32. Default: the view's schema.")
        @Size(min = 1, max = 32)
        @ValidationRule(
            value = "self.all(s, size(bytes(s)) <= 63 && !s.contains('\\u0000'))",
            message = "a name in PostgreSQL has at most 63 bytes and no NUL character")
        List<@Size(min = 1, max = 63) String> searchPath,
    @JsonPropertyDescription(
            "The IANA time zone of the session while the query runs. It changes results, such as"
                + " those of now()::date. Default: UTC.")
        @TimeZoneName
        @Nullable String sessionTimeZone,
    @JsonPropertyDescription(
            "The role that is to own the view, spelled as PostgreSQL holds it. The connecting role"
                + " must be able to SET ROLE to it. At most 63 bytes. Default: the connecting"
                + " role.")
        @Identifier
        @Nullable String owner,
    @JsonPropertyDescription(
            "What each role may do with the view, at most 64. What others granted by hand is left"
                + " alone. Default: none.")
        @Size(max = 64)
        List<GrantSpec> grants,
    @JsonPropertyDescription(
            "The view's comment in PostgreSQL. 1 to 1024 characters. Default: none.")
        @Size(min = 1, max = 1024)
        @ValidationRule(
            value = "!self.contains('\\u0000')",
            message = "a comment in PostgreSQL has no NUL character")
        @Nullable String comment,
    @JsonPropertyDescription(
            "Where and how PostgreSQL keeps the view's rows. Default: as PostgreSQL chooses.")
        @Nullable StorageSpec storage,
    @JsonPropertyDescription(
            "The indexes that the view is to have, at most 32. One that leaves this list is"
                + " dropped; those that others made are left alone. Default: none.")
        @Size(max = 32)
        List<IndexSpec> indexes,
    @JsonPropertyDescription("When and how the view is refreshed. Default: only when requested.")
        @Default("{}")
        RefreshSpec refresh,
    @JsonPropertyDescription(
            "Views that are made and refreshed before this one, beside those that its query reads"
                + " and PostgreSQL knows of; those that a function reads, it does not know of. At"
                + " most 32. Default: none.")
        @Size(max = 32)
        List<Dependency> dependsOn,
    @JsonPropertyDescription(
            "How old the data may be. While there are any, the condition Fresh says whether they"
                + " are younger; the view stays Ready when they are not. At least 1s. Default:"
                + " none, and no such condition.")
        @DurationText
        @ValidationRule(
            value = DurationText.NONE_OR + "duration(self) >= duration('1s')",
            message = "maxStaleness is at least 1s")
        @Nullable String maxStaleness,
    @JsonPropertyDescription(
            "How a changed definition goes live, always without an outage. Automatic: as soon as"
                + " it is built. OnApproval: status.plannedChange shows it, and it waits until the"
                + " annotation matviews.dev/approved-change has its hash. Default: Automatic.")
        @Default("Automatic")
        ChangePolicy changePolicy,
    @JsonPropertyDescription(
            "Whether a view of this name that others made is taken over. IfIdentical: when its"
                + " definition is the same. Always: also when it is another, which is then changed"
                + " to this one. Default: IfIdentical.")
        @Default("IfIdentical")
        AdoptionPolicy adoptionPolicy,
    @JsonPropertyDescription(
            "What is done when the view was changed by hand. Correct: it is put right. Report:"
                + " the condition Drifted tells of it. Default: Correct.")
        @Default("Correct")
        DriftPolicy driftPolicy,
    @JsonPropertyDescription(
            "What becomes of the view when this object is deleted. Retain leaves it in the database"
                + " and never needs the database. Delete drops it, with its indexes; where objects"
                + " of others stand on it, deletion waits until they are gone. It can still be"
                + " changed while deletion waits. Default: Retain.")
        @Default("Retain")
        DeletionPolicy deletionPolicy,
    @JsonPropertyDescription(
            "How many ended runs the database keeps, the newest, beside the last success in each"
                + " mode. 1 to 200. Default: 20.")
        @Default("20")
        @Min(1)
        @Max(200)
        int historyLimit,
    @JsonPropertyDescription(
            "Stops scheduled refreshes and all changes to the database. A requested refresh still"
                + " runs and deletion still works. Default: false.")
        @Default("false")
        boolean suspend) {

  public MaterializedViewSpec {
    searchPath = searchPath == null ? List.of() : List.copyOf(searchPath);
    grants = grants == null ? List.of() : List.copyOf(grants);
    indexes = indexes == null ? List.of() : List.copyOf(indexes);
    dependsOn = dependsOn == null ? List.of() : List.copyOf(dependsOn);
  }
}
