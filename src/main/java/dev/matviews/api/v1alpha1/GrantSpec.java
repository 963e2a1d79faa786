package dev.matviews.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What one role may do with the view. */
@ValidationRule(
    value = "self.role != 'PUBLIC' || !self.withGrantOption",
    message = "PUBLIC cannot pass privileges on: remove withGrantOption or name a role",
    fieldPath = ".withGrantOption")
public record GrantSpec(
    @JsonPropertyDescription(
            "The role, spelled as PostgreSQL holds it, or PUBLIC for every role. At most 63 bytes.")
        @Required
        @Identifier
        // PostgreSQL reads a quoted "public" as PUBLIC too.
        @ValidationRule(
            value = "self != 'public'",
            message = "every role is written PUBLIC, in capitals")
        String role,
    @JsonPropertyDescription(
            "What it may do: SELECT, MAINTAIN (PostgreSQL 17 and newer), REFERENCES, TRIGGER. 1 to"
                + " 4, none twice.")
        @Required
        @Size(min = 1, max = 4)
        List<Privilege> privileges,
    @JsonPropertyDescription("Whether it may grant these privileges to others. Default: false.")
        @Default("false")
        boolean withGrantOption) {

  public GrantSpec {
    privileges = privileges == null ? List.of() : List.copyOf(privileges);
  }
}
