package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.docs.ReasonsPage;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ChecksTest {

  @RegisterExtension final TestDatabase db = new TestDatabase();

  @Test
  @DisplayName("the SQL of docs/reasons.md runs as it stands in a database as the playground's")
  void sqlRuns() throws SQLException {
    db.asAdmin(
        "CREATE MATERIALIZED VIEW app.leaderboard AS SELECT 1 AS user_id",
        "CREATE TABLE matview_operator.views (owner_id text, namespace text, name text)");
    List<String> checks =
        ReasonsPage.checks().stream().filter(check -> check.startsWith("SELECT ")).toList();
    assertThat(checks).isNotEmpty();
    try (Statement statement = db.admin().createStatement()) {
      for (String check : checks) {
        assertThat(statement.execute(check.replace("'playground'", "'" + db.role() + "'")))
            .as(check)
            .isTrue();
      }
    }
  }
}
