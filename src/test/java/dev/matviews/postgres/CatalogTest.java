package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.fill;
import static dev.matviews.postgres.TestViews.index;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Claimants;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A look sees the rows of the catalogue as of its beginning, and some functions see them as of now.
 * A snapshot that is older than a change makes certain that they differ.
 */
class CatalogTest {

  private static final Bookkeeping BOOKKEEPING =
      new Bookkeeping("matview_operator", Claimants.ALL_THERE);

  @RegisterExtension final TestDatabase database = new TestDatabase();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP VIEW app.on_top",
        "DROP INDEX app.v_id",
        "DROP MATERIALIZED VIEW app.v CASCADE",
        "DROP TABLE app.source CASCADE"
      })
  void isReadWhileAnotherHandDrops(String drop) throws SQLException {
    Session looking = lookingFromBefore(drop);
    assertThat(new Catalog(BOOKKEEPING, false).observe(looking, List.of(app("v"))))
        .containsKey(app("v"));
  }

  @Test
  void hasNoNameOfADependentThatIsGone() throws SQLException {
    Session looking = lookingFromBefore("DROP VIEW app.on_top");
    assertThat(new Dependents(BOOKKEEPING).of(looking, app("v"))).isEmpty();
  }

  private Session lookingFromBefore(String drop) throws SQLException {
    database.asRole("CREATE TABLE app.source (id int)");
    fill(database.open(), view("v", "SELECT id FROM source", index("v_id", "id")));
    database.asRole("CREATE VIEW app.on_top AS SELECT * FROM app.v");
    Session looking = database.session();
    looking.execute(Sql.of("BEGIN ISOLATION LEVEL REPEATABLE READ"));
    looking.query("SELECT count(*) FROM pg_class", row -> "");
    database.asRole(drop);
    return looking;
  }
}
