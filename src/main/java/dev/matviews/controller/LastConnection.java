package dev.matviews.controller;

import dev.matviews.plan.Reason;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * The way to the database for a view that is to be dropped. In a namespace's deletion the Secret
 * and the connection may go before the view: then it is the last that was good.
 */
@ApplicationScoped
public class LastConnection {

  private final Connections connections;
  private final ViewPass views;

  LastConnection(Connections connections, ViewPass views) {
    this.connections = connections;
    this.views = views;
  }

  /**
   * Empty until the connection was looked at for the first time.
   *
   * @throws RefusedException when there is none, and none is known from before
   */
  Optional<DesiredConnection> of(ResourceID connection) {
    Connections.State state = connections.get(connection).orElse(null);
    if (state instanceof Connections.State.Ready ready) {
      if (ready.moved()) {
        throw new RefusedException(
            Reason.DatabaseChanged,
            ("PostgresConnection %s leads to another database than before; edit its spec to confirm"
                    + " that")
                .formatted(connection.getName()));
      }
      return Optional.of(ready.desired());
    }
    if (state == null && views.isExpected(connection)) {
      return Optional.empty();
    }
    Problem problem =
        state instanceof Connections.State.Broken broken ? broken.problem() : notFound(connection);
    return Optional.of(
        connections
            .lastGood(connection)
            .filter(known -> isGone(problem.reason()))
            .orElseThrow(() -> new RefusedException(problem)));
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

  void failed(ResourceID connection, Reason reason) {
    if (reason.concernsConnection() && connections.get(connection).isPresent()) {
      connections.suspect(connection);
    }
  }
}
