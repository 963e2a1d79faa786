package dev.matviews.postgres;

import dev.matviews.plan.Grant;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import java.sql.SQLException;
import java.util.Collection;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A change of owner, grants, comment or storage parameters, as one statement. */
record AttributeChange(QualifiedName view, String what, String statement) {

  private static final String OWNER = "owner";

  /**
   * The change that a step stands for, in a transaction: as the view's owner, but for a change of
   * owner, which takes a member of both.
   */
  static void apply(Session session, Step.OfAttributes step) throws SQLException {
    AttributeChange change = of(step);
    // Readers queue behind ALTER … OWNER TO; the next pass tries again.
    session.execute(ShortTries.SHORT_WAIT);
    if (step instanceof Step.SetOwner) {
      change.execute(session);
    } else {
      Owner.of(session, change.view()).act(session, () -> change.execute(session));
    }
  }

  static AttributeChange of(Step.OfAttributes step) {
    if (step instanceof Step.SetOwner owner) {
      return of(owner);
    } else if (step instanceof Step.GrantPrivileges grant) {
      return of(grant);
    } else if (step instanceof Step.RevokePrivileges revoke) {
      return of(revoke);
    } else if (step instanceof Step.SetComment comment) {
      return of(comment);
    } else if (step instanceof Step.SetParameters parameters) {
      return of(parameters);
    } else {
      return of((Step.ResetParameters) step);
    }
  }

  private void execute(Session session) throws SQLException {
    try {
      session.execute(Sql.of(statement));
    } catch (SQLException e) {
      throw new DatabaseException(failure(e));
    }
  }

  /** No row is read, so the server's own words may be shown. */
  private Failure failure(SQLException e) {
    Failure failure = Failure.ofDefinition(e, statement, statement);
    if (failure.reason() == Reason.PermissionDenied && what.equals(OWNER)) {
      return told(
          failure,
          Reason.OwnerNotAllowed,
          "; the connecting role has to inherit the old owner's rights and may SET ROLE to the new");
    }
    if (failure.reason() == Reason.DependentsExist) {
      return told(
          failure,
          Reason.PermissionDenied,
          "; the role has passed it on: REVOKE that first, or keep the grant");
    }
    return told(failure, failure.reason(), "");
  }

  private Failure told(Failure failure, Reason reason, String hint) {
    return new Failure(
        reason,
        failure.sqlState(),
        "%s of %s: %s%s".formatted(what, view, failure.message(), hint));
  }

  private static AttributeChange of(Step.SetOwner step) {
    return alter(step.view(), OWNER, "OWNER TO " + Sql.identifier(step.owner()));
  }

  private static AttributeChange of(Step.GrantPrivileges step) {
    Grant grant = step.grant();
    return new AttributeChange(
        step.view(),
        "grants",
        "GRANT %s ON TABLE %s TO %s%s"
            .formatted(
                privileges(grant.privileges()),
                Sql.qualified(step.view()),
                role(grant.role()),
                grant.withGrantOption() ? " WITH GRANT OPTION" : ""));
  }

  private static AttributeChange of(Step.RevokePrivileges step) {
    return new AttributeChange(
        step.view(),
        "grants",
        "REVOKE %s %s ON TABLE %s FROM %s"
            .formatted(
                step.grantOptionOnly() ? "GRANT OPTION FOR" : "",
                privileges(step.privileges()),
                Sql.qualified(step.view()),
                role(step.role())));
  }

  private static AttributeChange of(Step.SetComment step) {
    String comment = step.comment();
    return new AttributeChange(
        step.view(),
        "comment",
        "COMMENT ON MATERIALIZED VIEW %s IS %s"
            .formatted(
                Sql.qualified(step.view()), comment == null ? "NULL" : Sql.literal(comment)));
  }

  private static AttributeChange of(Step.SetParameters step) {
    return alter(
        step.view(), "storage.parameters", "SET (" + Sql.assignments(step.parameters()) + ")");
  }

  private static AttributeChange of(Step.ResetParameters step) {
    String names =
        new TreeSet<>(step.parameters())
            .stream().map(Sql::identifier).collect(Collectors.joining(", "));
    return alter(step.view(), "storage.parameters", "RESET (" + names + ")");
  }

  private static AttributeChange alter(QualifiedName view, String what, String change) {
    return new AttributeChange(
        view, what, "ALTER MATERIALIZED VIEW %s %s".formatted(Sql.qualified(view), change));
  }

  private static String privileges(Collection<String> privileges) {
    return String.join(", ", new TreeSet<>(privileges));
  }

  private static String role(String role) {
    return role.equals(Grant.PUBLIC) ? "PUBLIC" : Sql.identifier(role);
  }
}
