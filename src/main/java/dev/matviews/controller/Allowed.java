package dev.matviews.controller;

import dev.matviews.api.v1alpha1.PostgresConnectionSpec;
import dev.matviews.plan.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which views a connection takes.
 *
 * @param owners null for all
 * @param schemas null for all
 */
record Allowed(@Nullable List<String> owners, @Nullable List<String> schemas) {

  static Allowed of(PostgresConnectionSpec spec) {
    return new Allowed(spec.allowedOwners(), spec.allowedSchemas());
  }

  /**
   * Lets a view pass.
   *
   * @throws RefusedException SchemaNotAllowed or OwnerNotAllowed
   */
  void check(DesiredView view, String connection, String connectingRole) {
    String schema = view.name().schema();
    if (schemas != null && !schemas.contains(schema)) {
      throw new RefusedException(
          Reason.SchemaNotAllowed,
          ("PostgresConnection %s takes no views in schema %s: use one of %s, or have its"
                  + " allowedSchemas changed")
              .formatted(connection, schema, String.join(", ", schemas)));
    }
    if (owners == null || view.managed().isEmpty()) {
      return;
    }
    String declared = view.managed().get().attributes().owner();
    String owner = declared == null ? connectingRole : declared;
    if (!owners.contains(owner)) {
      throw new RefusedException(
          Reason.OwnerNotAllowed,
          ("PostgresConnection %s takes no views of owner %s: set owner to one of %s, or have its"
                  + " allowedOwners changed")
              .formatted(connection, owner, String.join(", ", owners)));
    }
  }
}
