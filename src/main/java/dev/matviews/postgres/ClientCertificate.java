package dev.matviews.postgres;

/**
 * Proves to a server who connects.
 *
 * @param chain PEM, the client's own first
 * @param key PEM, in one of the forms that OpenSSL and cert-manager write
 */
public record ClientCertificate(String chain, String key) {

  /** Never the key. */
  @Override
  public String toString() {
    return "a client certificate";
  }
}
