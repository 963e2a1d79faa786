package dev.matviews.bench;

import dev.matviews.playground.PostgresServer;

/** What the operator has sent to the server, by pg_stat_statements. */
final class Sent {

  private static final String BY_OPERATOR =
      "SELECT coalesce(sum(%s), 0) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid"
          + " WHERE r.rolname LIKE 'fleet%%' AND query ~* '%s'";

  private final BenchStage stage;

  private Sent(BenchStage stage) {
    this.stage = stage;
  }

  static Sent fromNowOn(BenchStage stage) {
    stage
        .postgres()
        .execute(
            PostgresServer.ADMIN,
            "CREATE EXTENSION IF NOT EXISTS pg_stat_statements",
            "SELECT pg_stat_statements_reset()");
    return new Sent(stage);
  }

  /** Views that were looked at, each as often as it was. */
  long observed() {
    return count("rows", "AS acts_as_owner");
  }

  long ddl() {
    return count(
        "calls", "^\\s*(CREATE|ALTER|DROP|COMMENT|GRANT|REVOKE|REINDEX|TRUNCATE|VACUUM)\\M");
  }

  long refreshes() {
    return count("calls", "^\\s*REFRESH\\M");
  }

  long writes() {
    return count("calls", "^\\s*(INSERT|UPDATE|DELETE|MERGE|WITH ended)\\M");
  }

  private long count(String column, String pattern) {
    return (long) stage.number(PostgresServer.ADMIN, BY_OPERATOR.formatted(column, pattern));
  }
}
