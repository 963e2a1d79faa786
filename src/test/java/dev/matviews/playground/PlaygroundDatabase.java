package dev.matviews.playground;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The database of the playground and the role of its connection, which owns the schemas app and
 * matview_operator and nothing else.
 */
record PlaygroundDatabase(PostgresServer server, String password) {

  static final String NAME = "playground";
  static final String ROLE = "playground";
  private static final String SECRET = "playground-app";
  private static final Path SEED = Path.of("examples", "quickstart", "seed.sql");

  static PlaygroundDatabase create(PostgresServer server) {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    server.createDatabase(NAME);
    server.execute(
        NAME,
        "CREATE ROLE " + ROLE + " LOGIN PASSWORD '" + password + "'",
        "CREATE SCHEMA app AUTHORIZATION " + ROLE,
        "CREATE SCHEMA matview_operator AUTHORIZATION " + ROLE,
        // Tables that the admin adds later can be read as well, without a grant each.
        "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO " + ROLE);
    return new PlaygroundDatabase(server, password);
  }

  void seed() {
    try {
      server.execute(NAME, Files.readString(SEED));
    } catch (IOException e) {
      throw new UncheckedIOException(SEED + " could not be read", e);
    }
  }

  /** With the keys that CloudNativePG gives to an application's Secret. */
  Secret secret() {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(SECRET)
        .withNamespace("default")
        .endMetadata()
        .addToStringData("host", server.host())
        .addToStringData("port", String.valueOf(server.port()))
        .addToStringData("dbname", NAME)
        .addToStringData("username", ROLE)
        .addToStringData("password", password)
        .build();
  }

  /** For psql and its like, as the server's admin. */
  String environmentOfAdmin() {
    return """
        PGHOST=%s
        PGPORT=%d
        PGUSER=%s
        PGPASSWORD=%s
        PGDATABASE=%s
        """
        .formatted(server.host(), server.port(), PostgresServer.ADMIN, server.password(), NAME);
  }
}
