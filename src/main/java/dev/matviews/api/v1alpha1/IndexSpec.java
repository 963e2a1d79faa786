package dev.matviews.api.v1alpha1;

import static java.util.Collections.unmodifiableMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One index that the view is to have. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "has(self.columns) != has(self.keys)",
    message = "an index has either columns or keys: give exactly one of them")
@ValidationRule(
    value = "!self.unique || self.method == 'btree'",
    message = "only an index of method btree can be unique: remove unique or method",
    fieldPath = ".unique")
@ValidationRule(
    value = "!self.nullsNotDistinct || self.unique",
    message = "nullsNotDistinct needs a unique index: set unique or remove nullsNotDistinct",
    fieldPath = ".nullsNotDistinct")
@ValidationRule(
    value = "!has(self.include) || self.method in ['btree', 'gist', 'spgist']",
    message = "only methods btree, gist and spgist can include columns: remove include or method",
    fieldPath = ".include")
@ValidationRule(
    value =
        "!has(self.keys) || self.method == 'btree'"
            + " || self.keys.all(k, !has(k.order) && !has(k.nulls))",
    message = "only method btree sorts: remove order and nulls from the keys, or remove method",
    fieldPath = ".keys")
public record IndexSpec(
    @JsonPropertyDescription(
            "The index's name in PostgreSQL, in the view's schema. At most 63 bytes.")
        @Required
        @Identifier
        String name,
    @JsonPropertyDescription(
            "Whether no two rows may be alike in these columns; only with method btree. Mode"
                + " Concurrent needs one unique index over columns alone and without where."
                + " Default: false.")
        @Default("false")
        boolean unique,
    @JsonPropertyDescription(
            "The indexed columns in this order, by their names alone and spelled as PostgreSQL"
                + " holds them. 1 to 32, none twice. Either these or keys.")
        @ColumnNames
        List<@Size(min = 1, max = 63) String> columns,
    @JsonPropertyDescription(
            "The index's keys in this order, where columns do not say enough: expressions, sort"
                + " orders, operator classes, collations. 1 to 32. Either these or columns.")
        @Size(min = 1, max = 32)
        List<IndexKey> keys,
    @JsonPropertyDescription(
            "Columns that the index holds beside its keys, so that a query need not read the view; only"
                + " with methods btree, gist and spgist. 1 to 32, none twice. Default: none.")
        @ColumnNames
        List<@Size(min = 1, max = 63) String> include,
    @JsonPropertyDescription(
            "Index only the rows for which this SQL expression is true, such as total > 0. 1 to"
                + " 2048 characters. Default: all rows.")
        @Size(min = 1, max = 2048)
        @Expression
        @Nullable String where,
    @JsonPropertyDescription(
            "The index's access method: btree, hash, gin, gist, brin or spgist. Default: btree.")
        @Default("btree")
        IndexMethod method,
    @JsonPropertyDescription("Whether two nulls count as alike; only with unique. Default: false.")
        @Default("false")
        boolean nullsNotDistinct,
    @JsonPropertyDescription(
            "The index's storage parameters by name, such as fillfactor: \"90\". At most 16."
                + " Default: none.")
        @StorageParameters
        Map<String, @Size(max = 128) String> parameters) {

  public IndexSpec {
    columns = columns == null ? List.of() : List.copyOf(columns);
    keys = keys == null ? List.of() : List.copyOf(keys);
    include = include == null ? List.of() : List.copyOf(include);
    // Map.copyOf would order them anew in each process, and the SQL made of them with it.
    parameters = parameters == null ? Map.of() : unmodifiableMap(new TreeMap<>(parameters));
  }
}
