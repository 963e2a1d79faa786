package dev.matviews.postgres;

import dev.matviews.playground.PostgresServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/** Another server in recovery, which takes the same login under another address, same port. */
final class Standby implements AutoCloseable {

  private static final String HOST = "127.0.0.2";

  private final TestDatabase primary;
  private final PostgresServer server;
  private final Wire wire;

  private Standby(TestDatabase primary, PostgresServer server, Wire wire) {
    this.primary = primary;
    this.server = server;
    this.wire = wire;
  }

  static Standby of(TestDatabase primary, Path folder) throws IOException {
    PostgresServer server =
        primary.server().startStandby(folder.resolve("standby"), PostgresServer.Options.THROWAWAY);
    InetSocketAddress at = new InetSocketAddress(HOST, primary.server().port());
    return new Standby(primary, server, new Wire(at, server.host(), server.port()));
  }

  String host() {
    return HOST;
  }

  /** The primary's port and login, at these hosts. */
  ServerAddress address(String hosts) {
    ServerAddress a = primary.address();
    return new ServerAddress(
        hosts,
        a.port(),
        a.database(),
        a.user(),
        a.password(),
        TlsMode.DISABLE,
        null,
        null,
        Networks.NONE,
        Duration.ofSeconds(5));
  }

  @Override
  public void close() throws IOException {
    wire.close();
    server.close();
  }
}
