package dev.matviews.plan;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
    MessageDigest digest = sha256();
    add(digest, sql);
    add(digest, timeZone);
    searchPath.forEach(schema -> add(digest, schema));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The length goes first, so that no two lists of texts run into the same bytes. */
  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
