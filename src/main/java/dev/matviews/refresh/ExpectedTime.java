package dev.matviews.refresh;

import java.time.Duration;
import java.util.Optional;

/**
 * How many milliseconds the next run is expected to take in the two modes that let readers go on:
 * what the last two took and, for a mode of which nothing is known, what the other took and what
 * sets the two apart. That is reckoned in favour of the untried one: the figures are of one
 * machine, and a single run tells how they are on this one.
 */
record ExpectedTime(double concurrent, double swap) {

  /** Milliseconds that a swap takes whatever the size: its DDL, and the look at what goes along. */
  private static final double SWAPPING = 100;

  /** Milliseconds for each row: a concurrent refresh sorts and joins what a swap only writes. */
  private static final double COMPARING = 0.0025;

  /** And for each row that has changed: it is deleted and inserted one by one. */
  private static final double CHANGING = 0.010;

  /** With its indexes, in what was measured; a wider row counts as several. */
  private static final int BYTES_OF_A_ROW = 100;

  static ExpectedTime of(ModeFacts facts) {
    double comparing = comparing(facts);
    double apart = comparing - SWAPPING;
    double doubt = (comparing + SWAPPING) / 2;
    Optional<Double> concurrent = facts.duration(Mode.Concurrent).map(ExpectedTime::millis);
    Optional<Double> swap = facts.duration(Mode.Swap).map(ExpectedTime::millis);
    if (concurrent.isEmpty() && swap.isEmpty()) {
      double plain = facts.duration(Mode.Standard).map(ExpectedTime::millis).orElse(0.0);
      return new ExpectedTime(plain + comparing, plain + SWAPPING);
    }
    return new ExpectedTime(
        concurrent.or(() -> swap.map(s -> s + apart - doubt)).orElseThrow(),
        swap.or(() -> concurrent.map(c -> c - apart - doubt)).orElseThrow());
  }

  private static double comparing(ModeFacts facts) {
    double rows = Math.max(facts.rows(), facts.bytes() / BYTES_OF_A_ROW);
    return rows * (COMPARING + CHANGING * facts.changedShare());
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
