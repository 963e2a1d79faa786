package dev.matviews.postgres;

import dev.matviews.plan.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/**
 * One server process and the only place that sends it text.
 *
 * <p>Every setting that could change what a statement means is pinned at the start, whatever the
 * role, the database or the JVM prefer. Not for use by two threads at once, but for {@link #abort}.
 */
final class Session implements AutoCloseable {

  /** Longer than any server waits by its own settings, so that only a dead peer runs into it. */
  private static final Duration SOCKET_GRACE = Duration.ofSeconds(5);

  /** Of an answer that does not grow with what it is about, and then many times as much. */
  private static final long USUAL_ANSWER = 4 << 20;

  private final Connection connection;
  private final Line line;
  private Duration answered;

  private Session(Login.Opened opened, Duration answered) {
    this.connection = opened.connection();
    this.line = opened.line();
    this.answered = answered;
  }

  /** Reads one row into a value. */
  @FunctionalInterface
  interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** Reads the answers to several questions, of one row each, into a value. */
  @FunctionalInterface
  interface AnswerMapper<T> {
    T map(Answers answers) throws SQLException;
  }

  /** One after the other. */
  @FunctionalInterface
  interface Answers {
    ResultSet next() throws SQLException;
  }

  /**
   * What differs between sessions.
   *
   * @param statementTimeout of one statement
   * @param lockTimeout of one wait for a lock
   * @param planCacheMode as PostgreSQL names it
   */
  record Pins(Duration statementTimeout, Duration lockTimeout, String planCacheMode) {

    /** Of a short statement of our own: a server that has stopped answering is found out soon. */
    static final Duration SHORT_STATEMENT = Duration.ofSeconds(10);

    /** For one run, in which functions of users are planned as anywhere else. */
    Pins(Duration statementTimeout, Duration lockTimeout) {
      this(statementTimeout, lockTimeout, "auto");
    }

    /**
     * For short statements of our own, for which others may wait. To plan them takes three times as
     * long as to carry them out, so each is planned once.
     */
    static Pins ofCatalog() {
      return new Pins(SHORT_STATEMENT, Duration.ofMillis(500), "force_generic_plan");
    }

    private Map<String, String> settings() {
      Map<String, String> settings = ofUse();
      settings.put("search_path", "pg_catalog");
      settings.put("TimeZone", "UTC");
      settings.put("DateStyle", "ISO, MDY");
      settings.put("IntervalStyle", "postgres");
      settings.put("extra_float_digits", "1");
      settings.put("bytea_output", "hex");
      settings.put("standard_conforming_strings", "on");
      settings.put("row_security", "on");
      // What a function has to say for each row would be kept here, and read by nobody.
      settings.put("client_min_messages", "error");
      settings.put("default_transaction_isolation", "read committed");
      // A client that stops inside a transaction must not keep its locks.
      settings.put("idle_in_transaction_session_timeout", "5s");
      // We close what lies idle; a role's own limit would look like a server that is away.
      settings.put("idle_session_timeout", "0");
      // A server process whose client was killed ends its statement instead of finishing it.
      settings.put("client_connection_check_interval", "500ms");
      settings.put("tcp_keepalives_idle", "10");
      settings.put("tcp_keepalives_interval", "5");
      settings.put("tcp_keepalives_count", "3");
      return settings;
    }

    /** Those that differ between uses of one session. */
    private Map<String, String> ofUse() {
      Map<String, String> ofUse = new LinkedHashMap<>();
      ofUse.put("statement_timeout", Long.toString(statementTimeout.toMillis()));
      ofUse.put("lock_timeout", Long.toString(lockTimeout.toMillis()));
      ofUse.put("plan_cache_mode", planCacheMode);
      return ofUse;
    }
  }

  /**
   * On the first host that has the primary.
   *
   * @throws DatabaseException when there is none, ReadOnlyServer where all that answer are standbys
   */
  static Session open(ServerAddress address, Pins pins) {
    DatabaseException failed = null;
    for (String host : address.hosts()) {
      try {
        return openOn(host, address, pins);
      } catch (DatabaseException e) {
        if (!otherHostMayDo(e.failure().reason())) {
          throw e;
        }
        failed = failed == null || isReadOnly(e) ? e : failed;
      }
    }
    throw Objects.requireNonNull(failed, "there is at least one host");
  }

