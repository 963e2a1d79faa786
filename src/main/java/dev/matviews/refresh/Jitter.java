package dev.matviews.refresh;

import dev.matviews.plan.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;

/** Spreads views that are due at the same moment. */
public final class Jitter {

  private Jitter() {}

  /**
   * How much later than its schedule a view is due: the same after each restart and on each
   * replica, since it is computed from the name alone.
   *
   * @param name of the view's object, such as {@code team/board}
   * @param jitter the offset is shorter than that, in whole milliseconds
   */
  public static Duration offset(String name, Duration jitter) {
    long bound = jitter.toMillis();
    return bound < 1 ? Duration.ZERO : Duration.ofMillis(Math.floorMod(hash(name), bound));
  }

  /** Names that differ in one letter only have to lie far apart, so no {@code hashCode}. */
  private static long hash(String name) {
    byte[] digest = Digest.sha256().digest(name.getBytes(StandardCharsets.UTF_8));
    return HexFormat.fromHexDigitsToLong(HexFormat.of().formatHex(digest, 0, Long.BYTES));
  }
}
