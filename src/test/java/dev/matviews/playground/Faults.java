package dev.matviews.playground;

import java.time.Duration;

/**
 * What a {@link TcpProxy} does to the bytes that pass.
 *
 * @param latency of each piece, in either direction
 * @param bytesPerSecond in each direction; 0 for as many as there are
 * @param cutAfter so many bytes of a connection, whoever has sent them; 0 for never
 * @param lateClose how long one side does not hear that the other has closed
 * @param silent whether a new connection is taken and nothing of it passes
 */
public record Faults(
    Duration latency, int bytesPerSecond, long cutAfter, Duration lateClose, boolean silent) {

  public static final Faults NONE = new Faults(Duration.ZERO, 0, 0, Duration.ZERO, false);

  public Faults withLatency(Duration each) {
    return new Faults(each, bytesPerSecond, cutAfter, lateClose, silent);
  }

  public Faults withBytesPerSecond(int most) {
    return new Faults(latency, most, cutAfter, lateClose, silent);
  }

  public Faults withCutAfter(long bytes) {
    return new Faults(latency, bytesPerSecond, bytes, lateClose, silent);
  }

  public Faults withLateClose(Duration late) {
    return new Faults(latency, bytesPerSecond, cutAfter, late, silent);
  }

  public Faults withSilence() {
    return new Faults(latency, bytesPerSecond, cutAfter, lateClose, true);
  }

  /** How long so many bytes take. */
  Duration pause(int bytes) {
    long nanos = bytesPerSecond == 0 ? 0 : Duration.ofSeconds(1).toNanos() / bytesPerSecond * bytes;
    return latency.plusNanos(nanos);
  }
}
