package dev.matviews.playground;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server on loopback that checks every password. */
public final class PostgresServer implements AutoCloseable {

  public static final String ADMIN = "postgres";
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final Path folder;
  private final Path data;
  private final Options options;
  private final String password;
  private int port;
  private @Nullable EmbeddedPostgres running;

  /**
   * How it is to be.
   *
   * @param parameters as in postgresql.conf
   * @param tls certificates where it is to speak TLS
   * @param throwaway nobody needs its data any more when it is closed
   */
  public record Options(
      Map<String, String> parameters, @Nullable TestCertificates tls, boolean throwaway) {

    public static final Options NONE = new Options(Map.of(), null, false);

    public static final Options THROWAWAY = new Options(Map.of("fsync", "off"), null, true);

    public Options {
      parameters = Map.copyOf(parameters);
    }

    public Options with(String parameter, String value) {
      Map<String, String> more = new LinkedHashMap<>(parameters);
      more.put(parameter, value);
      return new Options(more, tls, throwaway);
    }

    public Options withTls(TestCertificates certificates) {
      return new Options(parameters, certificates, throwaway);
    }
  }

  private PostgresServer(Path folder, Options options, String password) {
    this.folder = folder.toAbsolutePath();
    this.data = options.throwaway() ? MemoryFolder.create() : this.folder.resolve("data");
    this.options = options;
    this.password = password;
  }

  /**
   * Keeps its log in the folder, and its data unless they are thrown away; it must not hold those
   * of another server.
   */
  public static PostgresServer start(Path folder, Options options) {
    PostgresServer server = onFreePort(new PostgresServer(folder, options, newPassword()));
    server.setPassword("ALTER ROLE " + ADMIN, server.password);
    return server;
  }

  /** Another server that follows this one and may be read from, with passwords as here. */
  public PostgresServer startStandby(Path standbyFolder, Options standbyOptions) {
    String primary = "host=%s port=%d user=%s password=%s".formatted(host(), port, ADMIN, password);
    PostgresServer standby =
        new PostgresServer(
            standbyFolder, standbyOptions.with("primary_conninfo", primary), password);
    BaseBackup.of(this, data, standby.data);
    return onFreePort(standby);
  }

  private static PostgresServer onFreePort(PostgresServer server) {
    return LoopbackPort.retrying(
        () -> {
          server.port = LoopbackPort.free();
          server.start();
          return server;
        });
  }

  /** Starts the server again after {@link #stop}, on the same port and the same data. */
  public void start() {
    try {
      Files.createDirectories(folder);
      running = launch();
    } catch (IOException | RuntimeException e) {
      forgetLock();
      throw new StartFailure(
          "PostgreSQL did not start: %s. %sIts log is %s and ends with:%n%s"
              .formatted(e.getMessage(), rootHint(), log(), LogTail.of(log(), 10)));
    }
  }

  /**
   * The embedded library's lock file: what did not start holds it for as long as this process
   * lives, and each further try would fail on that.
   */
  private void forgetLock() {
    try {
      Files.deleteIfExists(data.resolve("epg-lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EmbeddedPostgres launch() throws IOException {
    Path passwordFile = Pem.writeSecret(folder.resolve("password"), password);
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setPGStartupWait(START_LIMIT)
        .setPort(port)
        // These become options of initdb, which knows nothing but "trust" otherwise.
        .setLocaleConfig("auth-host", "scram-sha-256")
        .setLocaleConfig("auth-local", "scram-sha-256")
        .setLocaleConfig("pwfile", passwordFile.toString())
        .setLocaleConfig("locale", "C")
        .setConnectConfig("password", password)
        .setOutputRedirector(Redirect.appendTo(log().toFile()))
        .setErrorRedirector(Redirect.appendTo(log().toFile()))
        .setDataDirectoryCustomizer(data -> writeParameters(data.toPath()))
        .start();
  }

  private void writeParameters(Path data) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("listen_addresses", LoopbackPort.HOST);
    parameters.put("unix_socket_directories", "");
    parameters.put("log_line_prefix", "%m [%p] %q%u@%d %a ");
    TestCertificates tls = options.tls();
    if (tls != null) {
      parameters.put("ssl", "on");
      parameters.put("ssl_cert_file", tls.serverCertificate().toAbsolutePath().toString());
      parameters.put("ssl_key_file", tls.serverKey().toAbsolutePath().toString());
    }
    parameters.putAll(options.parameters());
    StringBuilder text = new StringBuilder();
    parameters.forEach(
        (name, value) -> text.append("%n%s = '%s'".formatted(name, value.replace("'", "''"))));
    try {
      Files.writeString(data.resolve("postgresql.conf"), text, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String rootHint() {
    return System.getProperty("user.name").equals("root")
        ? "It does not run as root unless user namespaces are allowed (`unshare -U true`); "
            + "else run this as another user. "
        : "";
  }

  public String host() {
    return LoopbackPort.HOST;
  }

  public int port() {
    return port;
  }

  public String password() {
    return password;
  }

  public Path log() {
    return folder.resolve("postgres.log");
  }

  /** As the superuser; the caller closes it. */
  public Connection connect(String database) throws SQLException {
    return connect(database, ADMIN, password);
  }

  public Connection connect(String database, String user, String userPassword) throws SQLException {
    String url = "jdbc:postgresql://%s:%d/%s".formatted(host(), port, database);
    return DriverManager.getConnection(url, user, userPassword);
  }

  public void createDatabase(String name) {
    execute(ADMIN, "CREATE DATABASE \"" + name.replace("\"", "\"\"") + "\"");
  }

  public void createRole(String name, String rolePassword) {
    setPassword("CREATE ROLE \"%s\" LOGIN".formatted(name), rolePassword);
  }

  /** Tests log in thousands of times, so a login costs next to nothing, from 16 on. */
  private void setPassword(String statement, String to) {
    execute(
        ADMIN,
        """
        DO $$ BEGIN
          PERFORM set_config('scram_iterations', '1', false);
        EXCEPTION WHEN undefined_object THEN NULL;
        END $$
        """,
        "%s PASSWORD '%s'".formatted(statement, to));
  }

  /** As the superuser, each text in a transaction of its own. */
  public void execute(String database, String... sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String text : sql) {
        statement.execute(text);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(
          "SQL failed on the database " + database + ": " + e.getMessage(), e);
    }
  }

  /** Disconnects everyone and stops; the data stay. */
  public void stop() {
    EmbeddedPostgres server = running;
    running = null;
    if (server == null) {
      return;
    }
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL could not be stopped", e);
    }
  }

  /** Stops at once, as in a power cut: the next start begins with a recovery. */
  public void crash() {
    Path pid = data.resolve("postmaster.pid");
    try (Stream<String> lines = Files.lines(pid)) {
      String postmaster = lines.findFirst().orElseThrow();
      Commands.run(List.of("sh", "-c", "kill -s QUIT " + postmaster), Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await("the end of the server").until(() -> !Files.exists(pid));
    stop();
  }

  @Override
  public void close() {
    stop();
    if (options.throwaway()) {
      try {
        FileTrees.delete(data);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String newPassword() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
