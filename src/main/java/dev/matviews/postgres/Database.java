package dev.matviews.postgres;

import dev.matviews.plan.Claimants;
import dev.matviews.plan.Probe;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.PassedOver;
import dev.matviews.refresh.RefreshDecision;
import dev.matviews.refresh.Run;
import dev.matviews.refresh.RunId;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One database as one role: looks at views, changes them, refreshes them.
 *
 * <p>Short work of all reconciles shares one connection, one at a time; it is opened when needed
 * and closed when idle. Each run and each long change has a connection of its own, and so has, for
 * a moment, the look whether a login still works.
 */
public final class Database implements AutoCloseable {

  /** A thread that waits longer would be missed elsewhere; its work is tried again soon. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(250);

  private final ServerAddress address;
  private final Terms terms;
  private final BookkeepingTables tables;
  private final Bookkeeping bookkeeping;
  private final Catalog catalog;
  private final Definition definitions;
  private final Clock clock;
  private final Breaker breaker;
  private final RunSessions sessions;

  private final ReentrantLock lock = new ReentrantLock(true);
  private final Queue<Asked> waiting = new ConcurrentLinkedQueue<>();

  /** Hashes: thousands of observations would be megabytes. */
  private final Map<QualifiedName, Integer> lastSeen = new ConcurrentHashMap<>();

  private volatile Health health;

  private volatile @Nullable Session control;
  private Instant lastUse;

  /** Of the thread that has the lock, by the clock that only goes forward; 0 for nobody. */
  private volatile long workingSince;

  private volatile boolean closed;

  private record Asked(QualifiedName name, CompletableFuture<Observation> answer) {}

  private Database(
      ServerAddress address,
      Terms terms,
      BookkeepingTables tables,
      Bookkeeping bookkeeping,
      Clock clock,
      Session control,
      Health health) {
    this.address = address;
    this.terms = terms;
    this.tables = tables;
    this.bookkeeping = bookkeeping;
    this.catalog = new Catalog(bookkeeping, terms.readReplicas());
    this.definitions = new Definition(bookkeeping);
    this.clock = clock;
    this.control = control;
    this.health = health;
    this.breaker = new Breaker(address);
    this.sessions = new RunSessions(address, breaker, bookkeeping);
    this.lastUse = clock.instant();
  }

  /**
   * Connects, and makes sure that server, role and bookkeeping are fit for use.
   *
   * @param claimants of the views in it
   * @throws DatabaseException with the reason why they are not
   */
  public static Database open(
      ServerAddress address, Terms terms, Claimants claimants, Clock clock) {
    Session session = Session.open(address, Session.Pins.ofCatalog());
    try {
      Server server = Server.examine(session, terms);
      BookkeepingTables tables = new BookkeepingTables(terms.bookkeepingSchema());
      tables.prepare(session);
      Bookkeeping bookkeeping = new Bookkeeping(terms.bookkeepingSchema(), claimants);
      Health health = new Health(server, Health.unmanaged(session, bookkeeping));
      return new Database(address, terms, tables, bookkeeping, clock, session, health);
    } catch (SQLException e) {
      session.close();
      throw new DatabaseException(Failure.ofBookkeeping(e, address));
    } catch (DatabaseException e) {
      session.close();
      throw e;
    }
  }

  public Server server() {
    return health.server();
  }

  /** As of the last examination. */
  public Health health() {
    return health;
  }

