package dev.matviews.plan;

import java.util.Set;

/**
 * Privileges on a view that a spec gives to one role.
 *
 * @param role {@link #PUBLIC} for everybody
 */
public record Grant(String role, Set<String> privileges, boolean withGrantOption) {

  public static final String PUBLIC = "PUBLIC";

  public Grant {
    privileges = Set.copyOf(privileges);
  }
}
