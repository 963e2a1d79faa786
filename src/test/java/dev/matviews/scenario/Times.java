package dev.matviews.scenario;

import java.time.Duration;
import java.util.List;

/** What was measured, for whoever reads the output of a test. */
record Times(String what, List<Duration> measured) {

  Times {
    measured = measured.stream().sorted().toList();
  }

  @Override
  public String toString() {
    return measured.isEmpty()
        ? what + ": none"
        : "%s: %d times, min %d ms, median %d ms, max %d ms"
            .formatted(
                what,
                measured.size(),
                measured.get(0).toMillis(),
                measured.get(measured.size() / 2).toMillis(),
                measured.get(measured.size() - 1).toMillis());
  }
}
