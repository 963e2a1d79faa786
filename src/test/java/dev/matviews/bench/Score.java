package dev.matviews.bench;

import dev.matviews.refresh.Mode;
import dev.matviews.refresh.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What came of the view of one mode, round for round. */
final class Score {

  private final Mode mode;
  private final List<Sample> samples = new ArrayList<>();
  private long waits;

  private record Sample(Mode taken, double millis) {}

  Score(Mode mode) {
    this.mode = mode;
  }

  static Optional<Score> of(Mode mode, List<Score> scores) {
    return scores.stream().filter(score -> score.mode == mode).findFirst();
  }

  Mode mode() {
    return mode;
  }

  void add(Run run, long readersThatWaited) {
    samples.add(new Sample(Objects.requireNonNull(run.mode()), run.duration().toNanos() / 1e6));
    waits += readersThatWaited;
  }

  double millis() {
    return lowerQuartile(samples.stream());
  }

  /** What else the machine does makes runs longer and never shorter. */
  private static double lowerQuartile(Stream<Sample> samples) {
    List<Double> sorted = samples.map(Sample::millis).sorted().toList();
    return sorted.get(sorted.size() / 4);
  }

  /** The modes that its runs took. */
  String taken() {
    return samples.stream()
        .map(sample -> sample.taken().name())
        .distinct()
        .sorted()
        .collect(Collectors.joining("/"));
  }

  /**
   * How much longer Auto takes than the fastest mode that blocks nobody. Runs in one mode do the
   * same whoever chose it, so each mode's time is that of all its runs, Auto's among them; what
   * counts of Auto's is what they chose.
   */
  static double ratio(List<Score> scores) {
    Map<Mode, Double> times =
        scores.stream()
            .flatMap(score -> score.samples.stream())
            .collect(
                Collectors.groupingBy(
                    Sample::taken,
                    Collectors.collectingAndThen(
                        Collectors.toList(), all -> lowerQuartile(all.stream()))));
    double chosen =
        of(Mode.Auto, scores).orElseThrow().samples.stream()
            .mapToDouble(sample -> times.getOrDefault(sample.taken(), Double.NaN))
            .average()
            .orElseThrow();
    double best =
        Stream.of(Mode.Concurrent, Mode.Swap)
            .mapToDouble(mode -> times.getOrDefault(mode, Double.POSITIVE_INFINITY))
            .min()
            .orElseThrow();
    return chosen / best;
  }

  long waits() {
    return waits;
  }
}
