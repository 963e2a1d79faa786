package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import java.io.EOFException;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What went wrong, in words that a user may read.
 *
 * <p>A server's message can hold row values, so it is shown only where no row was read ({@link
 * #ofDefinition}); its DETAIL and HINT never are.
 *
 * @param sqlState null when the server had no part in it
 */
public record Failure(Reason reason, @Nullable String sqlState, String message) {

  private static final int LONGEST_MESSAGE = 300;

  private static final Pattern SQL_STATE = Pattern.compile("[0-9A-Z]{5}");

  /** Of a connection attempt on one host. */
  static Failure ofConnect(SQLException e, ServerAddress server, String host) {
    String state = state(e);
    String where = server.toString(host);
    if (cause(e, FloodException.class).isPresent()) {
      return ofFlood(where);
    }
    if (cause(e, RefusedAddressException.class).isPresent()) {
      return new Failure(
          Reason.HostNotAllowed,
          null,
          where
              + " has an address that this operator does not connect to; name another host, or have"
              + " MATVIEWS_REFUSED_NETWORKS changed");
    }
    if (cause(e, GuardedPassword.RefusedException.class).isPresent()) {
      return new Failure(
          Reason.AuthenticationFailed,
          state,
          where
              + " asks for the password itself or its MD5 hash, and has not proved who it is; set"
              + " tls.mode verify-full, or have the server use scram-sha-256");
    }
    // PostgreSQL never says this of a login, and PgBouncer of all that it does not like.
    if ("08P01".equals(state) && serverError(e) != null) {
      return ofPooler(where, state);
    }
    // The driver's own word both for a server without TLS and for a password that is missing.
    if ("08004".equals(state)) {
      return server.tls() == TlsMode.DISABLE || server.password().isEmpty()
          ? new Failure(
              Reason.AuthenticationFailed,
              state,
              sentence(Reason.AuthenticationFailed, state, where))
          : new Failure(
              Reason.TLSFailed,
              state,
              "no TLS to %s: the server offers none; set ssl = on there, or another tls.mode here"
                  .formatted(where));
    }
    if (causedByTls(e)) {
      String fault =
          cause(e, UntrustedException.class)
              .map(untrusted -> untrusted.fault().sentence())
              .orElse("the TLS handshake failed; see the server's log");
      return new Failure(Reason.TLSFailed, state, "no TLS to %s: %s".formatted(where, fault));
    }
    Reason reason = reasonOfConnect(state);
    return new Failure(reason, state, sentence(reason, state, where));
  }

  /** Its settings would leak to other clients. */
  static Failure ofPooler(String where, @Nullable String state) {
    return new Failure(
        Reason.PoolerUnsupported,
        state,
        where + " is a connection pooler; name the PostgreSQL server itself");
  }

  /** Whatever else there is to say of an object, this is about a server that lets nobody in. */
  private static Reason reasonOfConnect(@Nullable String state) {
    Reason reason = reason(state);
    return reason.concernsConnection() || reason == Reason.PermissionDenied
        ? reason
        : Reason.DatabaseUnavailable;
  }

  private static Failure ofFlood(String what) {
    return new Failure(
        Reason.DatabaseUnavailable,
        null,
        what
            + ": the server has sent far more than an answer can be, and was cut off; see whether"
            + " it is PostgreSQL, and what functions send; tried again");
  }

  /** Only what can be one: a server may send any text in its place. */
  private static @Nullable String state(SQLException e) {
    String state = e.getSQLState();
    return state != null && SQL_STATE.matcher(state).matches() ? state : null;
  }

  /**
   * Of a statement of our own about catalogue or bookkeeping: it is valid SQL over tables that were
   * there, so what it does not find was taken away.
   */
  static Failure ofBookkeeping(SQLException e, ServerAddress server) {
    Reason reason = reason(state(e));
    return switch (reason) {
      case SourceMissing, SchemaMissing, PermissionDenied, InvalidSQL, TargetConflict ->
          new Failure(
              Reason.BookkeepingUnavailable,
              state(e),
              "%s: the operator's own tables are gone, changed or not its own (%s)"
                  .formatted(server, ConditionNames.describe(state(e))));
      default -> ofStatement(e, server.toString());
    };
  }

  /** Of a statement about one object. */
  static Failure ofStatement(SQLException e, String what) {
    if (cause(e, FloodException.class).isPresent()) {
      return ofFlood(what);
    }
    Reason reason = reason(state(e));
    return new Failure(reason, state(e), sentence(reason, state(e), what));
  }