  /** A password that one refuses is not tried on all of them: that would lock the account. */
  private static boolean otherHostMayDo(Reason reason) {
    return switch (reason) {
      case DatabaseUnavailable, TooManyConnections, ReadOnlyServer -> true;
      default -> false;
    };
  }

  private static boolean isReadOnly(DatabaseException e) {
    return e.failure().reason() == Reason.ReadOnlyServer;
  }

  private static Session openOn(String host, ServerAddress address, Pins pins) {
    Session session;
    try {
      session = new Session(Login.on(host, address), address.connectTimeout());
    } catch (SQLException e) {
      throw new DatabaseException(Failure.ofConnect(e, address, host));
    }
    try {
      session.pin(pins.settings(), address, host);
      session.setReadTimeout(pins.statementTimeout());
      return session;
    } catch (SQLException e) {
      session.close();
      throw new DatabaseException(Failure.ofConnect(e, address, host));
    } catch (DatabaseException e) {
      session.close();
      throw e;
    }
  }

  /**
   * Pins settings in one round trip.
   *
   * @throws DatabaseException PoolerUnsupported when another process answers than the one that the
   *     login reached: settings would then leak to other clients; ReadOnlyServer
   */
  private void pin(Map<String, String> settings, ServerAddress address, String host) {
    try {
      Answering answering =
          query(pinning(settings), Answering::read, settings.values().toArray()).get(0);
      requirePrimary(answering, address, host);
    } catch (SQLException e) {
      throw new DatabaseException(Failure.ofConnect(e, address, host));
    }
  }

  private static String pinning(Map<String, String> settings) {
    return settings.keySet().stream()
        .map(name -> "pg_catalog.set_config('" + name + "', ?, false)")
        .collect(Collectors.joining(", ", Answering.COLUMNS, ""));
  }

  private void requirePrimary(Answering answering, ServerAddress address, String host)
      throws SQLException {
    if (pid() != answering.pid()) {
      throw new DatabaseException(Failure.ofPooler(address.toString(host), null));
    }
    if (answering.readOnly()) {
      throw new DatabaseException(
          new Failure(
              Reason.ReadOnlyServer,
              null,
              address.toString(host)
                  + " is read-only, perhaps a standby; name the primary, or all hosts"));
    }
  }

  private record Answering(int pid, boolean readOnly) {

    /** Before the calls that pin. */
    static final String COLUMNS =
        "SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_is_in_recovery() OR"
            + " pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool, ";

    static Answering read(ResultSet row) throws SQLException {
      return new Answering(row.getInt(1), row.getBoolean(2));
    }
  }

  /** Of the server process. */
  int pid() throws SQLException {
    return connection.unwrap(PGConnection.class).getBackendPID();
  }

  /**
   * As it was after its login, whatever was done with it.
   *
   * @return false for one that is of no more use
   */
  boolean renew(Pins pins, ServerAddress address) {
    try {
      setReadTimeout(pins.statementTimeout());
      execute(Sql.of("DISCARD ALL"));
      // What this use has changed, the next one on the same tables would count as its own.
      query("SELECT pg_catalog.pg_stat_force_next_flush()", row -> "");
      pin(pins.settings(), address, address.host());
      return true;
    } catch (SQLException | DatabaseException e) {
      return false;
    }
  }

