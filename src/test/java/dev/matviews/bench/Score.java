package dev.matviews.bench;

import dev.matviews.refresh.Mode;
import dev.matviews.refresh.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What came of the view of one mode, round for round. */
final class Score {

  private final Mode mode;
  private final List<Double> millis = new ArrayList<>();
  private final Set<String> taken = new TreeSet<>();
  private long waits;

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
    millis.add(run.duration().toNanos() / 1e6);
    taken.add(String.valueOf(run.mode()));
    waits += readersThatWaited;
  }

  /** The lower quartile: what else the machine does makes runs longer and never shorter. */
  double millis() {
    return millis.stream().sorted().toList().get(millis.size() / 4);
  }

  /** The modes that its runs took. */
  String taken() {
    return String.join("/", taken);
  }

  long waits() {
    return waits;
  }
}
