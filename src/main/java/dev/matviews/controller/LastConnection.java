package dev.matviews.controller;

import dev.matviews.plan.Reason;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way to the database for a view that is to be dropped. In a namespace's deletion the Secret
 * and the connection may go before the view: then it is the last that was good, and as nobody
 * examines that one any more, one deletion at a time tries it until one has got there. All of them
 * at once would take every thread from the deletions of others where the database does not answer,
 * and where it refuses the password they might have the account locked.
 */
@ApplicationScoped
public class LastConnection {

  /** How long a try may take before another one thinks that nothing will come of it. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Connections connections;
  private final ViewPass views;
  private final Duration longestPause;
  private final Map<ResourceID, Contact> contacts = new HashMap<>();

  /**
   * With a database whose connection is gone.
   *
   * @param reached whether the last try got there
   * @param failures how many in a row did not
   * @param problem of the last of them, null before the first
   * @param sinceNanos when the last began, or failed
   * @param pause from then on, until the next may begin
   */
  private record Contact(
      boolean reached, int failures, @Nullable Problem problem, long sinceNanos, Duration pause) {

    static final Contact NONE = new Contact(false, 0, null, 0, Duration.ZERO);
    static final Contact REACHED = new Contact(true, 0, null, 0, Duration.ZERO);

    Contact begun() {
      return new Contact(false, failures, problem, System.nanoTime(), PATIENCE);
    }

    Contact failed(Problem last, Duration longest) {
      int inARow = failures + 1;
      Duration next = HeldUp.pause(last.reason(), inARow, longest, longest);
      return new Contact(false, inARow, last, System.nanoTime(), next);
    }

    boolean mayTry() {
      return pause.isZero() || System.nanoTime() - sinceNanos >= pause.toNanos();
    }
  }

  LastConnection(Connections connections, ViewPass views, OperatorConfig config) {
    this.connections = connections;
    this.views = views;
    this.longestPause = config.connectionRetryInterval();
  }

  /**
   * Empty until the connection was looked at for the first time, and while another deletion tries
   * one that is gone.
   *
   * @throws RefusedException when there is none, and none is known from before
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
    return begin(connection) ? Optional.of(known) : Optional.empty();
  }

  private synchronized boolean begin(ResourceID connection) {
    Contact contact = contacts.getOrDefault(connection, Contact.NONE);
    if (contact.mayTry()) {
      contacts.put(connection, contact.reached() ? contact : contact.begun());
      return true;
    }
    if (contact.problem() != null) {
      throw new RefusedException(contact.problem());
    }
    return false;
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

  synchronized void reached(ResourceID connection) {
    contacts.computeIfPresent(connection, (id, tried) -> Contact.REACHED);
  }

  synchronized void failed(ResourceID connection, Problem problem) {
    if (!problem.reason().concernsConnection()) {
      reached(connection);
      return;
    }
    contacts.computeIfPresent(connection, (id, tried) -> tried.failed(problem, longestPause));
    if (connections.get(connection).isPresent()) {
      connections.suspect(connection);
    }
  }

  /** The last view that needed it is gone. */
  synchronized void forget(ResourceID connection) {
    contacts.remove(connection);
    connections.letGo(connection);
  }
}
