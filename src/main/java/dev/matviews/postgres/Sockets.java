package dev.matviews.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The driver's socket factory: makes a {@link Line} that asks a silent peer every few seconds
 * whether it is still there.
 *
 * <p>Only the socket knows the address that a name stands for at this moment: a name that was
 * looked at before could stand for another one now. A machine that vanishes says no goodbye, and by
 * the defaults of most systems a client that waits for a long refresh would notice it after two
 * hours. The driver makes this by name, hands it one text, and shows nobody its sockets.
 */
public final class Sockets extends SocketFactory {

  private static final String BETWEEN = "\0";

  private static final Map<String, Line> MADE = new ConcurrentHashMap<>();

  private static final Map<SocketOption<Integer>, Integer> SECONDS =
      Map.of(
          ExtendedSocketOptions.TCP_KEEPIDLE, 10,
          ExtendedSocketOptions.TCP_KEEPINTERVAL, 5,
          ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

  private final String login;
  private final Duration limit;
  private final Networks refused;

  static String argument(String login, ServerAddress address) {
    return String.join(
        BETWEEN,
        login,
        Long.toString(address.connectTimeout().toMillis()),
        address.refused().text());
  }

  /** Called by the driver, by reflection. */
  public Sockets(String argument) {
    List<String> parts = List.of(argument.split(BETWEEN, -1));
    login = parts.get(0);
    limit = Duration.ofMillis(Long.parseLong(parts.get(1)));
    refused = Networks.parse(parts.get(2));
  }

  /** What was made for this login, if it has come that far. */
  static @Nullable Line takeLine(String login) {
    return MADE.remove(login);
  }

  @Override
  public Socket createSocket() throws IOException {
    Line line = new Line(refused, limit);
    MADE.put(login, line);
    return kept(line);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  private Socket connected(InetSocketAddress address) throws IOException {
    Socket socket = createSocket();
    socket.connect(address, 0);
    return socket;
  }

  private static Socket kept(Socket socket) throws IOException {
    socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    for (Map.Entry<SocketOption<Integer>, Integer> option : SECONDS.entrySet()) {
      if (socket.supportedOptions().contains(option.getKey())) {
        socket.setOption(option.getKey(), option.getValue());
      }
    }
    return socket;
  }
}
