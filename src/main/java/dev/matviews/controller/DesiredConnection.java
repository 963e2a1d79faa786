package dev.matviews.controller;

import dev.matviews.api.v1alpha1.CaSecretRef;
import dev.matviews.api.v1alpha1.ClientCertSecretRef;
import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.api.v1alpha1.PostgresConnectionSpec;
import dev.matviews.api.v1alpha1.SecretKeys;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.ClientCertificate;
import dev.matviews.postgres.Networks;
import dev.matviews.postgres.ServerAddress;
import dev.matviews.postgres.Terms;
import dev.matviews.postgres.TlsMode;
import dev.matviews.refresh.GoDuration;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A PostgresConnection and its Secrets in the words of the domain.
 *
 * @param rebuildSizeWarning in bytes, null for none
 */
record DesiredConnection(
    ServerAddress address,
    Terms terms,
    Allowed allowed,
    int maxConcurrentRefreshes,
    @Nullable BigDecimal rebuildSizeWarning,
    List<String> warnings) {

  private static final int DEFAULT_PORT = 5432;
  private static final int LONGEST_LIST = 200;

  /** Names and addresses only: anything else could carry settings of the driver. */
  private static final Pattern HOST =
      Pattern.compile(
          "[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_.])?"
              + "|(?=.{2,45}$)[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*");

  /**
   * Reads what the spec leaves to the Secret.
   *
   * @param secrets by name, in the object's own namespace; null when there is none of that name
   * @param refused where no connection goes to
   * @throws RefusedException SecretNotFound, SecretNotAllowed or SecretIncomplete
   */
  static DesiredConnection of(
      PostgresConnection object, Function<String, @Nullable Secret> secrets, Networks refused) {
    PostgresConnectionSpec spec = object.getSpec();
    SecretValues values = SecretValues.ofLogin(spec.secretRef().name(), secrets);
    SecretKeys keys = spec.secretRef().keys();
    String host = spec.host() != null ? spec.host() : values.name(keys.host());
    String port = spec.port() != null ? spec.port().toString() : values.getOr(keys.port(), "");
    String database = spec.database() != null ? spec.database() : values.name(keys.database());
    return new DesiredConnection(
        new ServerAddress(
            hosts(host, object.getMetadata().getNamespace()),
            port(port),
            database,
            values.name(keys.user()),
            values.get(keys.password()),
            tlsMode(spec),
            caCertificates(spec, secrets),
            clientCertificate(spec, secrets),
            refused,
            GoDuration.parse(spec.connectTimeout())),
        new Terms(spec.bookkeepingSchema(), spec.allowPrivilegedRole(), spec.readReplicas()),
        Allowed.of(object),
        spec.maxConcurrentRefreshes(),
        spec.rebuildSizeWarning() == null
            ? null
            : Quantity.getAmountInBytes(Quantity.parse(spec.rebuildSizeWarning())),
        warnings(values, spec));
  }

  String bookkeepingSchema() {
    return terms.bookkeepingSchema();
  }

  private static List<String> warnings(SecretValues values, PostgresConnectionSpec spec) {
    SecretKeys keys = spec.secretRef().keys();
    List<String> ignored =
        values.settings(
            Set.of(keys.host(), keys.port(), keys.database(), keys.user(), keys.password()));
    List<String> warnings = new ArrayList<>();
    if (!ignored.isEmpty()) {
      warnings.add(
          "Secret %s has keys that are settings of a driver, and are ignored: %s"
              .formatted(
                  values.name(), ShortText.characters(String.join(", ", ignored), LONGEST_LIST)));
    }
    switch (tlsMode(spec)) {
      case DISABLE ->
          warnings.add("tls.mode disable: whoever is on the way can read and change what is sent");
      case REQUIRE -> warnings.add("tls.mode require: the server does not prove who it is");
      case VERIFY_CA, VERIFY_FULL -> {}
    }
    return List.copyOf(warnings);
  }

  private static String hosts(String hosts, String namespace) {
    return Arrays.stream(hosts.split(",", -1))
        .map(one -> host(one, namespace))
        .collect(Collectors.joining(","));
  }

  /** A bare service name, as CloudNativePG writes it, means the object's own namespace. */
  private static String host(String host, String namespace) {
    if (!HOST.matcher(host).matches()) {
      throw new RefusedException(
          Reason.SecretIncomplete,
          "the host is no DNS name or IP address, nor several with commas in between: it holds no URL");
    }
    boolean bare = host.chars().noneMatch(c -> c == '.' || c == ':') && !host.equals("localhost");
    return bare ? host + "." + namespace + ".svc" : host;
  }

  private static int port(String text) {
    if (text.isEmpty()) {
      return DEFAULT_PORT;
    }
    int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    if (port < 1 || port > 65535) {
      throw new RefusedException(Reason.SecretIncomplete, "the port is no number from 1 to 65535");
    }
    return port;
  }

  private static TlsMode tlsMode(PostgresConnectionSpec spec) {
    return TlsMode.valueOf(spec.tls().mode().name());
  }

  private static @Nullable String caCertificates(
      PostgresConnectionSpec spec, Function<String, @Nullable Secret> secrets) {
    CaSecretRef ref = spec.tls().caSecretRef();
    return ref == null ? null : SecretValues.ofCertificate(ref.name(), secrets).get(ref.key());
  }

  private static @Nullable ClientCertificate clientCertificate(
      PostgresConnectionSpec spec, Function<String, @Nullable Secret> secrets) {
    ClientCertSecretRef ref = spec.tls().clientCertSecretRef();
    if (ref == null) {
      return null;
    }
    SecretValues values = SecretValues.ofCertificate(ref.name(), secrets);
    return new ClientCertificate(values.get(ref.certKey()), values.get(ref.keyKey()));
  }
}
