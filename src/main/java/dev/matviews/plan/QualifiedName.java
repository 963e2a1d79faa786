package dev.matviews.plan;

/** A relation's name inside one database, unquoted as the catalogue holds it. */
public record QualifiedName(String schema, String name) {

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
