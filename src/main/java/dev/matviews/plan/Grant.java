package dev.matviews.plan;

import java.util.Set;
import java.util.TreeSet;

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

  /** In one order, so that equal grants read alike. */
  public Set<String> sorted() {
    return new TreeSet<>(privileges);
  }
}
