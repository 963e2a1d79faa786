package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What stands on a view. */
public record Dependents(
    @JsonPropertyDescription("How many there are.") @Required int count,
    @JsonPropertyDescription("Their names in PostgreSQL, at most 20.") @Required @Size(max = 20)
        List<String> names) {

  public Dependents {
    names = names == null ? List.of() : List.copyOf(names);
  }
}