  /**
   * Makes sure again that the server is fit for use, on a new login, so that a changed password
   * shows, and looks at all these views by one query.
   *
   * @return those that are not as they were when they were last observed; empty when it is another
   *     database that answers now
   */
  public Optional<Set<QualifiedName>> examineAgain(Collection<QualifiedName> views) {
    try (Session session = breaker.examined(Session.Pins.ofCatalog())) {
      Server server = Server.examine(session, terms);
      if (!server.identity().equals(server().identity())) {
        return Optional.empty();
      }
      tables.prepare(session);
      health = new Health(server, Health.unmanaged(session, bookkeeping));
      lastSeen.keySet().retainAll(Set.copyOf(views));
      return Optional.of(
          catalog.observe(session, views).entrySet().stream()
              .filter(found -> isNews(found.getKey(), found.getValue()))
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet()));
    } catch (SQLException e) {
      throw new DatabaseException(Failure.ofBookkeeping(e, address));
    }
  }

  /** What nobody has observed yet is about to be. */
  private boolean isNews(QualifiedName name, Observation now) {
    Integer before = lastSeen.get(name);
    return before != null && before != now.hashCode();
  }

  /**
   * The view as it is at some moment after this call. Callers that wait for each other are answered
   * by one query.
   */
  public Observation observe(QualifiedName name) {
    Asked asked = new Asked(name, new CompletableFuture<>());
    waiting.add(asked);
    try {
      return withControl(
          session -> {
            if (!asked.answer().isDone()) {
              answer(asked, session);
            }
            return asked.answer().join();
          });
    } finally {
      waiting.remove(asked);
    }
  }

  /** Several views at one moment. */
  public Map<QualifiedName, Observation> observe(Collection<QualifiedName> names) {
    return withControl(session -> catalog.observe(session, names));
  }

  /** Whoever is not answered, since the query failed for another, asks for itself in its turn. */
  private void answer(Asked first, Session session) throws SQLException {
    List<Asked> all = new ArrayList<>();
    all.add(first);
    for (Asked next = waiting.poll(); next != null; next = waiting.poll()) {
      all.add(next);
    }
    Map<QualifiedName, Observation> found =
        catalog.observe(session, all.stream().map(Asked::name).collect(Collectors.toSet()));
    found.forEach((name, observation) -> lastSeen.put(name, observation.hashCode()));
    all.forEach(a -> a.answer().complete(Objects.requireNonNull(found.get(a.name()))));
  }

  /** Those of a view's runs that have ended, as far back as the database remembers. */
  public List<Run> ended(QualifiedName view, Collection<RunId> runs) {
    return withControl(session -> catalog.ended(session, view, runs));
  }

  /**
   * Compares the view with the wanted definition by a scratch view that is rolled back.
   *
   * @throws DatabaseException RefreshInProgress while another session works on the view, since its
   *     lock would hold up the look at all others
   */
  public Probe.Seen probe(ViewDefinition definition) {
    return withControl(
        session -> {
          session.execute(Sql.of("BEGIN"));
          try {
            hold(session, definition.name());
            return definitions.probe(session, definition);
          } finally {
            session.rollback();
            Fence.releaseAll(session);
          }
        });
  }

  /**
   * Carries out steps that do not grow with the data, in one transaction.
   *
   * @throws DatabaseException RefreshInProgress while another session works on the view
   */
  public void apply(QualifiedName view, List<Step> steps) {
    withControl(
        session -> {
          try {
            session.inTransaction(
                () -> {
                  hold(session, view);
                  for (Step step : steps) {
                    definitions.apply(session, step, Duration.ZERO);
                  }
                  Failpoint.reach("steps-done");
                });
          } finally {
            Fence.releaseAll(session);
          }
          Failpoint.reach("steps-committed");
          return true;
        });
  }

  /**
   * Carries out steps of which some may take as long as the data are large, each by itself, on a
   * connection of its own. A crash leaves a state from which the next plan goes on.
   *
   * @throws DatabaseException RefreshInProgress while another session works on the view
   */
  public void applyLong(QualifiedName view, List<Step> steps, Duration timeout) {
    // Nobody queues behind a lock that a concurrent build waits for.
    Session.Pins pins = new Session.Pins(timeout, Duration.ZERO);
    Fence fence = Fence.of(view);
    try {
      RunSessions.Begun<Boolean> begun =
          sessions.take(pins, session -> fence.tryHold(session, pins, address));
      Session session = begun.session();
      try {
        if (!begun.answer()) {
          throw busy(view);
        }
        List<Step> left = new ArrayList<>(steps);
        while (!left.isEmpty()) {
          applyNext(session, left, timeout);
        }
        fence.release(session);
      } finally {
        sessions.drop(session);
      }
    } catch (SQLException e) {
      throw new DatabaseException(Failure.ofBookkeeping(e, address));
    }
  }

  /**
   * Either the one step that grows with the data, or all short ones up to the next such: what they
   * do and what they write down must not be told apart by a crash.
   */
  private void applyNext(Session session, List<Step> left, Duration timeout) throws SQLException {
    List<Step> together =
        left.stream().takeWhile(step -> !step.growsWithData()).collect(Collectors.toList());
    if (together.isEmpty()) {
      definitions.apply(session, left.remove(0), timeout);
      return;
    }
    session.inTransaction(
        () -> {
          for (Step step : together) {
            definitions.apply(session, step, timeout);
          }
        });
    left.subList(0, together.size()).clear();
  }

  public RefreshRun refresh(RefreshOrder order) {
    return new RefreshRun(address, sessions, bookkeeping, order, clock);
  }

  /** Brings a changed definition to life while the old data stay served. */
  public RefreshRun rebuild(RebuildOrder order) {
    return new RefreshRun(address, sessions, bookkeeping, order, clock);
  }

  /**
   * Opens connections ahead of the runs that are about to begin, and closes those that nobody will
   * use before long.
   *
   * @param soon how many begin in a moment
   * @param later how many begin so soon that a connection is worth keeping
   */
  public void expectRuns(int soon, int later) {
    sessions.expect(soon, later);
  }

  /** Whether {@link #expectRuns} has something to close once nobody uses it. */
  public boolean holdsRunSessions() {
    return sessions.holdsSome();
  }

  /** Slots of the schedule count from now on. */
  public void adoptSchedule(QualifiedName view, String identity) {
    withControl(
        session -> {
          session.execute(bookkeeping.adoptSchedule(view, identity, clock.instant()));
          return true;
        });
  }

  /** The slot that comes after these is run in their place. */
  public void passOver(QualifiedName view, PassedOver passed) {
    withControl(
        session -> {
          session.execute(bookkeeping.passOver(view, passed));
          return true;
        });
  }

  /** When the view is due next, for those who ask in SQL; null for never. */
  public void recordNextDue(QualifiedName view, @Nullable Instant next) {
    withControl(
        session -> {
          session.execute(bookkeeping.nextDue(view, next));
          return true;
        });
  }

  /** Writes a slot down that will not run. */
  public void settle(QualifiedName view, RefreshDecision.Settle settle) {
    withControl(
        session -> {
          session.inTransaction(
              () -> {
                for (Sql sql : bookkeeping.settle(view, settle, clock.instant())) {
                  session.execute(sql);
                }
              });
          return true;
        });
  }

  /** The server processes that hold the lock that a run of the view waits for. */
  public List<Integer> blockers(QualifiedName view, Progress run) {
    // Next to a concurrent refresh, most of those that hold a lock on the view are not in its way.
    boolean anyHolder = run.asksAgain() && run.mode() != Mode.Concurrent;
    return withControl(
        session ->
            session.query(
                SqlFile.read("blocking.sql"),
                row -> row.getInt(1),
                run.pid(),
                anyHolder,
                view.schema(),
                view.name(),
                run.pid()));
  }

  /** Closes the shared connection when nobody has used it for so long. */
  public void closeIdle(Duration idle) {
    if (!lock.tryLock()) {
      return;
    }
    try {
      Session open = control;
      if (open != null && lastUse.plus(idle).isBefore(clock.instant())) {
        open.close();
        control = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nothing new begins, and short work is cut off, without waiting for it; runs go on. */
  @Override
  public void close() {
    closed = true;
    sessions.close();
    Session open = control;
    if (open != null) {
      open.abort();
    }
  }

  @FunctionalInterface
  private interface Work<T> {
    T with(Session session) throws SQLException;
  }

  private <T> T withControl(Work<T> work) {
    if (!acquire()) {
      throw new NotNowException(address + " is busy with other views");
    }
    workingSince = System.nanoTime();
    try {
      Session session = control();
      try {
        return work.with(session);
      } catch (SQLException e) {
        Failure failure = Failure.ofBookkeeping(e, address);
        if (failure.reason() == Reason.ReadOnlyServer) {
          // What was the primary when the session began is a standby now.
          session.close();
        }
        throw new DatabaseException(failure);
      } finally {
        lastUse = clock.instant();
      }
    } catch (DatabaseException e) {
      // What was cut off here says nothing about the server.
      throw closed ? replaced() : e;
    } finally {
      workingSince = 0;
      lock.unlock();
    }
  }

  private boolean acquire() {
    long since = workingSince;
    if (since != 0 && System.nanoTime() - since > LONGEST_WAIT.toNanos()) {
      // Whoever has it has had it for so long that it is not worth a wait: a database that has gone
      // silent would else keep one thread for each of its views.
      return false;
    }
    try {
      return lock.tryLock(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  Session control() {
    if (closed) {
      throw replaced();
    }
    Session session = control;
    if (session == null || !session.isOpen()) {
      session = breaker.session(Session.Pins.ofCatalog());
      control = session;
      if (closed) {
        // Whoever closed it may have come before there was a session to cut off.
        session.close();
        throw replaced();
      }
    }
    return session;
  }

  private NotNowException replaced() {
    return new NotNowException(address + " was replaced");
  }

  private static void hold(Session session, QualifiedName view) throws SQLException {
    if (!Fence.of(view).tryHoldInTransaction(session)) {
      throw busy(view);
    }
  }

  private static DatabaseException busy(QualifiedName view) {
    return new DatabaseException(
        new Failure(
            Reason.RefreshInProgress, null, view + " is being refreshed; the change comes after"));
  }
}
