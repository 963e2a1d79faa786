package dev.matviews.postgres;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is and who logs in: everything that may come from a Secret, and nothing else
 * reaches the driver.
 *
 * @param host one, or several with commas in between: then the first of them that is the primary
 * @param caCertificates PEM; null trusts the CAs of the Java runtime
 * @param clientCertificate what to show to a server that asks for one; null for none
 * @param refused where no connection goes to, whatever the host's name stands for
 * @param connectTimeout for each host
 */
public record ServerAddress(
    String host,
    int port,
    String database,
    String user,
    String password,
    TlsMode tls,
    @Nullable String caCertificates,
    @Nullable ClientCertificate clientCertificate,
    Networks refused,
    Duration connectTimeout) {

  List<String> hosts() {
    return List.of(host.split(",", -1));
  }

  /** Never the password. */
  @Override
  public String toString() {
    return toString(host);
  }

  /** As seen at one of its hosts. */
  String toString(String oneHost) {
    return "%s@%s:%d/%s".formatted(user, oneHost, port, database);
  }
}
