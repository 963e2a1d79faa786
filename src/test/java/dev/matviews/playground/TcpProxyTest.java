package dev.matviews.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Before a server that sends back what it gets. */
class TcpProxyTest {

  private static final Duration A_WHILE = Duration.ofMillis(200);

  private ServerSocket server;
  private TcpProxy proxy;
  private Socket client;

  @SuppressWarnings("NullAway.Init") // set before each test
  TcpProxyTest() {}

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    TcpLink.start("echo", this::answer);
    proxy = TcpProxy.before(server.getLocalPort());
    client = connect();
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    proxy.close();
    server.close();
  }

  @Test
  void passesBytesAndCountsConnections() throws IOException {
    assertThat(echo(100_000)).isEqualTo(100_000);
    try (Socket second = connect()) {
      second.getOutputStream().write(1);
      assertThat(second.getInputStream().read()).isEqualTo(1);
    }
    assertThat(proxy.accepted()).isEqualTo(2);
  }

  @Test
  void isLate() throws IOException {
    proxy.set(Faults.NONE.withLatency(A_WHILE));
    assertThat(took(10)).isGreaterThanOrEqualTo(A_WHILE.multipliedBy(2));
  }

  @Test
  void isNarrow() throws IOException {
    proxy.set(Faults.NONE.withBytesPerSecond(100_000));
    assertThat(took(20_000)).isGreaterThanOrEqualTo(A_WHILE);
  }

  @Test
  void cutsWhatIsOpenAndTakesTheNext() throws IOException {
    echo(1);
    proxy.cut();
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    client = connect();
    assertThat(echo(10)).isEqualTo(10);
  }

  @Test
  void cutsAfterSoManyBytes() throws IOException {
    proxy.set(Faults.NONE.withCutAfter(150));
    client.getOutputStream().write(new byte[100]);
    assertThatThrownBy(() -> client.getInputStream().readNBytes(100))
        .isInstanceOf(SocketException.class);
  }

  @Test
  void fallsSilentWithoutAWord() throws IOException {
    echo(1);
    proxy.freeze();
    client.setSoTimeout((int) A_WHILE.toMillis());
    client.getOutputStream().write(1);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    client = connect();
    assertThat(echo(1)).as("what is new passes").isEqualTo(1);
  }

  @Test
  void takesNewConnectionsAndLetsNothingPass() throws IOException {
    proxy.set(Faults.NONE.withSilence());
    client = connect();
    client.setSoTimeout((int) A_WHILE.toMillis());
    assertThatThrownBy(() -> echo(1)).isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void closesLate() throws IOException {
    echo(1);
    proxy.set(Faults.NONE.withLateClose(A_WHILE));
    long start = System.nanoTime();
    client.shutdownOutput();
    assertThat(client.getInputStream().read()).isEqualTo(-1);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("once in each direction")
        .isGreaterThanOrEqualTo(A_WHILE.multipliedBy(2));
  }

  @Test
  void leadsToAnotherServerAndToNone() throws IOException {
    int port = server.getLocalPort();
    proxy.leadTo(LoopbackPort.free());
    client = connect();
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    proxy.leadTo(port);
    client = connect();
    assertThat(echo(1)).isEqualTo(1);
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
  }

  private Duration took(int bytes) throws IOException {
    long start = System.nanoTime();
    echo(bytes);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** How many bytes came back. */
  private int echo(int bytes) throws IOException {
    CompletableFuture<Void> sending =
        CompletableFuture.runAsync(
            () -> {
              try {
                client.getOutputStream().write(new byte[bytes]);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    int back = client.getInputStream().readNBytes(bytes).length;
    sending.join();
    return back;
  }

  private void answer() throws IOException {
    while (true) {
      Socket accepted = server.accept();
      TcpLink.start(
          "echo",
          () -> {
            try (accepted) {
              accepted.getInputStream().transferTo(accepted.getOutputStream());
            }
          });
    }
  }
}
