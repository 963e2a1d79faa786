package dev.matviews.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** pg_cron on a PostgreSQL of Debian's packages; the embedded distributions do not have it. */
final class PgCron implements AutoCloseable {

  private static final Path PACKAGES = Path.of("/usr/lib/postgresql");
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final Process server;
  private final int port;

  private PgCron(Process server, int port) {
    this.server = server;
    this.port = port;
  }

  /** The folder of a server's packages; empty where pg_cron is not installed. */
  static Optional<Path> installed() {
    if (!Files.isDirectory(PACKAGES)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(PACKAGES)) {
      return versions
          .filter(version -> Files.exists(version.resolve("lib").resolve("pg_cron.so")))
          .max(Path::compareTo);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static PgCron start(Path packages, Path folder, int jobs) {
    try {
      Files.createDirectories(folder);
      Path data = folder.resolve("data").toAbsolutePath();
      Path bin = packages.resolve("bin");
      int port = freePort();
      run(bin.resolve("initdb"), "-D", data.toString(), "-U", "postgres", "-A", "trust");
      Files.writeString(
          data.resolve("postgresql.auto.conf"),
          """
          listen_addresses = '127.0.0.1'
          port = %d
          unix_socket_directories = ''
          fsync = off
          max_worker_processes = %d
          shared_preload_libraries = 'pg_cron'
          cron.use_background_workers = on
          cron.max_running_jobs = %d
          """
              .formatted(port, jobs + 20, jobs));
      Process server =
          new ProcessBuilder(command(bin.resolve("postgres"), "-D", data.toString()))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("postgres.log").toFile())
              .start();
      PgCron started = new PgCron(server, port);
      started.awaitReady();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** PostgreSQL refuses to run as root; a user namespace of its own makes it somebody else. */
  private static List<String> command(Path program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(program.toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private static void run(Path program, String... arguments) throws IOException {
    Process process =
        new ProcessBuilder(command(program, arguments))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(program + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() {
    Instant deadline = Instant.now().plus(START_LIMIT);
    while (true) {
      try {
        connect().close();
        return;
      } catch (SQLException e) {
        if (Instant.now().isAfter(deadline) || !server.isAlive()) {
          close();
          throw new IllegalStateException("the server with pg_cron did not start", e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres".formatted(port));
  }

  /** Refreshes as many equal views once a minute. */
  void schedule(int jobs, String query) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION pg_cron");
      for (int i = 0; i < jobs; i++) {
        statement.execute("CREATE MATERIALIZED VIEW v%d AS %s".formatted(i, query));
        statement.execute(
            "SELECT cron.schedule('v%1$d', '* * * * *', 'REFRESH MATERIALIZED VIEW v%1$d')"
                .formatted(i));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Milliseconds after its minute at which each run began, by its own record. */
  double[] lateness() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT extract(epoch FROM start_time - date_trunc('minute', start_time)) * 1000
                FROM cron.job_run_details WHERE status = 'succeeded'
                """)) {
      List<Double> late = new ArrayList<>();
      while (rows.next()) {
        late.add(rows.getDouble(1));
      }
      return late.stream().mapToDouble(Double::doubleValue).toArray();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.destroy();
    try {
      server.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
