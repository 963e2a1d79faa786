package dev.matviews.postgres;

import static dev.matviews.postgres.TestDatabase.SOON;
import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.matviews.plan.Claimants;
import dev.matviews.plan.Standing;
import dev.matviews.plan.Standing.OnTop;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Whether a view could be replaced is seen")
class StandingTest {

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  StandingTest() {}

  @BeforeEach
  void aView() {
    operated = database.open();
    TestViews.fill(operated, view("v", "SELECT 1 AS id"));
  }

  @Test
  @DisplayName("by the worst that stands on it")
  void onTop() {
    assertThat(standing()).isEqualTo(new Standing(true, OnTop.Nothing, false));

    database.asRole("CREATE VIEW app.plain AS SELECT id FROM app.v");
    assertThat(standing().onTop()).isEqualTo(OnTop.Views);

    TestViews.fill(operated, view("top", "SELECT id FROM v"));
    assertThat(standing().onTop()).isEqualTo(OnTop.ManagedViews);

    database.asRole(
        "CREATE FUNCTION app.f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM app.v; END");
    assertThat(standing().onTop()).isEqualTo(OnTop.Others);
  }

  @Test
  @DisplayName("by a use of its row type, and by a view on top of another role")
  void others() {
    database.asRole("CREATE TABLE app.rows (one app.v)");
    assertThat(standing().onTop()).isEqualTo(OnTop.Others);

    database.asRole("DROP TABLE app.rows");
    database.asAdmin("CREATE VIEW app.of_another AS SELECT id FROM app.v");
    assertThat(standing().onTop()).isEqualTo(OnTop.Others);
  }

  @Test
  @DisplayName("by whether the objects of the views on top are there")
  void forsaken() {
    TestViews.fill(operated, view("top", "SELECT id FROM v"));
    operated = database.open((name, claim) -> name.equals(app("top")));
    assertThat(standing().onTop()).isEqualTo(OnTop.Others);
  }

  @Test
  @DisplayName("by the rights of its owner, and of whoever granted something")
  void rights() {
    String owner = database.reachableRole("owner");
    database.asAdmin("ALTER MATERIALIZED VIEW app.v OWNER TO " + owner);
    assertThat(standing().replaceable()).isTrue();
    database.asAdmin("REVOKE CREATE ON SCHEMA app FROM " + owner);
    assertThat(standing().replaceable()).isFalse();
    database.asAdmin("GRANT CREATE ON SCHEMA app TO " + owner);
    assertThat(standing().replaceable()).isTrue();

    database.asAdmin(
        "GRANT USAGE ON SCHEMA app TO pg_monitor",
        "GRANT SELECT (id) ON app.v TO pg_monitor WITH GRANT OPTION",
        "SET ROLE pg_monitor; GRANT SELECT (id) ON app.v TO PUBLIC");
    assertThat(standing().replaceable()).as("pg_monitor is out of reach").isFalse();
  }

  @Test
  @DisplayName("by whether another server follows this one")
  void standbys() throws Exception {
    Properties properties = new Properties();
    properties.setProperty("user", "postgres");
    properties.setProperty("password", database.server().password());
    properties.setProperty("replication", "true");
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("assumeMinServerVersion", "15");
    String url =
        "jdbc:postgresql://%s:%d/".formatted(database.server().host(), database.server().port());
    try (Connection follower = DriverManager.getConnection(url, properties)) {
      assertThat(follower.isClosed()).isFalse();
      assertThat(standing().standbys()).isTrue();
    }
    await().atMost(SOON).until(() -> !standing().standbys());
  }

  @Test
  @DisplayName("by what is declared of standbys, whatever follows")
  void declaredStandbys() {
    for (boolean declared : new boolean[] {true, false}) {
      Terms terms = new Terms(TestDatabase.BOOKKEEPING, false, declared);
      operated = Database.open(database.address(), terms, Claimants.ALL_THERE, Clock.systemUTC());
      database.closeAfterwards(operated);
      assertThat(standing().standbys()).isEqualTo(declared);
    }
  }

  private Standing standing() {
    return operated.observe(app("v")).view().relation().orElseThrow().standing();
  }
}
