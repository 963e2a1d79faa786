package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Under a session, to a peer that does as the test wants. */
class LineTest {

  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(10);

  private ServerSocket listening;
  private Line line;
  private Socket peer;

  @SuppressWarnings("NullAway.Init") // set before each test
  LineTest() {}

  @BeforeEach
  void connect() throws IOException {
    listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    line = new Line(Networks.NONE, LONG);
    line.connect(listening.getLocalSocketAddress(), 1000);
    peer = listening.accept();
  }

  @AfterEach
  void close() throws IOException {
    line.close();
    peer.close();
    listening.close();
  }

  @Test
  void bytesThatComeInTimeMakeNoAnswerThatDoes() throws IOException {
    InputStream in = line.getInputStream();
    line.expect(SHORT, 1000);
    peer.getOutputStream().write(1);
    assertThat(in.read()).isEqualTo(1);
    assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
    peer.getOutputStream().write(2);
    assertThatThrownBy(in::read).as("too late").isInstanceOf(SocketTimeoutException.class);
    line.expect(LONG, 1000);
    assertThat(in.read()).as("of the next answer").isEqualTo(2);
  }

  @Test
  void whatIsSkippedCountsAsWell() throws IOException {
    peer.getOutputStream().write(new byte[5000]);
    InputStream in = line.getInputStream();
    line.expect(LONG, 1000);
    assertThatThrownBy(() -> in.skip(5000)).isInstanceOf(FloodException.class);
    line.expect(LONG, 10_000);
    assertThat(in.available()).isPositive();
  }

  @Test
  void aWriteThatNobodyReadsIsCutOff() throws IOException {
    byte[] much = new byte[50 << 20];
    line.expect(SHORT, 1000);
    long start = System.nanoTime();
    assertThatThrownBy(() -> line.getOutputStream().write(much))
        .isInstanceOf(SocketException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
    assertThat(line.isClosed()).isTrue();
  }

  @Test
  void aGoodbyeIsSaidHoweverLateItIs() throws IOException {
    line.expect(Duration.ZERO, 0);
    line.getOutputStream().write('X');
    assertThat(peer.getInputStream().read()).isEqualTo('X');
    assertThat(line.isClosed()).isFalse();
  }
}
