package dev.matviews.playground;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A connection pooler before a PostgreSQL server, where this machine has one. */
public final class PgBouncer implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final ChildProcess process;
  private final int port;

  private PgBouncer(ChildProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Distributions keep it where only administrators look. */
  public static Optional<Path> binary() {
    return Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)),
            Stream.of("/usr/sbin", "/usr/local/sbin"))
        .map(folder -> Path.of(folder, "pgbouncer"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** For one user; {@code settings} are lines of its own configuration. */
  public static PgBouncer start(
      Path folder, PostgresServer server, String user, String password, String... settings) {
    return LoopbackPort.retrying(
        () -> launch(folder, server, "\"%s\" \"%s\"\n".formatted(user, password), settings));
  }

  private static PgBouncer launch(
      Path folder, PostgresServer server, String users, String... settings) {
    int port = LoopbackPort.free();
    Path file = folder.resolve("pgbouncer.ini");
    try {
      Files.writeString(folder.resolve("users"), users);
      Files.writeString(
          file,
          """
          [databases]
          * = host=%s port=%d
          [pgbouncer]
          listen_addr = %s
          listen_port = %d
          unix_socket_dir =
          auth_type = scram-sha-256
          auth_file = %s
          %s
          """
              .formatted(
                  server.host(),
                  server.port(),
                  LoopbackPort.HOST,
                  port,
                  folder.resolve("users"),
                  String.join("\n", settings)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ChildProcess process =
        ChildProcess.start("PgBouncer", command(file), Map.of(), folder.resolve("pgbouncer.log"))
            .awaitReady(LIMIT, () -> answers(port));
    return new PgBouncer(process, port);
  }

  /** It refuses to run as root, and so does PostgreSQL: both run as nobody then. */
  private static List<String> command(Path file) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.addAll(List.of(binary().orElseThrow().toString(), file.toString()));
    return command;
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.kill();
  }
}
