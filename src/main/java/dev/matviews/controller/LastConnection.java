package dev.matviews.controller;

import dev.matviews.plan.Reason;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The way to the database for a view that is to be dropped. In a namespace's deletion the Secret
 * and the connection may go before the view: then it is the last that was good. As nobody examines
 * that one any more, a try that fails holds up the next one of any deletion, for longer each time:
 * a database that does not answer would keep a thread from the deletions of others, and one that
 * refuses the password might have the account locked.
 */
@ApplicationScoped
public class LastConnection {

  private final Connections connections;
  private final ViewPass views;
  private final Duration longestPause;
  private final Map<ResourceID, Failed> failed = new ConcurrentHashMap<>();

  /**
   * The last try to reach a database.
   *
   * @param inARow how many have failed, this one included
   * @param sinceNanos when it failed
   * @param pause from then on, until the next may begin
   */
  private record Failed(int inARow, Problem problem, long sinceNanos, Duration pause) {

    static Failed after(@Nullable Failed last, Problem problem, Duration longest) {
      int inARow = last == null ? 1 : last.inARow + 1;
      Duration pause = HeldUp.pause(problem.reason(), inARow, longest, longest);
      return new Failed(inARow, problem, System.nanoTime(), pause);
    }

    boolean isRecent() {
      return System.nanoTime() - sinceNanos < pause.toNanos();
    }
  }

  LastConnection(Connections connections, ViewPass views, OperatorConfig config) {
    this.connections = connections;
    this.views = views;
    this.longestPause = config.connectionRetryInterval();
  }

  /**
   * Empty until the connection was looked at for the first time.
   *
   * @throws RefusedException when there is none, and none is known from before, or that was tried
   *     in vain a moment ago
   */
  Optional<Connections.Good> of(ResourceID connection) {
    Connections.State state = connections.get(connection).orElse(null);
    if (state instanceof Connections.State.Ready ready) {
      if (ready.moved()) {
        throw new RefusedException(
            Reason.DatabaseChanged,
            ("PostgresConnection %s leads to another database than before; edit its spec to confirm"
                    + " that")
                .formatted(connection.getName()));
      }
      return connections.lastGood(connection);
    }
    if (state == null && views.isExpected(connection)) {
      return Optional.empty();
    }
    Problem problem =
        state instanceof Connections.State.Broken broken ? broken.problem() : notFound(connection);
    Connections.Good known =
        connections
            .lastGood(connection)
            .filter(last -> isGone(problem.reason()))
            .orElseThrow(() -> new RefusedException(problem));
    Failed last = failed.get(connection);
    if (last != null && last.isRecent()) {
      throw new RefusedException(last.problem());
    }
    return Optional.of(known);
  }

  /**
   * Whether what is missing is in Kubernetes: of a database that refuses, nothing better is known.
   */
  private static boolean isGone(Reason reason) {
    return switch (reason) {
      case ConnectionNotFound, SecretNotFound, SecretIncomplete, PermissionDenied -> true;
      default -> false;
    };
  }

  private static Problem notFound(ResourceID connection) {
    return new Problem(
        Reason.ConnectionNotFound,
        "PostgresConnection %s does not exist in this namespace; apply it again"
            .formatted(connection.getName()));
  }

  void reached(ResourceID connection) {
    failed.remove(connection);
  }

  void failed(ResourceID connection, Problem problem) {
    if (!problem.reason().concernsConnection()) {
      reached(connection);
      return;
    }
    failed.compute(connection, (id, last) -> Failed.after(last, problem, longestPause));
    connections.suspect(connection);
  }

  /** The last view that needed it is gone. */
  void forget(ResourceID connection) {
    failed.remove(connection);
    connections.letGo(connection);
  }
}
