package dev.matviews.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Claimants;
import dev.matviews.playground.PostgresServer;
import dev.matviews.postgres.Database;
import dev.matviews.postgres.Networks;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGProperty;

/** Whatever stands in a Secret beside the login, the driver hears nothing of it. */
class DriverSettingsTest {

  private static final String ROLE = "views";
  private static final String PASSWORD = "s3cret";

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static PostgresServer server;

  private static volatile boolean loaded;

  /** Tells of itself when it is loaded, as the driver loads what some of its settings name. */
  static final class Trap {

    static {
      loaded = true;
    }

    private Trap() {}
  }

  @BeforeAll
  static void start(@TempDir Path folder) {
    server = PostgresServer.start(folder, PostgresServer.Options.THROWAWAY);
    server.createRole(ROLE, PASSWORD);
    server.execute(
        PostgresServer.ADMIN,
        "CREATE SCHEMA matview_operator AUTHORIZATION \"%s\"".formatted(ROLE));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<String> settings() {
    return Arrays.stream(PGProperty.values())
        .map(PGProperty::getName)
        .filter(name -> !List.of("user", "password").contains(name));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  @DisplayName("a setting of the driver loads no class, and the login is what it was without")
  void loadsNoClass(String setting) {
    Secret secret = secret(Map.of(setting, Trap.class.getName()));
    DesiredConnection connection =
        DesiredConnection.of(
            Manifests.connection("tls: {mode: disable}"), name -> secret, Networks.NONE);
    assertThat(connection.warnings()).anyMatch(w -> w.endsWith("ignored: " + setting));

    try (Database opened =
        Database.open(
            connection.address(), connection.terms(), Claimants.ALL_THERE, Clock.systemUTC())) {
      assertThat(opened.server().currentUser()).isEqualTo(ROLE);
    }
    assertThat(loaded).isFalse();
  }

  private static Secret secret(Map<String, String> more) {
    Map<String, String> values = new HashMap<>(more);
    values.put("host", server.host());
    values.put("port", Integer.toString(server.port()));
    values.put("dbname", PostgresServer.ADMIN);
    values.put("username", ROLE);
    values.put("password", PASSWORD);
    values.replaceAll(
        (key, value) -> Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
    return new SecretBuilder()
        .withNewMetadata()
        .withName("board-app")
        .endMetadata()
        .withData(values)
        .build();
  }
}
