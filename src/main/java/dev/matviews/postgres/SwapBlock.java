package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Statements that the server carries out as one, its COMMIT included: a client that is stopped or
 * killed while it sends them leaves no lock behind that readers queue for.
 *
 * <p>All waits for locks in it share one budget. Each statement is checked alone and goes in as a
 * literal, so that no text of a spec or of another's view can end it.
 */
final class SwapBlock {

  private final String state;
  private final String expected;
  private final StringBuilder body = new StringBuilder();

  /** Reads the state that {@link #thenCheckState} compares with; of a view that is gone none. */
  SwapBlock(QualifiedName view, Duration lockTimeout, Session session) throws SQLException {
    state = SqlFile.read("swap-state.sql").replace("${view}", Sql.literal(Sql.qualified(view)));
    expected = session.query(state, row -> row.getString(1)).stream().findFirst().orElse("");
    body.append(
        """
        DECLARE
          until CONSTANT timestamptz := clock_timestamp() + interval '%d milliseconds';
        BEGIN
        """
            .formatted(lockTimeout.toMillis()));
  }

  void then(Sql... statements) {
    then(List.of(statements));
  }

  void then(List<Sql> statements) {
    for (Sql statement : statements) {
      limitLockWait();
      body.append("EXECUTE %s;\n".formatted(Sql.literal(statement.text())));
    }
  }

  /** A lost race is a serialization failure like any other: the caller tries again. */
  void thenCheckState() {
    limitLockWait();
    body.append(
        """
        IF (%s) IS DISTINCT FROM %s THEN
          RAISE EXCEPTION 'the view has changed' USING ERRCODE = 'serialization_failure';
        END IF;
        """
            .formatted(state, Sql.literal(expected)));
  }

  /** Never 0, which would be no limit at all. */
  private void limitLockWait() {
    body.append(
        "PERFORM set_config('lock_timeout', greatest(1, ceil("
            + "extract(epoch FROM until - clock_timestamp()) * 1000))::int8::text, true);\n");
  }

  Sql sql() {
    return Sql.of("DO " + Sql.literal(body + "COMMIT;\nEND"));
  }
}
