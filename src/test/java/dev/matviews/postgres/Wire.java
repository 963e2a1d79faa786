package dev.matviews.postgres;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * The wire between client and server, without TLS: writes down what the client sends, message by
 * message, and can change or stop the talk.
 */
final class Wire implements AutoCloseable {

  private static final int SSL_REQUEST = 80877103;

  private final ServerSocket listening;
  private final InetSocketAddress server;
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Deque<String> freezeAfter = new ConcurrentLinkedDeque<>();
  private volatile boolean frozen;
  private volatile boolean otherProcessId;

  Wire(String host, int port) throws IOException {
    this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), host, port);
  }

  /** Listens there, as if the server did. */
  Wire(InetSocketAddress at, String host, int port) throws IOException {
    server = new InetSocketAddress(host, port);
    listening = new ServerSocket(at.getPort(), 50, at.getAddress());
    start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Such as {@code Parse SELECT 1} and {@code Sync}, of all connections in their order. */
  List<String> sent() {
    return List.copyOf(sent);
  }

  /**
   * Lets nothing pass any more in either direction once the client has sent what begins so, in
   * order.
   */
  void freezeAfter(String... messages) {
    freezeAfter.addAll(List.of(messages));
  }

  boolean frozen() {
    return frozen;
  }

  /** Names another server process to the client than the one that answers, as a pooler does. */
  void nameAnotherProcess() {
    otherProcessId = true;
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listening.accept();
      Socket behind = new Socket();
      sockets.add(client);
      sockets.add(behind);
      behind.connect(server);
      start(() -> pump(client, behind, true));
      start(() -> pump(behind, client, false));
    }
  }

  private void pump(Socket from, Socket to, boolean fromClient) throws IOException {
    try (from;
        to) {
      DataInputStream in = new DataInputStream(new BufferedInputStream(from.getInputStream()));
      DataOutputStream out = new DataOutputStream(to.getOutputStream());
      if (fromClient) {
        forward(0, body(in), out);
      }
      while (true) {
        int type = in.readUnsignedByte();
        byte[] body = body(in);
        awaitThaw();
        if (fromClient) {
          sent.add(described(type, body));
        }
        if (!fromClient && type == 'K' && otherProcessId) {
          ByteBuffer.wrap(body).putInt(0, 1 + ByteBuffer.wrap(body).getInt(0));
        }
        forward(type, body, out);
        String awaited = freezeAfter.peek();
        if (fromClient && awaited != null && described(type, body).startsWith(awaited)) {
          freezeAfter.remove();
          frozen = freezeAfter.isEmpty();
        }
      }
    }
  }

  private static byte[] body(DataInputStream in) throws IOException {
    byte[] body = new byte[in.readInt() - Integer.BYTES];
    in.readFully(body);
    if (body.length == Integer.BYTES && ByteBuffer.wrap(body).getInt() == SSL_REQUEST) {
      throw new IOException("no TLS on this wire");
    }
    return body;
  }

  private static void forward(int type, byte[] body, DataOutputStream out) throws IOException {
    ByteBuffer message = ByteBuffer.allocate((type == 0 ? 0 : 1) + Integer.BYTES + body.length);
    if (type != 0) {
      message.put((byte) type);
    }
    message.putInt(Integer.BYTES + body.length).put(body);
    out.write(message.array());
    out.flush();
  }

  private void awaitThaw() {
    if (frozen) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String described(int type, byte[] body) {
    return switch (type) {
      case 'P' -> "Parse " + texts(body)[1].strip();
      case 'Q' -> "Query " + texts(body)[0];
      case 'B' -> "Bind";
      case 'D' -> "Describe";
      case 'E' -> "Execute";
      case 'S' -> "Sync";
      case 'H' -> "Flush";
      case 'C' -> "Close";
      case 'X' -> "Terminate";
      default -> String.valueOf((char) type);
    };
  }

  private static String[] texts(byte[] body) {
    return new String(body, StandardCharsets.UTF_8).split("\0", -1);
  }

  @FunctionalInterface
  private interface Talk {
    void run() throws IOException;
  }

  private static void start(Talk talk) {
    Thread thread =
        new Thread(
            () -> {
              try {
                talk.run();
              } catch (EOFException | SocketException e) {
                return; // One side has closed the connection.
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            "wire");
    thread.setDaemon(true);
    thread.start();
  }
}
