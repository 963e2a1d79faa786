package dev.matviews.controller;

import dev.matviews.api.v1alpha1.CaSecretRef;
import dev.matviews.api.v1alpha1.PostgresConnection;
import dev.matviews.api.v1alpha1.PostgresConnectionSpec;
import dev.matviews.api.v1alpha1.SecretKeys;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.ServerAddress;
import dev.matviews.postgres.TlsMode;
import dev.matviews.refresh.GoDuration;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A PostgresConnection and its Secrets in the words of the domain.
 *
 * @param rebuildSizeWarning in bytes, null for none
 */
record DesiredConnection(
    ServerAddress address,
    String bookkeepingSchema,
    int maxConcurrentRefreshes,
    @Nullable BigDecimal rebuildSizeWarning) {

  private static final int DEFAULT_PORT = 5432;

  /** Names and addresses only: anything else could carry settings of the driver. */
  private static final Pattern HOST =
      Pattern.compile(
          "[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_.])?"
              + "|(?=.{2,45}$)[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*");

  /**
   * Reads what the spec leaves to the Secret.
   *
   * @param secrets by name, in the object's own namespace; null when there is none of that name
   * @throws RefusedException SecretNotFound or SecretIncomplete
   */
  static DesiredConnection of(
      PostgresConnection object, Function<String, @Nullable Secret> secrets) {
    PostgresConnectionSpec spec = object.getSpec();
    SecretValues values = SecretValues.of(spec.secretRef().name(), secrets);
    SecretKeys keys = spec.secretRef().keys();
    String host = spec.host() != null ? spec.host() : values.name(keys.host());
    String port = spec.port() != null ? spec.port().toString() : values.getOr(keys.port(), "");
    String database = spec.database() != null ? spec.database() : values.name(keys.database());
    return new DesiredConnection(
        new ServerAddress(
            host(host, object.getMetadata().getNamespace()),
            port(port),
            database,
            values.name(keys.user()),
            values.get(keys.password()),
            tlsMode(spec),
            caCertificates(spec, secrets),
            GoDuration.parse(spec.connectTimeout())),
        spec.bookkeepingSchema(),
        spec.maxConcurrentRefreshes(),
        spec.rebuildSizeWarning() == null
            ? null
            : Quantity.getAmountInBytes(Quantity.parse(spec.rebuildSizeWarning())));
  }

  /** A bare service name, as CloudNativePG writes it, means the object's own namespace. */
  private static String host(String host, String namespace) {
    if (!HOST.matcher(host).matches()) {
      throw new RefusedException(
          Reason.SecretIncomplete, "the host is no DNS name or IP address: it holds no URL");
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
    return ref == null ? null : SecretValues.of(ref.name(), secrets).get(ref.key());
  }

  /** One Secret's values, decoded only when asked for. */
  private record SecretValues(String name, Map<String, String> data) {

    static SecretValues of(String name, Function<String, @Nullable Secret> secrets) {
      Secret secret = secrets.apply(name);
      if (secret == null) {
        throw new RefusedException(
            Reason.SecretNotFound, "Secret %s does not exist in this namespace".formatted(name));
      }
      return new SecretValues(name, secret.getData() == null ? Map.of() : secret.getData());
    }

    /** A name that goes into the login: `echo` without -n leaves a line break at its end. */
    String name(String key) {
      String value = get(key);
      if (value.chars().anyMatch(Character::isISOControl)) {
        throw new RefusedException(
            Reason.SecretIncomplete,
            "key %s of Secret %s holds a line break or another control character; write it without"
                .formatted(key, name));
      }
      return value;
    }

    String get(String key) {
      String value = getOr(key, "");
      if (value.isEmpty()) {
        throw new RefusedException(
            Reason.SecretIncomplete,
            "Secret %s has no key %s; add it, or name another one in the spec"
                .formatted(name, key));
      }
      return value;
    }

    String getOr(String key, String fallback) {
      String value = data.get(key);
      return value == null
          ? fallback
          : new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
    }
  }
}
