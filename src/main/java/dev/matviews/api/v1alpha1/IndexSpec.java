package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One index that the view is to have. */
public record IndexSpec(
    @JsonPropertyDescription(
            "The index's name in PostgreSQL, in the view's schema. At most 63 bytes.")
        @Required
        @Identifier
        String name,
    @JsonPropertyDescription(
            "Whether no two rows may be alike in these columns. Mode Concurrent needs one unique"
                + " index. Default: false.")
        @Default("false")
        boolean unique,
    @JsonPropertyDescription(
            "The indexed columns in this order, by their names alone and spelled as PostgreSQL"
                + " holds them. 1 to 32, none twice.")
        @Required
        @Size(min = 1, max = 32)
        @ValidationRule(
            value = "self.all(c, size(bytes(c)) <= 63 && !c.contains('\\u0000'))",
            message = "a name in PostgreSQL has at most 63 bytes and no NUL character")
        @ValidationRule(
            value = "self.all(c, self.exists_one(d, d == c))",
            message = "columns names a column twice: remove one of them")
        List<@Size(min = 1, max = 63) String> columns) {

  public IndexSpec(String name, boolean unique, @Nullable List<String> columns) {
    this.name = name;
    this.unique = unique;
    this.columns = columns == null ? List.of() : List.copyOf(columns);
  }
}
