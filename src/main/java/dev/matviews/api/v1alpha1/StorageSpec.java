package dev.matviews.api.v1alpha1;

import static java.util.Collections.unmodifiableMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where and how PostgreSQL keeps a view's rows. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record StorageSpec(
    @JsonPropertyDescription(
            "The tablespace that the rows are in. It must exist. At most 63 bytes. Default: the"
                + " database's.")
        @Identifier
        @Nullable String tablespace,
    @JsonPropertyDescription(
            "The view's storage parameters by name, such as fillfactor: \"70\" or"
                + " autovacuum_enabled: \"off\". At most 16. Default: none.")
        @StorageParameters
        Map<String, @Size(max = 128) String> parameters) {

  public StorageSpec {
    // Map.copyOf would order them anew in each process, and the SQL made of them with it.
    parameters = parameters == null ? Map.of() : unmodifiableMap(new TreeMap<>(parameters));
  }
}
