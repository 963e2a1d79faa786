package dev.matviews.playground;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The API server's store, on loopback only. */
record Etcd(ChildProcess process, String url) implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  static Etcd start(Path binary, Path folder) {
    return LoopbackPort.retrying(() -> startOnFreePorts(binary, folder));
  }

  private static Etcd startOnFreePorts(Path binary, Path folder) {
    String client = "http://" + LoopbackPort.HOST + ":" + LoopbackPort.free();
    String peer = "http://" + LoopbackPort.HOST + ":" + LoopbackPort.free();
    ChildProcess process =
        ChildProcess.start(
            "etcd", command(binary, folder, client, peer), Map.of(), folder.resolve("etcd.log"));
    HttpProbe probe = HttpProbe.plain();
    return new Etcd(process.awaitReady(LIMIT, () -> probe.isOk(client + "/health")), client);
  }

  private static List<String> command(Path binary, Path folder, String client, String peer) {
    // A data folder per attempt: it remembers the peer's port.
    Path data = folder.resolve("etcd-" + peer.substring(peer.lastIndexOf(':') + 1));
    return List.of(
        binary.toString(),
        "--data-dir=" + data,
        "--listen-client-urls=" + client,
        "--advertise-client-urls=" + client,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=default=" + peer,
        "--unsafe-no-fsync",
        "--log-level=warn");
  }

  /** At once: nothing here is to be kept. */
  @Override
  public void close() {
    process.kill();
  }
}
