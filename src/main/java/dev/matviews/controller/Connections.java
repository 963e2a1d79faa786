package dev.matviews.controller;

import dev.matviews.postgres.Database;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is known of each PostgresConnection, from its reconciler to those of its views. */
@ApplicationScoped
public class Connections {

  /** The state of one. */
  sealed interface State {

    /** The last that was usable, if there was one. */
    @Nullable Ready lastReady();

    /**
     * Usable.
     *
     * @param moved whether another database answers than before, though nobody has edited the
     *     connection: then nothing is dropped there
     */
    record Ready(DesiredConnection desired, Database database, Worker worker, boolean moved)
        implements State {

      @Override
      public Ready lastReady() {
        return this;
      }
    }

    /**
     * Not usable for anything new; runs that have begun go on, for the trouble may pass.
     *
     * @param tries how many have failed in a row
     */
    record Broken(Problem problem, int tries, @Nullable Ready lastReady) implements State {}
  }

  private static final Duration HEARD_FOR = Duration.ofSeconds(10);

  private final Map<ResourceID, State> states = new ConcurrentHashMap<>();
  private final Map<ResourceID, Good> lastGood = new ConcurrentHashMap<>();
  private final Map<ResourceID, Heard> heard = new ConcurrentHashMap<>();
  private final Set<ResourceID> suspects = ConcurrentHashMap.newKeySet();
  private volatile Consumer<ResourceID> wake = connection -> {};
  private volatile boolean closed;

  /**
   * The way to a database in which views were looked after.
   *
   * @param identity of the database, whatever the way leads to by now
   */
  record Good(DesiredConnection desired, String identity) {}

  /** What the API server has said of one that nobody has looked at. */
  private record Heard(boolean exists, long nanos) {

    boolean isRecent() {
      return System.nanoTime() - nanos <= HEARD_FOR.toNanos();
    }
  }

  /** Empty before its reconciler has looked at it, and when there is none of that name. */
  Optional<State> get(ResourceID connection) {
    return Optional.ofNullable(states.get(connection));
  }

  /** What ran over a login or on a database that is no longer named goes on to its end. */
  void put(ResourceID connection, State state) {
    heard.remove(connection);
    State old = states.put(connection, state);
    State.Ready before = old == null ? null : old.lastReady();
    State.Ready after = state.lastReady();
    if (after != null && !after.moved()) {
      lastGood.put(connection, new Good(after.desired(), after.database().server().identity()));
    }
    if (before != null && (after == null || after.database() != before.database())) {
      before.database().close();
      if (after != null && after.worker() == before.worker()) {
        after.worker().isReachedAnew();
      } else {
        before.worker().retire();
      }
    }
    if (closed) {
      remove(connection);
    }
  }

  /** How to reach the database, also when the Secret or the object itself has gone since. */
  Optional<Good> lastGood(ResourceID connection) {
    return Optional.ofNullable(lastGood.get(connection));
  }

  /** The object is gone, and so are the views that need the database for their own end. */
  void letGo(ResourceID connection) {
    lastGood.remove(connection);
  }

  /** The object is gone, or the operator stops: what runs is cut off. */
  void remove(ResourceID connection) {
    heard.remove(connection);
    suspects.remove(connection);
    State old = states.remove(connection);
    State.Ready last = old == null ? null : old.lastReady();
    if (last != null) {
      last.worker().close();
      last.database().close();
    }
  }

  void wakeBy(Consumer<ResourceID> source) {
    wake = source;
  }

  void wake(ResourceID connection) {
    wake.accept(connection);
  }

  /** A view could not use it: it is to be examined now, not at its next turn, if it is there. */
  void suspect(ResourceID connection) {
    if (states.containsKey(connection)) {
      suspects.add(connection);
      wake.accept(connection);
    }
  }

  /** Whoever could not use it knows no name of it. */
  void suspect(Database database) {
    states.forEach(
        (connection, state) -> {
          if (state instanceof State.Ready ready && ready.database() == database) {
            suspect(connection);
          }
        });
  }

  boolean clearSuspicion(ResourceID connection) {
    return suspects.remove(connection);
  }

  /**
   * Whether there is one that nobody has looked at yet, as of now or a moment ago: many views may
   * name it, and each would ask the API server.
   */
  boolean isExpected(ResourceID connection, Predicate<ResourceID> exists) {
    heard.values().removeIf(said -> !said.isRecent());
    Heard last = heard.get(connection);
    if (last == null) {
      last = new Heard(exists.test(connection), System.nanoTime());
      heard.put(connection, last);
    }
    return last.exists();
  }

  /** All that are usable, or were when they were last looked at. */
  Stream<State.Ready> usable() {
    return states.values().stream().flatMap(state -> Stream.ofNullable(state.lastReady()));
  }

  void closeIdle(Duration idle) {
    usable().forEach(ready -> ready.database().closeIdle(idle));
  }

  /** For good: what is still being opened is closed as well. */
  void closeAll() {
    closed = true;
    states.keySet().forEach(this::remove);
  }
}
