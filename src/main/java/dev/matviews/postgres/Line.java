package dev.matviews.postgres;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The socket under a session: goes nowhere where the operator may not go, and measures an answer as
 * a whole, in time and in bytes.
 *
 * <p>The driver's own timeouts are for one read each. A server that sends a byte now and then, or
 * notices without end, would never run into them, and the driver keeps all that it is sent.
 */
final class Line extends Socket {

  /** For all that a login takes; it takes some thousand. */
  private static final long OF_A_LOGIN = 1 << 20;

  /** In milliseconds: a goodbye comes when no answer is due any more. */
  private static final long SHORTEST_WRITE = 1000;

  private static final ScheduledExecutorService CUTS = cuts();

  private final Networks refused;
  private volatile long until;
  private final AtomicLong left = new AtomicLong();
  private volatile int longestRead;

  /** For a login to begin with. */
  Line(Networks refused, Duration login) {
    this.refused = refused;
    expect(login, OF_A_LOGIN);
  }

  private static ScheduledExecutorService cuts() {
    ScheduledThreadPoolExecutor cuts =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "line-cuts");
              thread.setDaemon(true);
              return thread;
            });
    cuts.setRemoveOnCancelPolicy(true);
    return cuts;
  }

  /**
   * An answer: all that comes before the next call.
   *
   * @param most in bytes
   */
  void expect(Duration within, long most) {
    until = System.nanoTime() + within.toNanos();
    left.set(most);
  }

  @Override
  public void connect(SocketAddress to, int timeout) throws IOException {
    InetAddress address = ((InetSocketAddress) to).getAddress();
    if (address != null && refused.contains(address)) {
      throw new RefusedAddressException(address.getHostAddress());
    }
    super.connect(to, timeout);
  }

  @Override
  public synchronized void setSoTimeout(int timeout) throws SocketException {
    super.setSoTimeout(timeout);
    longestRead = timeout;
  }

  @Override
  public synchronized int getSoTimeout() {
    return longestRead;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Measured(super.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new Timed(super.getOutputStream());
  }

  private long millisLeft() {
    return Duration.ofNanos(until - System.nanoTime()).toMillis();
  }

  private void limitRead() throws IOException {
    long millis = millisLeft();
    if (millis <= 0) {
      throw new SocketTimeoutException("the whole of an answer took too long");
    }
    long shortest = longestRead == 0 ? millis : Math.min(longestRead, millis);
    super.setSoTimeout((int) Math.min(shortest, Integer.MAX_VALUE));
  }

  private void count(int bytes) throws FloodException {
    if (left.addAndGet(-Math.max(0, bytes)) < 0) {
      throw new FloodException();
    }
  }

  /** From any thread; whoever reads or writes hears of it at once. */
  void cut() {
    try {
      close();
    } catch (IOException e) {
      // Gone already.
      return;
    }
  }

  /** Nothing limits a write to a peer that reads nothing, but the end of its socket. */
  private final class Timed extends FilterOutputStream {

    Timed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      long millis = Math.max(SHORTEST_WRITE, millisLeft());
      Future<?> cut = CUTS.schedule(Line.this::cut, millis, TimeUnit.MILLISECONDS);
      try {
        out.write(from, offset, length);
      } finally {
        cut.cancel(false);
      }
    }
  }

  /** Not a filter, whose bytes that are skipped would pass by. */
  private final class Measured extends InputStream {

    private final InputStream in;

    Measured(InputStream in) {
      this.in = in;
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }

    @Override
    public int read() throws IOException {
      limitRead();
      int value = in.read();
      count(1);
      return value;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      limitRead();
      int bytes = in.read(to, offset, length);
      count(bytes);
      return bytes;
    }
  }
}
