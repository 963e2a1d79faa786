package dev.matviews.bench;

import java.util.Arrays;

/** Of measured values, which need not be in order. */
final class Quantile {

  private Quantile() {}

  /** The smallest of which so large a share is not above it. */
  static double of(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int index = (int) Math.ceil(share * sorted.length) - 1;
    return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, index)];
  }

  static double median(double[] values) {
    return of(values, 0.5);
  }
}
