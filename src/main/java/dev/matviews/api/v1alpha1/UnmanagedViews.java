package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Materialized views of the database that are no operator's. */
public record UnmanagedViews(
    @JsonPropertyDescription("How many there are.") @Required int count,
    @JsonPropertyDescription("Their names in PostgreSQL, at most 50.") @Required @Size(max = 50)
        List<String> names) {

  public UnmanagedViews {
    names = names == null ? List.of() : List.copyOf(names);
  }
}
