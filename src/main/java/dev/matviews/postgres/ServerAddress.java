package dev.matviews.postgres;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and who logs in: everything that may come from a Secret, and nothing else
 * reaches the driver.
 *
 * @param caCertificates PEM; null trusts the CAs of the Java runtime
 */
public record ServerAddress(
    String host,
    int port,
    String database,
    String user,
    String password,
    TlsMode tls,
    @Nullable String caCertificates,
    Duration connectTimeout) {

  /** Never the password. */
  @Override
  public String toString() {
    return "%s@%s:%d/%s".formatted(user, host, port, database);
  }
}
