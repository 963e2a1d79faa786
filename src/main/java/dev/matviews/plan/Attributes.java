package dev.matviews.plan;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a spec declares of a view beside its rows: who owns it, who may read it, what is said about
 * it and how it is stored. What it does not declare is left as it is.
 *
 * @param owner null for no wish
 * @param comment null for no wish
 * @param tablespace null for no wish
 */
public record Attributes(
    @Nullable String owner,
    List<Grant> grants,
    @Nullable String comment,
    @Nullable String tablespace,
    Map<String, String> parameters) {

  public static final Attributes NONE = new Attributes(null, List.of(), null, null, Map.of());

  public Attributes {
    grants = List.copyOf(grants);
    parameters = Map.copyOf(parameters);
  }

  /** The same, but for the tablespace. */
  Attributes in(@Nullable String other) {
    return new Attributes(owner, grants, comment, other, parameters);
  }

  /** What these declare otherwise than the others. */
  Attributes beside(Attributes others) {
    return new Attributes(
        otherwise(owner, others.owner),
        grants.stream().filter(grant -> !others.grants.contains(grant)).toList(),
        otherwise(comment, others.comment),
        otherwise(tablespace, others.tablespace),
        parameters.entrySet().stream()
            .filter(p -> !p.getValue().equals(others.parameters.get(p.getKey())))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  private static @Nullable String otherwise(@Nullable String one, @Nullable String other) {
    return Objects.equals(one, other) ? null : one;
  }
}
