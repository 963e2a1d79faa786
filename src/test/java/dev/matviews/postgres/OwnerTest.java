package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.LOCK_TIMEOUT;
import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.claim;
import static dev.matviews.postgres.TestViews.converge;
import static dev.matviews.postgres.TestViews.index;
import static dev.matviews.postgres.TestViews.order;
import static dev.matviews.postgres.TestViews.plan;
import static dev.matviews.postgres.TestViews.unique;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.matviews.plan.Attributes;
import dev.matviews.plan.Desired;
import dev.matviews.plan.Grant;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Policies;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import dev.matviews.refresh.Run;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An operator that may become the owners of its views, and has none of their rights itself. */
class OwnerTest {

  private static final Plan NOTHING = new Plan.Steps(List.of());

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private String owner = "";
  private String other = "";

  @BeforeEach
  void owners() {
    owner = database.reachableRole("owner");
    other = database.reachableRole("other");
    database.asAdmin(
        "CREATE TABLE app.source (id int, label text)",
        "INSERT INTO app.source VALUES (1, 'a'), (2, 'b')",
        "GRANT SELECT ON app.source TO %s, %s".formatted(owner, other));
  }

  @Test
  void aViewLivesItsWholeLifeAsItsOwner() {
    Database operated = database.open();
    ViewDefinition old = view("v", "SELECT id, label FROM source", unique("v_id", "id"));
    converge(operated, owned(old, "first"));
    refreshed(operated, Mode.Standard);
    refreshed(operated, Mode.Concurrent);
    assertThat(
            database.value("SELECT has_table_privilege('%s', 'app.v', 'SELECT')".formatted(us())))
        .as("what the operator may do itself")
        .isEqualTo("f");

    ViewDefinition indexed =
        view("v", old.sql(), unique("v_id", "id", "label"), index("v_label", "label"));
    converge(operated, owned(indexed, "second"));
    assertThat(plan(operated, owned(indexed, "second"))).isEqualTo(NOTHING);
    converge(operated, owned(view("v", old.sql(), unique("v_id", "id")), "second"));
    ViewDefinition rebuilt =
        view("v", "SELECT id, label, id * 2 AS twice FROM source", unique("v_id", "id"));
    converge(operated, owned(rebuilt, "third"));

    assertThat(plan(operated, owned(rebuilt, "third"))).isEqualTo(NOTHING);
    assertThat(database.rows("SELECT * FROM app.v ORDER BY 1")).containsExactly("1|a|2", "2|b|4");
    assertThat(
            database.rows(
                "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class"
                    + " WHERE relnamespace = 'app'::regnamespace AND relname <> 'source'"))
        .containsExactly(owner);
    assertThat(drop().execute()).isEqualTo(new Drop.Outcome.Gone());
    assertThat(operated.observe(app("v")).view().relation()).isEmpty();
  }

  private Desired owned(ViewDefinition definition, String comment) {
    return new Desired(
        definition,
        new Attributes(
            owner,
            List.of(new Grant(Grant.PUBLIC, Set.of("REFERENCES"), false)),
            comment,
            null,
            Map.of("fillfactor", comment.equals("first") ? "70" : "80")),
        Policies.DEFAULT);
  }

  private void refreshed(Database operated, Mode mode) {
    operated.refresh(order("v", mode.name(), mode)).execute();
    Run run = operated.observe(app("v")).refresh().lastRun().orElseThrow();
    assertThat(run.message()).isNull();
    assertThat(run.result()).isEqualTo(Run.Result.Succeeded);
    assertThat(run.rowsAfter()).isEqualTo(2);
  }

  private Drop drop() {
    return new Drop(
        database.address(),
        database.identity(),
        TestDatabase.BOOKKEEPING,
        app("v"),
        claim("v"),
        LOCK_TIMEOUT);
  }

  @Test
  void whatACrashLeftGoesAsItsOwner() {
    Database operated = database.open();
    ViewDefinition wanted = view("v", "SELECT id FROM source", unique("v_id", "id"));
    converge(operated, owned(wanted, "first"));
    refreshed(operated, Mode.Standard);
    database.asAdmin(
        "SET ROLE " + owner,
        "CREATE MATERIALIZED VIEW app.shadow AS SELECT 1 AS id",
        "CREATE INDEX half ON app.v (id)",
        "RESET ROLE",
        "UPDATE matview_operator.views SET scratch = '{shadow,half,gone}'");

    assertThat(((Plan.Steps) converge(operated, owned(wanted, "first"))).steps())
        .containsExactly(new Step.DropScratch(app("v"), List.of("shadow", "half", "gone"), true));

    assertThat(database.rows("SELECT to_regclass('app.shadow'), to_regclass('app.half')"))
        .containsExactly("null|null");
    assertThat(database.value("SELECT scratch FROM matview_operator.views")).isEqualTo("{}");
  }

  @Test
  void whoActsInsideOfAnotherComesBackAsThatOther() throws SQLException {
    Session session = database.session();
    actAsBoth(session);
    session.inTransaction(() -> actAsBoth(session));
    assertThat(current(session)).as("after the transaction").isEqualTo(us());
  }

  private void actAsBoth(Session session) throws SQLException {
    Owner.named(session, owner)
        .act(
            session,
            () -> {
              assertThat(current(session)).isEqualTo(owner);
              Owner inner = Owner.named(session, other);
              inner.act(session, () -> assertThat(current(session)).isEqualTo(other));
              assertThat(current(session)).isEqualTo(owner);
            });
    assertThat(current(session)).isEqualTo(us());
  }

  @Test
  void aFailureEndsTheRoleAsWell() throws SQLException {
    Session session = database.session();
    Session.Work failing =
        () -> Owner.named(session, owner).act(session, () -> session.execute(Sql.of("SELECT 1/0")));
    assertThatThrownBy(failing::run).isInstanceOf(SQLException.class);
    assertThat(current(session)).isEqualTo(us());
    assertThatThrownBy(() -> session.inTransaction(failing)).isInstanceOf(SQLException.class);
    assertThat(current(session)).isEqualTo(us());
  }

  @Test
  void aRoleOutOfReachOrThatIsNotThereIsNamed() {
    database.asAdmin("REVOKE %s FROM %s".formatted(owner, us()));
    for (String name : List.of(owner, "nobody")) {
      Session session = database.session();
      assertThatThrownBy(() -> Owner.named(session, name).act(session, () -> {}))
          .asInstanceOf(type(DatabaseException.class))
          .satisfies(e -> assertThat(e.failure().reason()).isEqualTo(Reason.OwnerNotAllowed))
          .satisfies(e -> assertThat(e.failure().message()).contains("role " + name));
    }
  }

  @Test
  void withoutARelationOrTheRightToBecomeItsOwnerItIsTheRoleItself() throws SQLException {
    database.asAdmin(
        "CREATE MATERIALIZED VIEW app.v AS SELECT 1 AS id",
        "ALTER MATERIALIZED VIEW app.v OWNER TO " + owner);
    Session session = database.session();
    assertThat(Owner.of(session, app("v"))).isEqualTo(new Owner(owner, us()));
    assertThat(Owner.of(session, new QualifiedName("app", "nothing")).name()).isEqualTo(us());
    database.asAdmin("REVOKE %s FROM %s".formatted(owner, us()));
    assertThat(Owner.of(session, app("v"))).isEqualTo(new Owner(us(), us()));
  }

  private String us() {
    return database.role();
  }

  private static String current(Session session) throws SQLException {
    return session.query("SELECT CURRENT_USER", row -> row.getString(1)).get(0);
  }
}
