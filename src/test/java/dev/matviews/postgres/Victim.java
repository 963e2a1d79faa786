package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Claimants;
import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A database with something to lose, and the operator in it. When {@code app.wanted} is dropped
 * after a test, all else is as it was, and so is the operator's session.
 *
 * <p>To look at all takes as long as most tests, so one look does for several; {@code
 * -Dhostile.batch=1} tells which of them left something behind.
 */
final class Victim implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

  /** Of {@code app.standing}, which has no rows, and of {@code app.filled}, which has. */
  static final String ROWS = "SELECT id, label FROM victim";

  static final Optional<Reason> ACCEPTED = Optional.empty();
  static final Optional<Reason> INVALID = Optional.of(Reason.InvalidSQL);

  private static final int BATCH = Integer.getInteger("hostile.batch", 10);
  private static final String SESSION_STATE = SqlFile.read("session-state.sql");
  private static final String DROP =
      """
      DROP MATERIALIZED VIEW IF EXISTS app.%1$s;
      DELETE FROM matview_operator.views WHERE view_name = %2$s;
      DELETE FROM matview_operator.runs WHERE view_name = %2$s""";

  private final TestDatabase database = new TestDatabase();
  private Database operated;
  private Connection witness;
  private PreparedStatement everything;
  private Set<String> before;
  private Set<String> sessionBefore;
  private int tests;

  @SuppressWarnings("NullAway.Init") // set before the tests
  Victim() {}

  @Override
  public void beforeAll(ExtensionContext context) throws SQLException {
    database.beforeAll(context);
    database.asRole(SqlFile.read("victim.sql"));
    operated =
        Database.open(
            database.address(), TestDatabase.TERMS, Claimants.ALL_THERE, Clock.systemUTC());
    TestViews.fill(operated, TestViews.view("filled", ROWS));
    TestViews.converge(operated, TestViews.view("standing", ROWS));
    witness = database.server().connect(database.name());
    TestDatabase.run(witness, "SET jit = off");
    everything = witness.prepareStatement(SqlFile.read("everything.sql"));
    before = everything();
    sessionBefore = sessionState();
  }

  @Override
  public void afterEach(ExtensionContext context) throws SQLException {
    drop("wanted");
    tests++;
    if (tests % BATCH == 0) {
      assertNothingElseChanged();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws SQLException {
    try {
      assertNothingElseChanged();
    } finally {
      operated.close();
      witness.close();
      database.afterAll(context);
    }
  }

  Database operated() {
    return operated;
  }

  Session session() {
    return operated.control();
  }

  /** A superuser's. */
  Connection witness() {
    return witness;
  }

  /** Makes the view. */
  Optional<Reason> make(ViewDefinition wanted) throws SQLException {
    return apply(
        wanted.name(),
        new Step.Register(wanted.name(), wanted.claim()),
        new Step.CreateView(wanted, null, null));
  }

  /** Of the view that stands. */
  Optional<Reason> apply(Step step) throws SQLException {
    return apply(TestViews.app("standing"), step);
  }

  private Optional<Reason> apply(QualifiedName view, Step... steps) throws SQLException {
    return outcome(() -> operated.apply(view, List.of(steps)));
  }

  /** Any other exception is a defect. */
  static Optional<Reason> outcome(Session.Work work) throws SQLException {
    try {
      work.run();
      return ACCEPTED;
    } catch (DatabaseException e) {
      assertThat(e.failure().message()).isNotBlank().doesNotContain("\tat ");
      return Optional.of(e.failure().reason());
    }
  }

  /** Kind, whether it holds rows, and how many indexes it has; nothing where there is no view. */
  List<String> shape(String view) throws SQLException {
    return TestDatabase.rows(
        witness,
        "SELECT relkind, relispopulated,"
            + " (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid) FROM pg_class c"
            + " WHERE relnamespace = 'app'::regnamespace AND relacl IS NULL AND reloptions IS NULL"
            + " AND reltablespace = 0 AND NOT relhastriggers AND relname = "
            + Sql.literal(view));
  }

  void drop(String view) throws SQLException {
    TestDatabase.run(witness, DROP.formatted(Sql.identifier(view), Sql.literal(view)));
  }

  private void assertNothingElseChanged() throws SQLException {
    assertThat(everything()).isEqualTo(before);
    assertThat(sessionState()).isEqualTo(sessionBefore);
  }

  private Set<String> everything() throws SQLException {
    try (ResultSet rows = everything.executeQuery()) {
      Set<String> all = new TreeSet<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    }
  }

  private Set<String> sessionState() throws SQLException {
    return new TreeSet<>(session().query(SESSION_STATE, row -> String.valueOf(row.getString(1))));
  }
}
