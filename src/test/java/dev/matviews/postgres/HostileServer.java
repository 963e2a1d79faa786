package dev.matviews.postgres;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A server of somebody's own, which speaks as much of the protocol as it needs to do harm. */
final class HostileServer implements AutoCloseable {

  static final String LONG = "x".repeat(10_000);

  private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final CopyOnWriteArrayList<Client> clients = new CopyOnWriteArrayList<>();

  HostileServer(Talk talk) throws IOException {
    start(
        () -> {
          while (true) {
            Client client = new Client(listening.accept());
            clients.add(client);
            start(() -> client.serve(talk));
          }
        });
  }

  /** What it says to each who comes, until that one goes. */
  @FunctionalInterface
  interface Talk {
    void with(Client client) throws IOException;
  }

  int port() {
    return listening.getLocalPort();
  }

  /** How many bytes it got rid of. */
  long sent() {
    return clients.stream().mapToLong(client -> client.out.size()).max().orElse(0);
  }

  /** Whether all have gone. */
  boolean isLeftAlone() {
    return clients.stream().allMatch(client -> client.gone);
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Client client : clients) {
      client.socket.close();
    }
  }

  /** One who has come. */
  static final class Client {

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private volatile boolean gone;

    Client(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new DataInputStream(socket.getInputStream());
      this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
    }

    private void serve(Talk talk) {
      try {
        in.skipNBytes(in.readInt() - Integer.BYTES);
        talk.with(this);
      } catch (IOException e) {
        // The client has gone.
        return;
      } finally {
        gone = true;
      }
    }

    void logIn() throws IOException {
      head('R', Integer.BYTES).writeInt(0);
      parameter("server_version", "18.0");
      parameter("client_encoding", "UTF8");
      parameter("DateStyle", "ISO, MDY");
      parameter("standard_conforming_strings", "on");
      parameter("integer_datetimes", "on");
      head('K', 2 * Integer.BYTES).writeInt(1);
      out.writeInt(1);
      head('Z', 1).write('I');
      out.flush();
    }

    /** Reads up to the end of a query, and begins to answer. */
    void awaitQuery() throws IOException {
      int type = in.readUnsignedByte();
      while (type != 'S') {
        in.skipNBytes(in.readInt() - Integer.BYTES);
        type = in.readUnsignedByte();
      }
      in.skipNBytes(Integer.BYTES);
      head('1', 0);
      head('2', 0);
    }

    /** One column of text. */
    void describeRow() throws IOException {
      head('T', 2 + 2 + 18).writeShort(1);
      text("a");
      out.writeInt(0);
      out.writeShort(0);
      out.writeInt(25);
      out.writeShort(-1);
      out.writeInt(-1);
      out.writeShort(0);
    }

    /** Of one value, of so many bytes by its own account. */
    void row(int bytes) throws IOException {
      head('D', 2 + Integer.BYTES + 1).writeShort(1);
      out.writeInt(bytes);
    }

    /** Of a message with a body of that length, be it true or not. */
    DataOutputStream head(char type, int length) throws IOException {
      out.write(type);
      out.writeInt(Integer.BYTES + length);
      return out;
    }

    void text(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.write(0);
    }

    void parameter(String name, String value) throws IOException {
      head('S', name.length() + value.length() + 2);
      text(name);
      text(value);
    }

    /** The end of a login. */
    void error(String condition, String message) throws IOException {
      String body = "SFATAL\0C" + condition + "\0M" + message + "\0";
      head('E', body.length() + 1);
      text(body);
      out.flush();
      socket.close();
    }

    void notice() throws IOException {
      String body = "SNOTICE\0C00000\0M" + LONG + "\0";
      head('N', body.length() + 1);
      text(body);
    }

    /** A byte now and then, for ever. */
    void drip() throws IOException {
      while (true) {
        out.write('x');
        out.flush();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }

    /** As many as will go. */
    void pour(long bytes) throws IOException {
      byte[] piece = new byte[1 << 16];
      for (long left = bytes; left > 0; left -= piece.length) {
        out.write(piece);
      }
      out.flush();
    }
  }

  private static void start(Loop loop) {
    Thread thread =
        new Thread(
            () -> {
              try {
                loop.run();
              } catch (IOException e) {
                // Closed: the test is over.
                return;
              }
            },
            "hostile");
    thread.setDaemon(true);
    thread.start();
  }

  @FunctionalInterface
  private interface Loop {
    void run() throws IOException;
  }
}