  /** Of a setting that the spec wants for its session. */
  static Failure ofSetting(SQLException e, String setting) {
    return new Failure(
        Reason.InvalidSetting,
        state(e),
        "refresh.sessionSettings.%s: the server refuses it or its value; change or remove it (%s)"
            .formatted(setting, ConditionNames.describe(state(e))));
  }

  /** Of a REFRESH: our own sentence, since the server's could hold values of rows. */
  static Failure ofRefresh(SQLException e, String view) {
    Reason reason = reason(state(e));
    if (reason == Reason.DuplicateRows) {
      String index = indexName(e);
      return ofDuplicates(e, view, index == null ? "its unique index" : "unique index " + index);
    }
    if (reason == Reason.UpstreamNotPopulated && isOfRefreshItself(e)) {
      return new Failure(
          Reason.RefreshInProgress,
          state(e),
          "%s lost the unique index that a concurrent refresh needs; the next run chooses anew"
              .formatted(view));
    }
    return ofStatement(e, view);
  }

  /** And not of the query; the state is the same, and the words may be in any language. */
  private static boolean isOfRefreshItself(SQLException e) {
    ServerErrorMessage server = serverError(e);
    String routine = server == null ? null : server.getRoutine();
    // Since 17 the latter.
    return "ExecRefreshMatView".equals(routine) || "RefreshMatViewByOid".equals(routine);
  }

  /**
   * Of an index build over rows, whose values the server's words could hold.
   *
   * @param index its name in the end, which is not the one that it is built under
   */
  static Failure ofIndexBuild(SQLException e, QualifiedName view, String index) {
    return reason(state(e)) == Reason.DuplicateRows
        ? ofDuplicates(e, view.toString(), "unique index " + index)
        : ofStatement(e, "index %s on %s".formatted(index, view));
  }

  private static Failure ofDuplicates(SQLException e, String view, String index) {
    return new Failure(
        Reason.DuplicateRows,
        state(e),
        "rows of %s are not unique under %s (%s); the view keeps what it held"
            .formatted(view, index, ConditionNames.describe(state(e))));
  }

  /**
   * Of an index on a view without rows, where all that can fail is what stands in the spec.
   *
   * @param statement what was sent
   * @param texts the parts of it that stand in the spec, each on lines of its own
   */
  static Failure ofIndexText(SQLException e, String statement, List<String> texts) {
    Failure failure = ofDefinition(e, statement, 0, "");
    for (String text : texts) {
      Failure placed = ofDefinition(e, statement, statement.indexOf("\n" + text + "\n") + 1, text);
      failure = placed.message().length() > failure.message().length() ? placed : failure;
    }
    return switch (failure.reason()) {
      case QueryFailed, SourceMissing, UpstreamNotPopulated ->
          new Failure(Reason.InvalidSQL, failure.sqlState(), failure.message());
      default -> failure;
    };
  }

  /** The same of this object. */
  Failure of(String what) {
    return new Failure(reason, sqlState, what + ": " + message);
  }

  /**
   * Of a definition, which reads no rows, so that what fails is the text: the server's primary
   * message with its place in it.
   *
   * @param statement what was sent
   * @param body the part of it that stands in the spec
   */
  static Failure ofDefinition(SQLException e, String statement, String body) {
    Failure failure = ofDefinition(e, statement, statement.indexOf(body), body);
    return failure.reason() == Reason.QueryFailed
        ? new Failure(Reason.InvalidSQL, failure.sqlState(), failure.message())
        : failure;
  }

  private static Failure ofDefinition(SQLException e, String statement, int start, String body) {
    Reason reason = reason(state(e));
    ServerErrorMessage server = serverError(e);
    if (server == null || server.getMessage() == null) {
      return new Failure(reason, state(e), sentence(reason, state(e), "the view"));
    }
    String place = place(statement, start, body, server.getPosition());
    return new Failure(reason, state(e), place + shortened(server.getMessage()));
  }

  private static String place(String statement, int start, String body, int position) {
    if (position < 1 || position > statement.codePointCount(0, statement.length())) {
      return "";
    }
    int offset = statement.offsetByCodePoints(0, position - 1) - start;
    if (offset < 0 || offset > body.length()) {
      return "";
    }
    String before = body.substring(0, offset);
    long line = before.chars().filter(c -> c == '\n').count() + 1;
    int column = before.codePointCount(before.lastIndexOf('\n') + 1, before.length()) + 1;
    return "line %d, column %d: ".formatted(line, column);
  }

