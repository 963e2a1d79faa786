package dev.matviews.plan;

import java.util.List;

/**
 * What a spec wants in the database.
 *
 * @param searchPath where unqualified names of {@code sql} are looked up, in this order
 * @param timeZone the session's TimeZone while the query runs; part of the definition because
 *     {@code at::date} depends on it
 */
public record ViewDefinition(
    QualifiedName name,
    Claim claim,
    String sql,
    List<String> searchPath,
    String timeZone,
    List<Index> indexes) {

  public ViewDefinition {
    searchPath = List.copyOf(searchPath);
    indexes = List.copyOf(indexes);
  }

  /** SHA-256 of all that decides which rows the view holds; the indexes are not part of it. */
  public String hash() {
    Digest digest = new Digest().add(sql).add(timeZone);
    searchPath.forEach(digest::add);
    return digest.hex();
  }
}