  /**
   * For another use of a session that has lain idle since it was opened or renewed: what that use
   * asks first, and the pins that differ between uses, in one round trip, since a slot is late by
   * each. The server plans the questions the first time that a session is asked them; they are
   * answered before the pins hold, and each sees what was committed when its turn came.
   *
   * @param questions separated by semicolons, each of one row
   */
  <T> T resume(
      Pins pins,
      ServerAddress address,
      String questions,
      AnswerMapper<T> mapper,
      Object... arguments)
      throws SQLException {
    Map<String, String> ofUse = pins.ofUse();
    allow(address.connectTimeout());
    T answer;
    try (PreparedStatement statement =
        connection.prepareStatement(questions + ";\n" + pinning(ofUse))) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(1);
      setArguments(
          statement, Stream.concat(Stream.of(arguments), ofUse.values().stream()).toArray());
      exchange(USUAL_ANSWER, statement::execute);
      Answers answers = new InTurn(statement);
      answer = mapper.map(answers);
      requirePrimary(Answering.read(answers.next()), address, address.host());
    }
    setReadTimeout(pins.statementTimeout());
    return answer;
  }

  /** Answers to several questions. */
  private static final class InTurn implements Answers {

    private final Statement statement;
    private boolean begun;

    InTurn(Statement statement) {
      this.statement = statement;
    }

    @Override
    public ResultSet next() throws SQLException {
      if (begun) {
        statement.getMoreResults();
      }
      begun = true;
      ResultSet row = statement.getResultSet();
      row.next();
      return row;
    }
  }

  /** Rows of a query of our own; values of others only ever go in as arguments. */
  <T> List<T> query(String sql, RowMapper<T> mapper, Object... arguments) throws SQLException {
    return query(USUAL_ANSWER, sql, mapper, arguments);
  }

  /**
   * As {@link #query(String, RowMapper, Object...)}, where the answer grows with what it is about.
   *
   * @param most of bytes that it may have
   */
  <T> List<T> query(long most, String sql, RowMapper<T> mapper, Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      setArguments(statement, arguments);
      List<T> rows = new ArrayList<>();
      try (ResultSet result = exchange(most, statement::executeQuery)) {
        while (result.next()) {
          rows.add(mapper.map(result));
        }
      }
      return rows;
    }
  }

  private static void setArguments(PreparedStatement statement, Object... arguments)
      throws SQLException {
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
  }

  /** A server that breaks the protocol can lead the driver anywhere, and is not talked to again. */
  private <T> T exchange(long most, Maker<T> maker) throws SQLException {
    line.expect(answered, most);
    try {
      return maker.make();
    } catch (RuntimeException | OutOfMemoryError e) {
      abort();
      throw new SQLException("not the protocol of PostgreSQL", "08P01", e);
    }
  }

  /** The driver's array of texts, as an argument of {@link #query}. */
  Object texts(List<String> values) throws SQLException {
    return connection.createArrayOf("text", values.toArray());
  }

  void execute(Sql sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      exchange(USUAL_ANSWER, () -> statement.execute(sql.text()));
    }
  }

  /** Has the server parse a statement, which is not carried out. */
  void parse(Sql sql) throws SQLException {
    // A question mark is a parameter to the driver here, and two of them are one of the text.
    try (PreparedStatement statement = connection.prepareStatement(sql.text().replace("?", "??"))) {
      exchange(USUAL_ANSWER, statement::getMetaData);
    }
  }

  /** All of them in one round trip, in their order, up to the first that fails. */
  void executeTogether(List<Sql> batch) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      for (Sql sql : batch) {
        statement.addBatch(sql.text());
      }
      exchange(USUAL_ANSWER, statement::executeBatch);
    }
  }

  /** What is done inside is done whole or not at all. */
  void inTransaction(Work work) throws SQLException {
    inTransactionMake(
        () -> {
          work.run();
          return true;
        });
  }

  /** As {@link #inTransaction}, with what came of it. */
  <T> T inTransactionMake(Maker<T> maker) throws SQLException {
    execute(Sql.of("BEGIN"));
    try {
      T made = maker.make();
      execute(Sql.of("COMMIT"));
      return made;
    } catch (SQLException | RuntimeException e) {
      rollback();
      throw e;
    }
  }

  /** Something that talks to the database. */
  @FunctionalInterface
  interface Work {
    void run() throws SQLException;
  }

  /** Something that talks to the database and brings something back. */
  @FunctionalInterface
  interface Maker<T> {
    T make() throws SQLException;
  }

  /** Ends a failed or unwanted transaction; a connection that is gone has ended it already. */
  void rollback() {
    try {
      execute(Sql.of("ROLLBACK"));
    } catch (SQLException e) {
      close();
    }
  }

  /** How long to wait for the whole of an answer that the server owes within {@code limit}. */
  void setReadTimeout(Duration limit) throws SQLException {
    allow(limit.plus(SOCKET_GRACE));
  }

  private void allow(Duration wholeAnswer) throws SQLException {
    answered = wholeAnswer;
    connection.setNetworkTimeout(Runnable::run, (int) wholeAnswer.toMillis());
  }

  /** Cuts the connection under whoever waits on it; from any thread. */
  void abort() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      close();
    }
  }

  boolean isOpen() {
    try {
      return !connection.isClosed();
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // The server notices by itself; there is nothing left to save.
      return;
    }
  }
}
