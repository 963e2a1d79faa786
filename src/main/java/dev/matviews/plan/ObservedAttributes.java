package dev.matviews.plan;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a view has beside its rows.
 *
 * @param tablespace by its name also where it is the database's own
 * @param parameters storage parameters as set
 * @param privileges all but the owner's own
 */
public record ObservedAttributes(
    String owner,
    @Nullable String comment,
    @Nullable String tablespace,
    Map<String, String> parameters,
    List<Privilege> privileges) {

  public ObservedAttributes {
    parameters = Map.copyOf(parameters);
    privileges = List.copyOf(privileges);
  }

  /**
   * One privilege of one role.
   *
   * @param byOwner whether the owner granted it; what others granted is theirs
   */
  public record Privilege(String role, String privilege, boolean grantable, boolean byOwner) {}
}
