package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.matviews.plan.Reason;
import dev.matviews.postgres.ClientCertificate;
import dev.matviews.postgres.Networks;
import dev.matviews.postgres.ServerAddress;
import dev.matviews.postgres.Terms;
import dev.matviews.postgres.TlsMode;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGProperty;

class DesiredConnectionTest {

  /** As CloudNativePG makes it for a cluster named board. */
  private static final Map<String, String> CLOUD_NATIVE_PG =
      Map.of(
          "host", "board-rw",
          "port", "5432",
          "dbname", "app",
          "user", "app",
          "username", "app",
          "password", "s3cret",
          "uri", "postgresql://app:s3cret@board-rw:5432/app",
          "jdbc-uri", "jdbc:postgresql://board-rw:5432/app?password=s3cret&user=app",
          "pgpass", "board-rw:5432:app:app:s3cret\n");

  @Test
  @DisplayName("reads a CloudNativePG Secret as it is")
  void cloudNativePg() {
    DesiredConnection connection = connection("", CLOUD_NATIVE_PG);
    assertThat(connection.address())
        .isEqualTo(
            new ServerAddress(
                "board-rw.team.svc",
                5432,
                "app",
                "app",
                "s3cret",
                TlsMode.VERIFY_FULL,
                null,
                null,
                Networks.NONE,
                Duration.ofSeconds(10)));
    assertThat(connection.bookkeepingSchema()).isEqualTo("matview_operator");
    assertThat(connection.maxConcurrentRefreshes()).isEqualTo(2);
    assertThat(connection.toString()).doesNotContain("s3cret");
  }

  @Test
  @DisplayName("reads other keys where the spec names them")
  void otherKeys() {
    ServerAddress address =
        connection(
                "secretRef: {keys: {host: pg-host, port: pg-port, database: pg-db, user: pg-user,"
                    + " password: pg-pass}}",
                Map.of(
                    "pg-host", "pg.example.com",
                    "pg-port", "6432",
                    "pg-db", "sales",
                    "pg-user", "röle",
                    "pg-pass", "pässwörd"))
            .address();
    assertThat(address.host()).isEqualTo("pg.example.com");
    assertThat(address.port()).isEqualTo(6432);
    assertThat(address.database()).isEqualTo("sales");
    assertThat(address.user()).isEqualTo("röle");
    assertThat(address.password()).isEqualTo("pässwörd");
  }

