package dev.matviews.controller;

import dev.matviews.postgres.Database;
import dev.matviews.postgres.DatabaseException;
import dev.matviews.postgres.NotNowException;
import dev.matviews.postgres.RefreshOrder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The next slot of each view, so that its run begins on time: it was decided on in the last pass,
 * and its connection is open. Only what is still true at the slot may be there, so each pass puts
 * its view's in anew or takes it out.
 *
 * <p>Nothing is lost with it: the pass that comes after a slot decides by what the database
 * remembers, and the database knows whether a run was done.
 */
@ApplicationScoped
public class Agenda {

  private static final Logger LOG = Logger.getLogger(Agenda.class);

  /** A pass looks so long after a slot whether it was begun. */
  static final Duration LOOKED_AFTER = Duration.ofSeconds(10);

  private static final Duration OPENED_AHEAD = Duration.ofSeconds(2);
  private static final Duration KEPT_OPEN = Duration.ofSeconds(60);

  /** Later than that, a process was stopped or a clock was set: a pass has to decide anew. */
  private static final Duration LATEST = Duration.ofSeconds(2);

  private static final Duration TICK = Duration.ofSeconds(1);

  private final Views views;
  private final Connections connections;
  private final ClockWatch clockWatch;
  private final Overlooked overlooked;
  private final Clock clock;
  private final Map<ResourceID, Entry> byView = new HashMap<>();
  private final TreeSet<Entry> byTime =
      new TreeSet<>(
          Comparator.comparing(Entry::due).thenComparing(entry -> entry.view().toString()));
  private final Map<Database, Worker> told = new HashMap<>();
  private final DaemonThreads threads = new DaemonThreads("agenda");
  private final ExecutorService openers = Executors.newCachedThreadPool(threads);
  private final Thread thread = threads.newThread(this::run);
  private boolean closed;

  /**
   * A run that is to begin.
   *
   * @param generation of the spec that it was decided on for
   * @param fills whether the view holds no data yet
   */
  record Entry(
      ResourceID view,
      long generation,
      boolean fills,
      Worker worker,
      Database database,
      RefreshOrder order) {

    Instant due() {
      return order.due();
    }
  }

  Agenda(
      Views views,
      Connections connections,
      ClockWatch clockWatch,
      Overlooked overlooked,
      Clock clock) {
    this.views = views;
    this.connections = connections;
    this.clockWatch = clockWatch;
    this.overlooked = overlooked;
    this.clock = clock;
  }

  void start() {
    thread.start();
  }

  synchronized void put(Entry entry) {
    remove(entry.view());
    if (!closed) {
      byView.put(entry.view(), entry);
      byTime.add(entry);
      notifyAll();
    }
  }

  synchronized void remove(ResourceID view) {
    Entry entry = byView.remove(view);
    if (entry != null) {
      byTime.remove(entry);
    }
  }

  /** What was decided on for another spec. */
  synchronized void removeOlder(ResourceID view, long generation) {
    Entry entry = byView.get(view);
    if (entry != null && entry.generation() != generation) {
      remove(view);
    }
  }

  /** Nothing begins from here on. */
  synchronized void close() {
    closed = true;
    byView.clear();
    byTime.clear();
    notifyAll();
    openers.shutdown();
  }

  private void run() {
    long nextTick = System.nanoTime();
    while (true) {
      List<Entry> due = awaitDue(nextTick);
      if (due == null) {
        return;
      }
      due.forEach(
          entry -> About.run(entry.view(), entry.order().id()).on(() -> begin(entry)).run());
      if (System.nanoTime() >= nextTick) {
        nextTick = System.nanoTime() + TICK.toNanos();
        tellDatabases();
        clockWatch.look();
        overlooked.look();
      }
    }
  }

  /** Null at the end of all; empty at a tick. */
  private synchronized @Nullable List<Entry> awaitDue(long nextTick) {
    while (!closed) {
      List<Entry> due = takeDue();
      long left = Math.min(nextTick - System.nanoTime(), nanosToNext());
      if (!due.isEmpty() || left <= 0) {
        return due;
      }
      try {
        wait(left / 1_000_000, (int) (left % 1_000_000));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
    return null;
  }

  private List<Entry> takeDue() {
    List<Entry> due = new ArrayList<>();
    Instant now = clock.instant();
    while (!byTime.isEmpty() && !byTime.first().due().isAfter(now)) {
      Entry first = byTime.first();
      remove(first.view());
      due.add(first);
    }
    return due;
  }

  private long nanosToNext() {
    return byTime.isEmpty()
        ? Long.MAX_VALUE
        : Math.max(1, Duration.between(clock.instant(), byTime.first().due()).toNanos());
  }

  private void begin(Entry entry) {
    if (entry.due().plus(LATEST).isBefore(clock.instant())) {
      views.wake(entry.view());
      return;
    }
    try {
      entry
          .worker()
          .refresh(
              entry.view(), entry.generation(), entry.fills(), entry.database(), entry.order());
    } catch (NotNowException e) {
      views.wake(entry.view());
    } catch (RuntimeException e) {
      LOG.error(About.run(entry.view(), entry.order().id()).says("could not be begun"), e);
    }
  }

  /** How many connections each will need, and that one needs none any more. */
  private synchronized void tellDatabases() {
    if (closed) {
      return;
    }
    Instant now = clock.instant();
    Instant horizon = now.plus(KEPT_OPEN);
    Map<Database, Integer> soon = runsUntil(now.plus(OPENED_AHEAD));
    Map<Database, Integer> later = runsUntil(horizon);
    byTime.stream()
        .takeWhile(entry -> !entry.due().isAfter(horizon))
        .forEach(entry -> told.put(entry.database(), entry.worker()));
    // Runs that no slot told ahead leave connections too.
    connections
        .usable()
        .filter(one -> one.worker().isBehind() || one.database().holdsRunSessions())
        .forEach(one -> told.put(one.database(), one.worker()));
    for (Map.Entry<Database, Worker> one : Map.copyOf(told).entrySet()) {
      Database database = one.getKey();
      int runs = soon.getOrDefault(database, 0);
      // Those that have begun to wait for a place are in no agenda any more.
      int kept =
          one.getValue().isBehind() ? one.getValue().limit() : later.getOrDefault(database, 0);
      if (kept == 0) {
        told.remove(database);
      }
      openers.execute(() -> expect(database, runs, kept));
    }
  }

  private Map<Database, Integer> runsUntil(Instant moment) {
    Map<Database, Integer> runs = new HashMap<>();
    for (Entry entry : byTime) {
      if (entry.due().isAfter(moment)) {
        break;
      }
      runs.merge(entry.database(), 1, (one, more) -> Math.min(one + more, entry.worker().limit()));
    }
    return runs;
  }

  /** What fails here fails again in the run, which says so, unless it has passed by then. */
  private void expect(Database database, int runs, int kept) {
    try {
      database.expectRuns(runs, kept);
    } catch (DatabaseException e) {
      connections.suspect(database);
    } catch (RuntimeException e) {
      LOG.debugf(e, "No connection was opened ahead");
    }
  }
}
