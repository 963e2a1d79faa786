package dev.matviews.playground;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** One connection through a {@link TcpProxy}: a pump for each direction. */
final class TcpLink {

  private static final int PIECE = 8192;

  private final Socket client;
  private final Socket server;
  private final Supplier<Faults> faults;
  private final AtomicLong passed = new AtomicLong();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean frozen;

  TcpLink(Socket client, Socket server, Supplier<Faults> faults) {
    this.client = client;
    this.server = server;
    this.faults = faults;
  }

  /** What a thread of the network does until its sockets are closed. */
  @FunctionalInterface
  interface Loop {
    void run() throws IOException;
  }

  static void start(String name, Loop loop) {
    Thread thread =
        new Thread(
            () -> {
              try {
                loop.run();
              } catch (IOException e) {
                // A side is gone, which is all that a network knows of it.
                return;
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  void start() {
    start("proxy-up", () -> pump(client, server));
    start("proxy-down", () -> pump(server, client));
  }

  void freeze() {
    frozen = true;
  }

  /** Resets both sides. */
  void cut() {
    closed.countDown();
    reset(client);
    reset(server);
  }

  private void pump(Socket from, Socket to) throws IOException {
    try {
      byte[] piece = new byte[PIECE];
      for (int length = read(from, piece); length >= 0; length = read(from, piece)) {
        pass(piece, length, to);
      }
      end(to);
    } catch (SocketException e) {
      cut();
    }
  }

  private int read(Socket from, byte[] piece) throws IOException {
    int length = from.getInputStream().read(piece);
    awaitThaw();
    return length;
  }

  private void pass(byte[] piece, int length, Socket to) throws IOException {
    Faults now = faults.get();
    pause(now.pause(length));
    awaitThaw();
    long before = passed.getAndAdd(length);
    if (now.cutAfter() == 0 || before + length <= now.cutAfter()) {
      to.getOutputStream().write(piece, 0, length);
      return;
    }
    to.getOutputStream().write(piece, 0, (int) Math.max(0, now.cutAfter() - before));
    cut();
  }

  private void end(Socket to) throws IOException {
    pause(faults.get().lateClose());
    awaitThaw();
    to.shutdownOutput();
  }

  /** It never thaws; only the end of the proxy lets go of it. */
  private void awaitThaw() throws SocketException {
    if (frozen) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new SocketException("frozen until the end");
    }
  }

  private static void pause(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Without a goodbye. */
  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // Closed already.
      return;
    }
  }
}
