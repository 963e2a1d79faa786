package dev.matviews.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * The driver's socket factory: goes nowhere where the operator may not go, and asks a silent peer
 * every few seconds whether it is still there.
 *
 * <p>Only the socket knows the address that a name stands for at this moment: a name that was
 * looked at before could stand for another one now. A machine that vanishes says no goodbye, and by
 * the defaults of most systems a client that waits for a long refresh would notice it after two
 * hours. The driver makes this by name.
 */
public final class Sockets extends SocketFactory {

  private static final Map<SocketOption<Integer>, Integer> SECONDS =
      Map.of(
          ExtendedSocketOptions.TCP_KEEPIDLE, 10,
          ExtendedSocketOptions.TCP_KEEPINTERVAL, 5,
          ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

  private final Networks refused;

  /** Called by the driver, by reflection. */
  public Sockets(String refused) {
    this.refused = Networks.parse(refused);
  }

  private final class Guarded extends Socket {

    @Override
    public void connect(SocketAddress to, int timeout) throws IOException {
      InetAddress address = ((InetSocketAddress) to).getAddress();
      if (address != null && refused.contains(address)) {
        throw new RefusedAddressException(address.getHostAddress());
      }
      super.connect(to, timeout);
    }
  }

  @Override
  public Socket createSocket() throws IOException {
    return kept(new Guarded());
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
