package dev.matviews.refresh;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Work that waits for a place: there are so many in a database, and so many in all.
 *
 * <p>Namespaces take turns, so that one with five hundred views that are due delays another by no
 * more than what runs already; within a namespace the oldest due goes first. Turns are counted for
 * each database, so that a namespace that is busy in one is not passed over in another.
 */
public final class FairQueue<T extends FairQueue.Work> {

  private final int places;
  private final int inEach;
  private final Map<String, Integer> limits = new HashMap<>();
  private final Map<Line, PriorityQueue<Waiting<T>>> lines = new LinkedHashMap<>();
  private final Map<String, Integer> running = new HashMap<>();

  /** When each had its last turn. */
  private final Map<Line, Long> turns = new HashMap<>();

  private final Map<String, Long> turnsOfNamespaces = new HashMap<>();

  private long turn;
  private long added;

  /** One piece of work. */
  public interface Work {

    /** Whichever name it is reached by. */
    String database();

    String namespace();

    Instant due();
  }

  /** Whose work waits behind each other's. */
  private record Line(String database, String namespace) {

    static Line of(Work work) {
      return new Line(work.database(), work.namespace());
    }
  }

  /** Of those that are due at the same moment, the one that came first goes first. */
  private record Waiting<T extends Work>(T work, long number) {

    static <T extends Work> Comparator<Waiting<T>> order() {
      return Comparator.comparing((Waiting<T> waiting) -> waiting.work().due())
          .thenComparing(Waiting::number);
    }
  }

  /**
   * Nothing waits.
   *
   * @param places in all databases together
   * @param inEach in one that has no other {@link #limit}
   */
  public FairQueue(int places, int inEach) {
    this.places = places;
    this.inEach = inEach;
  }

  /** What runs already goes on where there are fewer places now; empty for those of any. */
  public void limit(String database, OptionalInt limit) {
    limit.ifPresentOrElse(places -> limits.put(database, places), () -> limits.remove(database));
  }

  public void add(T work) {
    lines
        .computeIfAbsent(Line.of(work), line -> new PriorityQueue<>(Waiting.order()))
        .add(new Waiting<>(work, added++));
  }

  /** Takes out what waits, and says what that was. */
  public List<T> withdraw(Predicate<T> which) {
    List<T> withdrawn =
        lines.values().stream()
            .flatMap(Collection::stream)
            .map(Waiting::work)
            .filter(which)
            .toList();
    lines.values().forEach(line -> line.removeIf(waiting -> which.test(waiting.work())));
    lines.values().removeIf(PriorityQueue::isEmpty);
    return withdrawn;
  }

  /** Whether something waits for a place in it. */
  public boolean isBehind(String database) {
    return lines.keySet().stream().anyMatch(line -> line.database().equals(database));
  }

  /** The one whose turn it is; it has its place from now on. Empty while nothing may begin. */
  public Optional<T> next() {
    if (running.values().stream().mapToInt(count -> count).sum() >= places) {
      return Optional.empty();
    }
    Optional<Waiting<T>> next =
        firstOfEachDatabase().stream()
            .min(byTurn(work -> turnsOfNamespaces.getOrDefault(work.namespace(), 0L)));
    next.ifPresent(waiting -> begin(waiting.work()));
    return next.map(Waiting::work);
  }

  /** Its place is free again. */
  public void ended(T work) {
    running.computeIfPresent(work.database(), (d, count) -> count == 1 ? null : count - 1);
    if (lines.isEmpty()) {
      // Whoever comes next was passed over by nobody.
      turns.clear();
      turnsOfNamespaces.clear();
    }
  }

  private Collection<Waiting<T>> firstOfEachDatabase() {
    Map<String, Waiting<T>> first = new LinkedHashMap<>();
    BinaryOperator<Waiting<T>> earlier =
        BinaryOperator.minBy(byTurn(work -> turns.getOrDefault(Line.of(work), 0L)));
    lines.forEach(
        (line, waiting) -> {
          if (hasPlace(line.database())) {
            first.merge(line.database(), waiting.element(), earlier);
          }
        });
    return first.values();
  }

  private boolean hasPlace(String database) {
    return running.getOrDefault(database, 0) < limits.getOrDefault(database, inEach);
  }

  private static <T extends Work> Comparator<Waiting<T>> byTurn(Function<T, Long> lastTurn) {
    return Comparator.comparing((Waiting<T> waiting) -> lastTurn.apply(waiting.work()))
        .thenComparing(Waiting.order());
  }

  /** It is the first of its line. */
  private void begin(T work) {
    Line line = Line.of(work);
    turn++;
    turns.put(line, turn);
    turnsOfNamespaces.put(work.namespace(), turn);
    lines.computeIfPresent(
        line,
        (l, waiting) -> {
          waiting.remove();
          return waiting.isEmpty() ? null : waiting;
        });
    running.merge(work.database(), 1, Integer::sum);
  }
}
