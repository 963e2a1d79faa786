package dev.matviews.plan;

/** All that a spec wants of its view in the database. */
public record Desired(ViewDefinition definition, Attributes attributes, Policies policies) {

  /** SHA-256 of all that a rebuild brings to life. */
  public String hash() {
    Digest digest = new Digest().add(definition.hash()).addOptional(attributes.tablespace());
    definition.indexes().forEach(index -> digest.add(index.hash()));
    return digest.hex();
  }

  public QualifiedName name() {
    return definition.name();
  }
}
