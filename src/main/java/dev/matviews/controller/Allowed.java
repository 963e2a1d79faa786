package dev.matviews.controller;

import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.plan.ObservedView;
import dev.matviews.plan.Reason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which views a connection takes.
 *
 * @param connection by name, for those who are refused
 * @param owners null for all
 * @param schemas null for all
 */
record Allowed(String connection, @Nullable List<String> owners, @Nullable List<String> schemas) {

  static Allowed of(PostgresConnection object) {
    return new Allowed(
        object.getMetadata().getName(),
        object.getSpec().allowedOwners(),
        object.getSpec().allowedSchemas());
  }

  /**
   * Lets a view pass, as it is declared.
   *
   * @throws RefusedException SchemaNotAllowed or OwnerNotAllowed
   */
  void check(DesiredView view, String connectingRole) {
    String schema = view.name().schema();
    if (schemas != null && !schemas.contains(schema)) {
      throw new RefusedException(
          Reason.SchemaNotAllowed,
          ("PostgresConnection %s takes no views in schema %s: use one of %s, or have its"
                  + " allowedSchemas changed")
              .formatted(connection, schema, String.join(", ", schemas)));
    }
    declaredOwner(view)
        .or(() -> view.managed().map(managed -> connectingRole))
        .ifPresent(owner -> checkOwner(owner, "set owner to one of %s, or have"));
  }

  /**
   * Lets one pass that is there already: its owner is whom a refresh runs as, and whose a new
   * definition becomes where the spec names none. One of ours is given the owner that its spec
   * names.
   *
   * @throws RefusedException OwnerNotAllowed
   */
  void checkStanding(DesiredView view, ObservedView standing) {
    boolean getsItsOwner = declaredOwner(view).isPresent() && standing.isClaimedBy(view.claim());
    if (!getsItsOwner) {
      standing
          .relation()
          .ifPresent(found -> checkOwner(found.owner(), "it takes those of %s; have"));
    }
  }

  private static Optional<String> declaredOwner(DesiredView view) {
    return view.managed().map(managed -> managed.attributes().owner());
  }

  private void checkOwner(String owner, String wayOut) {
    if (owners != null && !owners.contains(owner)) {
      throw new RefusedException(
          Reason.OwnerNotAllowed,
          "PostgresConnection %s takes no views of owner %s: %s its allowedOwners changed"
              .formatted(connection, owner, wayOut.formatted(String.join(", ", owners))));
    }
  }
}
