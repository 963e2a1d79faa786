package dev.matviews.plan;

/**
 * Who manages a view: the operator's owner id and the object's namespace and name.
 *
 * <p>Neither uid nor OID is part of it, so that an object deleted and applied again, a re-created
 * cluster and a restored dump keep their views.
 */
public record Claim(String ownerId, String namespace, String name) {

  @Override
  public String toString() {
    return namespace + "/" + name + " (owner id " + ownerId + ")";
  }
}