  @Test
  @DisplayName(
      "host, port and database of the spec go before the Secret's, which may then be missing")
  void specGoesFirst() {
    ServerAddress address =
        connection(
                "{host: pg.example.com, port: 6432, database: sales}",
                Map.of("username", "app", "password", "s3cret"))
            .address();
    assertThat(address.toString()).isEqualTo("app@pg.example.com:6432/sales");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @DisplayName(
      "a bare host is a Service of the object's own namespace, all others stay as they are")
  @CsvSource({
    "board-rw, board-rw.team.svc",
    "board-rw.other, board-rw.other",
    "board-rw.other.svc.cluster.local, board-rw.other.svc.cluster.local",
    "board-rw., board-rw.",
    "pg_primary, pg_primary.team.svc",
    "localhost, localhost",
    "10.0.0.7, 10.0.0.7",
    "::1, ::1",
    "fd00::7, fd00::7",
    "::ffff:10.0.0.7, ::ffff:10.0.0.7",
    "'board-a,board-b.other,::1', 'board-a.team.svc,board-b.other,::1'"
  })
  void hosts(String written, String host) {
    assertThat(connection("", with("host", written)).address().host()).isEqualTo(host);
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a host that could carry anything but a name or an address is refused")
  @ValueSource(
      strings = {
        "jdbc:postgresql://evil/app",
        "postgresql://evil",
        "board-rw/app?socketFactory=x.Y",
        "board-rw?sslmode=disable",
        "board-rw&user=postgres",
        "board-rw:5432",
        "db:5432",
        "user@board-rw",
        "board-rw,",
        ",board-rw",
        "board-rw,,evil",
        "board-rw, evil",
        "board-rw,evil:5432",
        "board rw",
        "board-rw\n",
        "board-rw#",
        "board-rw%2Fapp",
        "[::1]",
        "fe80::1%eth0",
        "-rw",
        ".",
        "/var/run/postgresql",
        "bö"
      })
  void oddHosts(String host) {
    RefusedException refused = refused("", with("host", host));
    assertThat(refused.problem().reason()).isEqualTo(Reason.SecretIncomplete);
    assertThat(refused.problem().message()).contains("host").doesNotContain(host.strip() + " ");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @DisplayName("a port is a number from 1 to 65535, and 5432 where none is given")
  @CsvSource({
    "1, 1",
    "5432, 5432",
    "65535, 65535",
    "'', 5432",
    "0, refused",
    "00000, refused",
    "65536, refused",
    "99999, refused",
    "123456, refused",
    "-1, refused",
    "54 32, refused",
    "x, refused",
    "'5432\n', refused",
    "٥٤٣٢, refused"
  })
  void ports(String written, String port) {
    Map<String, String> secret = with("port", written);
    if (port.equals("refused")) {
      assertThat(refused("", secret).problem().message()).contains("1 to 65535");
    } else {
      assertThat(connection("", secret).address().port()).isEqualTo(Integer.parseInt(port));
    }
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a key that is missing or empty is named")
  @ValueSource(strings = {"host", "dbname", "username", "password"})
  void missingKeys(String key) {
    Map<String, String> missing = new HashMap<>(CLOUD_NATIVE_PG);
    missing.remove(key);
    for (Map<String, String> secret : List.of(missing, with(key, ""))) {
      Problem problem = refused("", secret).problem();
      assertThat(problem.reason()).isEqualTo(Reason.SecretIncomplete);
      assertThat(problem.message()).contains("Secret board-app has no key " + key);
    }
  }

  @Test
  @DisplayName("a Secret that does not exist is named")
  void missingSecret() {
    Problem problem = refused("", null).problem();
    assertThat(problem.reason()).isEqualTo(Reason.SecretNotFound);
    assertThat(problem.message()).contains("Secret board-app");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @DisplayName("TLS is as strict as the spec says")
  @CsvSource({
    "disable, DISABLE",
    "require, REQUIRE",
    "verify-ca, VERIFY_CA",
    "verify-full, VERIFY_FULL"
  })
  void tlsModes(String written, TlsMode mode) {
    assertThat(connection("tls: {mode: %s}".formatted(written), CLOUD_NATIVE_PG).address().tls())
        .isEqualTo(mode);
  }

  @Test
  @DisplayName("the certificate authority comes out of a Secret of its own")
  void certificateAuthority() {
    String spec = "tls: {caSecretRef: {name: board-ca, key: ca.crt}}";
    Map<String, @Nullable Secret> secrets = new LinkedHashMap<>();
    secrets.put("board-app", secret("board-app", CLOUD_NATIVE_PG));
    secrets.put("board-ca", secret("board-ca", Map.of("ca.crt", "-----BEGIN CERTIFICATE-----")));
    assertThat(of(spec, secrets).address().caCertificates()).startsWith("-----BEGIN");
    secrets.put("board-ca", secret("board-ca", Map.of("tls.crt", "x")));
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> of(spec, secrets))
        .withMessageContaining("Secret board-ca has no key ca.crt");
    secrets.remove("board-ca");
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> of(spec, secrets))
        .withMessageContaining("Secret board-ca does not exist");
  }

  @Test
  @DisplayName("the client's certificate and key come out of a Secret of their own")
  void clientCertificate() {
    String spec = "tls: {clientCertSecretRef: {name: me, certKey: tls.crt, keyKey: tls.key}}";
    Map<String, @Nullable Secret> secrets = new LinkedHashMap<>();
    secrets.put("board-app", secret("board-app", CLOUD_NATIVE_PG));
    Map<String, String> pair = Map.of("tls.crt", "the certificate", "tls.key", "the key");
    secrets.put("me", typed(secret("me", pair), "kubernetes.io/tls"));
    DesiredConnection connection = of(spec, secrets);
    assertThat(connection.address().clientCertificate())
        .isEqualTo(new ClientCertificate("the certificate", "the key"));
    assertThat(connection.toString()).doesNotContain("the key");
    secrets.put("me", secret("me", Map.of("tls.crt", "the certificate")));
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> of(spec, secrets))
        .withMessageContaining("Secret me has no key tls.key");
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("what Kubernetes and its tools keep for themselves is never sent to a database")
  @ValueSource(
      strings = {
        "kubernetes.io/service-account-token",
        "kubernetes.io/tls",
        "kubernetes.io/dockerconfigjson",
        "kubernetes.io/dockercfg",
        "bootstrap.kubernetes.io/token",
        "helm.sh/release.v1"
      })
  void typesOfSecrets(String type) {
    Map<String, @Nullable Secret> secrets = new HashMap<>();
    secrets.put("board-app", typed(secret("board-app", CLOUD_NATIVE_PG), type));
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> of("", secrets))
        .withMessageContaining("Secret board-app is of type " + type)
        .matches(e -> e.problem().reason() == Reason.SecretNotAllowed);
    if (!type.equals("kubernetes.io/tls")) {
      secrets.put("board-app", secret("board-app", CLOUD_NATIVE_PG));
      secrets.put("ca", typed(secret("ca", Map.of("ca.crt", "x")), type));
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> of("tls: {caSecretRef: {name: ca, key: ca.crt}}", secrets));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"other/board-app", "../board-app", "..", "board-app?x", "board-app\n", ""})
  @DisplayName("a name that could be a path is none, and nobody is asked for it")
  void pathsAsNames(String name) {
    Map<String, @Nullable Secret> secrets = new HashMap<>();
    secrets.put(name, secret("board-app", CLOUD_NATIVE_PG));
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> of("secretRef: {name: \"%s\"}".formatted(name), secrets))
        .matches(e -> e.problem().reason() == Reason.SecretNotFound);
  }

