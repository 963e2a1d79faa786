package dev.matviews.refresh;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Work that waits for a place: there are so many in a database, and so many in all.
 *
 * <p>Namespaces take turns, so that one with five hundred views that are due delays another by no
 * more than what runs already; within a namespace the oldest due goes first. Turns are counted for
 * each database, so that a namespace that is busy in one is not passed over in another.
 */
public final class FairQueue<T extends FairQueue.Work> {

  private final int places;
  private final Map<String, Integer> limits = new HashMap<>();
  private final List<T> waiting = new ArrayList<>();
  private final Map<String, Integer> running = new HashMap<>();

  /** When each had its last turn: namespaces in a database, and namespaces in all. */
  private final Map<List<String>, Long> turns = new HashMap<>();

  private long turn;

  /** One piece of work. */
  public interface Work {

    /** Whichever name it is reached by. */
    String database();

    String namespace();

    Instant due();
  }

  /**
   * Nothing waits.
   *
   * @param places in all databases together
   */
  public FairQueue(int places) {
    this.places = places;
  }

  /** What runs already goes on where there are fewer places now. */
  public void limit(String database, int limit) {
    limits.put(database, limit);
  }

  public void add(T work) {
    waiting.add(work);
  }

  /** Takes out what waits. */
  public List<T> withdraw(Predicate<T> which) {
    List<T> withdrawn = waiting.stream().filter(which).toList();
    waiting.removeAll(withdrawn);
    return withdrawn;
  }

  /** The one whose turn it is; it has its place from now on. Empty while nothing may begin. */
  public Optional<T> next() {
    if (running.values().stream().mapToInt(count -> count).sum() >= places) {
      return Optional.empty();
    }
    Optional<T> next =
        firstOfEachDatabase().stream().min(byTurn(work -> List.of(work.namespace())));
    next.ifPresent(this::begin);
    return next;
  }

  /** Its place is free again. */
  public void ended(T work) {
    running.computeIfPresent(work.database(), (d, count) -> count == 1 ? null : count - 1);
    if (waiting.isEmpty()) {
      // Whoever comes next was passed over by nobody.
      turns.clear();
    }
  }

  private List<T> firstOfEachDatabase() {
    BinaryOperator<T> earlier = BinaryOperator.minBy(byTurn(FairQueue::line));
    return List.copyOf(
        waiting.stream()
            .filter(work -> hasPlace(work.database()))
            .collect(Collectors.toMap(Work::database, work -> work, earlier, LinkedHashMap::new))
            .values());
  }

  private boolean hasPlace(String database) {
    return running.getOrDefault(database, 0) < limits.getOrDefault(database, 1);
  }

  private Comparator<T> byTurn(Function<T, List<String>> line) {
    return Comparator.comparing((T work) -> turns.getOrDefault(line.apply(work), 0L))
        .thenComparing(Work::due);
  }

  private static List<String> line(Work work) {
    return List.of(work.database(), work.namespace());
  }

  private void begin(T work) {
    turn++;
    turns.put(line(work), turn);

    turns.put(List.of(work.namespace()), turn);
    waiting.remove(work);
    running.merge(work.database(), 1, Integer::sum);
  }
}
