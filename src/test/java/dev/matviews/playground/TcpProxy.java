package dev.matviews.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A network between clients and a server, on loopback, with the faults that a test gives it. */
public final class TcpProxy implements AutoCloseable {

  private final ServerSocket listening;
  private final List<TcpLink> links = new CopyOnWriteArrayList<>();
  private volatile int server;
  private volatile Faults faults = Faults.NONE;
  private final AtomicInteger accepted = new AtomicInteger();

  private TcpProxy(ServerSocket listening, int server) {
    this.listening = listening;
    this.server = server;
  }

  /** Before a server on this machine. */
  public static TcpProxy before(int serverPort) {
    try {
      ServerSocket listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
      TcpProxy proxy = new TcpProxy(listening, serverPort);
      TcpLink.start("proxy-" + proxy.port(), proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** How many connections clients have made so far. */
  public int accepted() {
    return accepted.get();
  }

  /** From now on, for the connections that are open as well, but for the silence of new ones. */
  public void set(Faults next) {
    faults = next;
  }

  /** New connections go to another server; what is open stays. */
  public void leadTo(int serverPort) {
    server = serverPort;
  }

  /** Resets all that is open, on both sides. */
  public void cut() {
    links.forEach(TcpLink::cut);
    links.clear();
  }

  /**
   * What is open stays so for either side, and nothing passes any more, not even a goodbye: as when
   * a machine in between vanishes.
   */
  public void freeze() {
    links.forEach(TcpLink::freeze);
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      cut();
    }
  }

  private void accept() throws IOException {
    while (!listening.isClosed()) {
      Socket client = listening.accept();
      accepted.incrementAndGet();
      Socket behind = new Socket();
      TcpLink link = new TcpLink(client, behind, () -> faults);
      links.add(link);
      if (faults.silent()) {
        link.freeze();
      }
      try {
        behind.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server));
        link.start();
      } catch (IOException e) {
        // Nobody listens there: the client is to hear just that.
        link.cut();
      }
    }
  }
}