  @Test
  @DisplayName("a setting of the driver in the Secret is told of and changes nothing")
  void driverSettings() {
    DesiredConnection usual = connection("", CLOUD_NATIVE_PG);
    assertThat(usual.warnings()).isEmpty();
    for (PGProperty setting : PGProperty.values()) {
      String name = setting.getName();
      if (CLOUD_NATIVE_PG.containsKey(name)) {
        continue;
      }
      DesiredConnection connection = connection("", with(name, "x.Y"));
      assertThat(connection.address()).as(name).isEqualTo(usual.address());
      assertThat(connection.warnings())
          .as(name)
          .singleElement(InstanceOfAssertFactories.STRING)
          .contains("Secret board-app", "ignored: " + name);
    }
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a mode of TLS that proves nothing is warned of")
  @CsvSource({"disable, true", "require, true", "verify-ca, false", "verify-full, false"})
  void weakTls(String mode, boolean warned) {
    List<String> warnings =
        connection("tls: {mode: %s}".formatted(mode), CLOUD_NATIVE_PG).warnings();
    assertThat(warnings).hasSize(warned ? 1 : 0).allMatch(w -> w.contains("tls.mode " + mode));
  }

  @Test
  @DisplayName("owners, schemas and the terms of use are those of the spec")
  void terms() {
    DesiredConnection connection =
        connection(
            "{allowedOwners: [a], allowedSchemas: [s], allowPrivilegedRole: true,"
                + " readReplicas: false}",
            CLOUD_NATIVE_PG);
    assertThat(connection.terms()).isEqualTo(new Terms("matview_operator", true, false));
    assertThat(connection.allowed()).isEqualTo(new Allowed("db", List.of("a"), List.of("s")));
    assertThat(connection("", CLOUD_NATIVE_PG).allowed()).isEqualTo(new Allowed("db", null, null));
  }

  private static Map<String, String> with(String key, String value) {
    Map<String, String> changed = new HashMap<>(CLOUD_NATIVE_PG);
    changed.put(key, value);
    return changed;
  }

  private static RefusedException refused(String spec, @Nullable Map<String, String> data) {
    try {
      DesiredConnection accepted = connection(spec, data);
      throw new AssertionError("accepted: " + accepted);
    } catch (RefusedException e) {
      return e;
    }
  }

  private static DesiredConnection connection(String spec, @Nullable Map<String, String> data) {
    Map<String, @Nullable Secret> secrets = new HashMap<>();
    secrets.put("board-app", data == null ? null : secret("board-app", data));
    return of(spec, secrets);
  }

  private static DesiredConnection of(String spec, Map<String, @Nullable Secret> secrets) {
    return DesiredConnection.of(Manifests.connection(spec), secrets::get, Networks.NONE);
  }

  private static Secret secret(String name, Map<String, String> values) {
    Map<String, String> data = new HashMap<>();
    values.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withData(data)
        .build();
  }

  private static Secret typed(Secret secret, String type) {
    return new SecretBuilder(secret).withType(type).build();
  }
}
