package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** One key of an index that is more than a column. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.column) != has(self.expression)",
    message = "a key is either a column or an expression: give exactly one of them")
public record IndexKey(
    @JsonPropertyDescription(
            "The column, by its name alone and spelled as PostgreSQL holds it. Either this or"
                + " expression.")
        @Identifier
        @Nullable String column,
    @JsonPropertyDescription(
            "An SQL expression over the view's columns, such as lower(email). 1 to 1024"
                + " characters. Either this or column.")
        @Size(min = 1, max = 1024)
        @Expression
        @Nullable String expression,
    @JsonPropertyDescription("How the key is sorted; only with method btree. Default: asc.")
        @Nullable SortOrder order,
    @JsonPropertyDescription(
            "Where nulls are sorted; only with method btree. Default: last, and first with order"
                + " desc.")
        @Nullable NullsOrder nulls,
    @JsonPropertyDescription(
            "The operator class, such as text_pattern_ops, or schema.name. Default: the type's.")
        @QualifiedIdentifier
        @Nullable String operatorClass,
    @JsonPropertyDescription(
            "The collation, such as C, or schema.name: the first dot ends the schema, so"
                + " pg_catalog.en_US.utf8. Default: the column's or the expression's.")
        @QualifiedIdentifier
        @Nullable String collation) {}
