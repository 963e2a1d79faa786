package dev.matviews.controller;

import dev.matviews.api.v1alpha1.ObjectName;
import dev.matviews.plan.Reason;
import dev.matviews.postgres.DriverSettings;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One Secret's values, decoded only when asked for. */
record SecretValues(String name, Map<String, String> data) {

  private static final Pattern NAME = Pattern.compile(ObjectName.PATTERN);

  /** Kinds of Secrets that Kubernetes and its tools keep for themselves. */
  private static final Set<String> NEVER =
      Set.of(
          "kubernetes.io/service-account-token",
          "kubernetes.io/dockercfg",
          "kubernetes.io/dockerconfigjson",
          "bootstrap.kubernetes.io/token",
          "helm.sh/release.v1");

  private static final String CERTIFICATE = "kubernetes.io/tls";

  /** Whoever names the server would be sent what is in it. */
  static SecretValues ofLogin(String name, Function<String, @Nullable Secret> secrets) {
    Secret secret = find(name, secrets);
    if (CERTIFICATE.equals(secret.getType())) {
      throw refused(secret);
    }
    return values(name, secret);
  }

  static SecretValues ofCertificate(String name, Function<String, @Nullable Secret> secrets) {
    return values(name, find(name, secrets));
  }

  private static SecretValues values(String name, Secret secret) {
    return new SecretValues(name, secret.getData() == null ? Map.of() : secret.getData());
  }

  private static Secret find(String name, Function<String, @Nullable Secret> secrets) {
    // The API server's schema says so too, but it may be older than this rule.
    Secret secret = NAME.matcher(name).matches() ? secrets.apply(name) : null;
    if (secret == null) {
      throw new RefusedException(
          Reason.SecretNotFound,
          "Secret %s does not exist in this namespace; make it".formatted(name));
    }
    if (secret.getType() != null && NEVER.contains(secret.getType())) {
      throw refused(secret);
    }
    return secret;
  }

  private static RefusedException refused(Secret secret) {
    return new RefusedException(
        Reason.SecretNotAllowed,
        ("Secret %s is of type %s, which is never sent to a database; name one of type Opaque or"
                + " kubernetes.io/basic-auth")
            .formatted(secret.getMetadata().getName(), secret.getType()));
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
          "Secret %s has no key %s; add it, or name another one in the spec".formatted(name, key));
    }
    return value;
  }

  String getOr(String key, String fallback) {
    String value = data.get(key);
    return value == null
        ? fallback
        : new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
  }

  /** Keys that would be settings of the driver in a URL, and are nothing here. */
  List<String> settings(Set<String> used) {
    return data.keySet().stream()
        .filter(DriverSettings::isOne)
        .filter(key -> !used.contains(key))
        .sorted()
        .toList();
  }
}
