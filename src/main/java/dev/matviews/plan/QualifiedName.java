package dev.matviews.plan;

/** A relation's name inside one database, as the catalogue holds it: unquoted, case kept. */
public record QualifiedName(String schema, String name) {

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
