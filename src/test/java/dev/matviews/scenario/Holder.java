package dev.matviews.scenario;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A client that reads {@code app.v} and holds its transaction for 4 s, again and again until
 * somebody has waited for it.
 */
final class Holder {

  private static final String HOLD =
      """
      SELECT pg_sleep(0.02), count(*) FROM pg_locks
      WHERE NOT granted AND mode = 'AccessExclusiveLock' AND relation = 'app.v'::regclass
      """;
  private static final String AGE =
      "SELECT clock_timestamp() - transaction_timestamp() < interval '4 s'";

  private final CompletableFuture<Integer> waits;

  private Holder(Tenant tenant) {
    waits = CompletableFuture.supplyAsync(() -> hold(tenant)).orTimeout(5, TimeUnit.MINUTES);
  }

  static Holder of(Tenant tenant) {
    return new Holder(tenant);
  }

  private static int hold(Tenant tenant) {
    try (Connection connection = tenant.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      int seen = 0;
      while (seen == 0) {
        statement.execute("SELECT FROM app.v LIMIT 1");
        while (one(statement, AGE).equals("t")) {
          seen += one(statement, HOLD).equals("0") ? 0 : 1;
        }
        connection.commit();
      }
      return seen;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The last column of the only row. */
  private static String one(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(rows.getMetaData().getColumnCount());
    }
  }

  /** How often somebody was seen to wait. */
  int waits() {
    return waits.join();
  }
}