  private static String shortened(String message) {
    String line = message.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.codePointCount(0, line.length()) <= LONGEST_MESSAGE
        ? line
        : line.substring(0, line.offsetByCodePoints(0, LONGEST_MESSAGE - 1)) + "…";
  }

  private static @Nullable String indexName(SQLException e) {
    ServerErrorMessage server = serverError(e);
    String index = server == null ? null : server.getConstraint();
    return index == null ? null : shortened(index);
  }

  /** That of a batch is a cause of the batch's own exception. */
  private static @Nullable ServerErrorMessage serverError(SQLException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof PSQLException p && p.getServerErrorMessage() != null) {
        return p.getServerErrorMessage();
      }
    }
    return null;
  }

  private static <T extends Throwable> Optional<T> cause(Throwable e, Class<T> type) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return Optional.of(type.cast(t));
      }
    }
    return Optional.empty();
  }

  /** A connection that breaks in the middle of a handshake says nothing about certificates. */
  private static boolean causedByTls(Throwable e) {
    boolean tls = false;
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SocketException || t instanceof EOFException) {
        return false;
      }
      tls |= t instanceof SSLException || t instanceof GeneralSecurityException;
    }
    return tls;
  }

  /** The one place that knows what a SQLSTATE means; several mean nothing without a context. */
  private static Reason reason(@Nullable String state) {
    if (state == null) {
      return Reason.InternalError;
    }
    return switch (state) {
      case "55P03" -> Reason.LockTimeout;
      case "57014", "25P04" -> Reason.RefreshTimeout;
      case "25P03" -> Reason.DatabaseUnavailable;
      case "53300" -> Reason.TooManyConnections;
      case "25006" -> Reason.ReadOnlyServer;
      case "42P01" -> Reason.SourceMissing;
      case "3F000" -> Reason.SchemaMissing;
      case "42501" -> Reason.PermissionDenied;
      case "0A000" -> Reason.UnsupportedSQL;
      case "2BP01" -> Reason.DependentsExist;
      case "23505", "21000" -> Reason.DuplicateRows;
      case "42P07" -> Reason.TargetConflict;
      case "55000" -> Reason.UpstreamNotPopulated;
      case "3D000" -> Reason.DatabaseUnavailable;
      default ->
          switch (state.substring(0, 2)) {
            case "08", "57" -> Reason.DatabaseUnavailable;
            case "28" -> Reason.AuthenticationFailed;
            case "40" -> Reason.Deadlock;
            case "42" -> Reason.InvalidSQL;
            case "53" -> Reason.InsufficientResources;
            default -> Reason.QueryFailed;
          };
    };
  }

  private static String sentence(Reason reason, @Nullable String state, String what) {
    String because = " (" + ConditionNames.describe(state) + ")";
    return switch (reason) {
      case LockTimeout -> what + ": somebody else held a lock for too long; tried again" + because;
      case RefreshTimeout -> what + ": took longer than its timeout allows" + because;
      case Deadlock -> what + ": another transaction was in the way; tried again" + because;
      case TooManyConnections ->
          what + ": the server has no connection left; tried again" + because;
      case ReadOnlyServer ->
          what + ": the server is read-only, perhaps a standby; tried again" + because;
      case SourceMissing -> what + ": a table or view that the SQL reads does not exist" + because;
      case SchemaMissing -> what + ": a schema does not exist" + because;
      case PermissionDenied ->
          what + ": the role lacks a right; grant it what the SQL reads or makes" + because;
      case UnsupportedSQL -> what + ": PostgreSQL does not support this here" + because;
      case DependentsExist -> what + ": other objects stand on it; drop them first" + because;
      case DuplicateRows -> what + ": rows are not unique" + because;
      case TargetConflict -> what + ": the name is taken by another relation; rename one" + because;
      case UpstreamNotPopulated ->
          what + ": a materialized view that it reads holds no data yet" + because;
      case DatabaseUnavailable ->
          what + ": the database cannot be reached or is not ready; tried again" + because;
      case AuthenticationFailed ->
          what + ": the server refused the role or its password; mend the Secret" + because;
      case InvalidSQL -> what + ": the SQL is not valid here" + because;
      case InsufficientResources ->
          what + ": the server ran out of disk or memory; tried again in minutes" + because;
      case QueryFailed ->
          what + ": the query failed on its data; the view keeps what it held" + because;
      default -> what + ": failed" + because;
    };
  }
}
