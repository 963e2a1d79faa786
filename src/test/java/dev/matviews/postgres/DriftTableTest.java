package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.claim;
import static dev.matviews.postgres.TestViews.desired;
import static dev.matviews.postgres.TestViews.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Attributes;
import dev.matviews.plan.Desired;
import dev.matviews.plan.Index;
import dev.matviews.plan.Index.Method;
import dev.matviews.plan.Index.Nulls;
import dev.matviews.plan.Index.Order;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Policies;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import dev.matviews.refresh.Mode;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What counts as another definition or another index, and what does not, whether the spec was
 * edited or the database changed by hand.
 */
class DriftTableTest {

  /** Nothing is done to the view or its indexes. */
  private static final String SAME = "same";

  private static final String REBUILT = "view";
  private static final String INDEX = "index";
  private static final String SOURCE_COLUMNS = "SourceColumnsChanged";

  private static final String SQL = "SELECT a, b FROM t WHERE a IN (1, 2) AND b LIKE 'x%'";
  private static final String STAR = "SELECT * FROM t";

  @RegisterExtension final TestDatabase database = new TestDatabase();
  private Database operated;

  @SuppressWarnings("NullAway.Init") // set before each test
  DriftTableTest() {}

  private record Case(
      String what,
      ViewDefinition live,
      List<String> byHand,
      ViewDefinition wanted,
      String verdict) {

    @Override
    public String toString() {
      return what + ": " + verdict;
    }
  }

  @BeforeEach
  void tables() {
    database.asAdmin(
        "CREATE SCHEMA more AUTHORIZATION " + database.role(),
        "ALTER DATABASE %s SET search_path = app, public".formatted(database.name()));
    database.asRole(
        "CREATE TABLE t (a int, b text, at timestamptz)",
        "INSERT INTO t VALUES (1, 'xa', '2026-01-01 23:00 UTC'), (2, 'xb', NULL)",
        "CREATE TABLE more.t (LIKE t)",
        "CREATE VIEW s AS SELECT a, b FROM t");
    operated = database.open();
  }

  static Stream<Case> definitions() {
    return Stream.of(
        edited("other case and spacing", SQL, SQL.replace("SELECT a", "select  A\n/* */"), SAME),
        edited("IN and = ANY", SQL, SQL.replace("IN (1, 2)", "= ANY (ARRAY[1, 2])"), SAME),
        edited("LIKE and ~~", SQL, SQL.replace("LIKE", "~~"), SAME),
        edited("aliases as they are", SQL, SQL.replace("a, b", "t.a AS a, t.b b"), SAME),
        edited("a qualified source", SQL, SQL.replace("FROM t", "FROM app.t"), SAME),
        edited("a semicolon and a comment", SQL, SQL + "; -- done", SAME),
        edited("unknown literals", "SELECT 'x' AS x, NULL AS n", "SELECT 'x' AS x,NULL n", SAME),
        edited("a star written out", STAR, "SELECT a, b, at FROM t", SAME),
        edited("another alias", SQL, SQL.replace("b FROM", "b AS c FROM"), REBUILT),
        edited("another order of columns", SQL, SQL.replace("a, b", "b, a"), REBUILT),
        edited("one more column", SQL, SQL.replace("a, b", "a, b, at"), REBUILT),
        edited("one column less", SQL, SQL.replace("a, b", "a"), REBUILT),
        edited("another type", SQL, SQL.replace("a, b", "a::int8, b"), REBUILT),
        edited(
            "another length",
            "SELECT b::varchar(9) FROM t",
            "SELECT b::varchar(8) FROM t",
            REBUILT),
        edited("another collation", "SELECT b FROM t", "SELECT b COLLATE \"C\" FROM t", REBUILT),
        edited("another WHERE", SQL, SQL.replace("(1, 2)", "(1, 3)"), REBUILT),
        edited("another source", SQL, SQL.replace("FROM t", "FROM more.t"), REBUILT),
        edited("no such column", SQL, SQL.replace("b FROM", "c FROM"), "InvalidSQL"),
        edited("no such source", SQL, SQL.replace("FROM t", "FROM u"), "SourceMissing"),
        new Case(
            "a search path to the same tables",
            view(SQL),
            List.of(),
            under(List.of("pg_catalog", "app", "more"), "UTC", SQL),
            SAME),
        new Case(
            "a search path to other tables",
            view(SQL),
            List.of(),
            under(List.of("more", "app"), "UTC", SQL),
            REBUILT),
        new Case(
            "a time zone",
            view("SELECT at::date AS day FROM t"),
            List.of(),
            under(List.of("app"), "Asia/Tokyo", "SELECT at::date AS day FROM t"),
            REBUILT));
  }

  static Stream<Case> byHand() {
    return Stream.of(
        hand("nothing", STAR, SAME),
        hand("the view emptied", SQL, SAME, "REFRESH MATERIALIZED VIEW v WITH NO DATA"),
        hand("a source emptied", SQL, SAME, "TRUNCATE t"),
        hand(
            "things that no spec declares",
            SQL,
            SAME,
            "COMMENT ON MATERIALIZED VIEW v IS 'x'",
            "GRANT SELECT ON v TO PUBLIC",
            "ALTER MATERIALIZED VIEW v SET (fillfactor = 50)",
            "ALTER MATERIALIZED VIEW v ALTER a SET STATISTICS 7",
            "CREATE INDEX ON v (b)",
            "CREATE VIEW on_top AS SELECT * FROM v"),
        hand("the view dropped", SQL, "made", "DROP MATERIALIZED VIEW v"),
        hand(
            "the view made anew as it was",
            SQL,
            SAME,
            "DROP MATERIALIZED VIEW v",
            "CREATE MATERIALIZED VIEW v AS " + SQL),
        hand(
            "the view made anew with an explicit column list",
            "SELECT a AS x, b AS y FROM t",
            SAME,
            "DROP MATERIALIZED VIEW v",
            "CREATE MATERIALIZED VIEW v (x, y) AS SELECT a, b FROM t"),
        hand(
            "the view made anew otherwise",
            SQL,
            REBUILT,
            "DROP MATERIALIZED VIEW v",
            "CREATE MATERIALIZED VIEW v AS SELECT a, b FROM t"),
        hand(
            "a table in the view's place",
            SQL,
            "NotAMaterializedView",
            "DROP MATERIALIZED VIEW v",
            "CREATE TABLE v (a int)"),
        hand(
            "a column of the view renamed",
            SQL,
            REBUILT,
            "ALTER MATERIALIZED VIEW v RENAME COLUMN b TO c"),
        hand("a column of a source renamed", SQL, "InvalidSQL", "ALTER TABLE t RENAME b TO c"),
        hand(
            "a column of a source renamed and another put in its place",
            SQL,
            REBUILT,
            "ALTER TABLE t RENAME b TO c",
            "ALTER TABLE t ADD b text"),
        hand("a column that is not read renamed", SQL, SAME, "ALTER TABLE t RENAME at TO c"),
        hand("a source renamed", SQL, "SourceMissing", "ALTER TABLE t RENAME TO u"),
        hand(
            "a source replaced",
            SQL,
            REBUILT,
            "ALTER TABLE t RENAME TO u",
            "CREATE TABLE t (a int, b text, at timestamptz)"),
        hand(
            "a source moved to a schema out of sight",
            SQL,
            "SourceMissing",
            "ALTER TABLE t RENAME TO u",
            "ALTER TABLE u SET SCHEMA more"),
        new Case(
            "a table in front of the source",
            under(List.of("more", "app"), "UTC", "SELECT a FROM s"),
            List.of("CREATE TABLE more.s (a int)"),
            under(List.of("more", "app"), "UTC", "SELECT a FROM s"),
            SAME),
        hand("a column added to a source", SQL, SAME, "ALTER TABLE t ADD c int"),
        hand("a column added behind a star", STAR, SOURCE_COLUMNS, "ALTER TABLE t ADD c int"),
        hand(
            "a column added to a view behind a star",
            "SELECT * FROM s",
            SOURCE_COLUMNS,
            "CREATE OR REPLACE VIEW s AS SELECT a, b, at FROM t"),
        hand(
            "a view below that reads otherwise",
            "SELECT * FROM s",
            SAME,
            "CREATE OR REPLACE VIEW s AS SELECT a, b FROM t WHERE a = 1"),
        new Case(
            "a column added behind a star, and the spec edited",
            view(STAR),
            List.of("ALTER TABLE t ADD c int"),
            view("SELECT * FROM t -- anew"),
            REBUILT));
  }

  static Stream<Case> indexes() {
    Index b = keys(Index.Key.column("b"));
    return Stream.of(
        reindexed("as it was", b, SAME, "CREATE INDEX i ON v (b)"),
        reindexed(
            "with the defaults written out",
            b,
            SAME,
            "CREATE INDEX i ON v USING btree (b COLLATE \"default\" text_ops ASC NULLS LAST)"),
        reindexed("on another column", b, INDEX, "CREATE INDEX i ON v (a)"),
        reindexed("with one more column", b, INDEX, "CREATE INDEX i ON v (b, a)"),
        reindexed("in another order", b, INDEX, "CREATE INDEX i ON v (b DESC NULLS LAST)"),
        reindexed("with other nulls", b, INDEX, "CREATE INDEX i ON v (b NULLS FIRST)"),
        reindexed(
            "by another operator class", b, INDEX, "CREATE INDEX i ON v (b text_pattern_ops)"),
        reindexed("by another collation", b, INDEX, "CREATE INDEX i ON v (b COLLATE \"POSIX\")"),
        reindexed("with INCLUDE", b, INDEX, "CREATE INDEX i ON v (b) INCLUDE (a)"),
        reindexed("with WHERE", b, INDEX, "CREATE INDEX i ON v (b) WHERE a > 0"),
        reindexed("with a parameter", b, INDEX, "CREATE INDEX i ON v (b) WITH (fillfactor = 70)"),
        reindexed("unique", b, INDEX, "CREATE UNIQUE INDEX i ON v (b)"),
        reindexed("by another method", b, INDEX, "CREATE INDEX i ON v USING hash (b)"),
        reindexed("over an expression", b, INDEX, "CREATE INDEX i ON v (lower(b))"),
        reindexed("not at all", b, INDEX, "SELECT"),
        reindexed("under another name", b, INDEX, "CREATE INDEX j ON v (b)"),
        reindexed(
            "with another text of the expression",
            keys(Index.Key.expression("lower(b)")),
            SAME,
            "CREATE INDEX i ON v ((LOWER ( b )))"),
        reindexed(
            "with another expression",
            keys(Index.Key.expression("lower(b)")),
            INDEX,
            "CREATE INDEX i ON v (upper(b))"),
        reindexed(
            "with another text of WHERE",
            where("a IN (1, 2)"),
            SAME,
            "CREATE INDEX i ON v (b) WHERE a = ANY (ARRAY[1, 2])"),
        reindexed(
            "with another WHERE",
            where("a IN (1, 2)"),
            INDEX,
            "CREATE INDEX i ON v (b) WHERE a IN (1, 3)"),
        reindexed(
            "with NULLS NOT DISTINCT",
            unique(false),
            INDEX,
            "CREATE UNIQUE INDEX i ON v (b) NULLS NOT DISTINCT"),
        reindexed("with NULLS DISTINCT", unique(true), INDEX, "CREATE UNIQUE INDEX i ON v (b)"),
        reedited("another order", b, keys(key("b", Order.Desc, null, null, null))),
        reedited("other nulls", b, keys(key("b", null, Nulls.First, null, null))),
        reedited("another operator class", b, keys(key("b", null, null, "text_pattern_ops", null))),
        reedited("another collation", b, keys(key("b", null, null, null, "pg_catalog.POSIX"))),
        reedited(
            "two keys the other way round",
            keys(Index.Key.column("a"), Index.Key.column("b")),
            keys(Index.Key.column("b"), Index.Key.column("a"))),
        reedited("unique", b, unique(false)),
        reedited("NULLS NOT DISTINCT", unique(false), unique(true)),
        reedited("WHERE", b, where("a > 0")),
        reedited(
            "another text of WHERE", where("a IN (1, 2)"), where("a = ANY (ARRAY[1, 2])"), SAME),
        reedited(
            "defaults written out",
            b,
            keys(key("b", Order.Asc, Nulls.Last, "pg_catalog.text_ops", "pg_catalog.default")),
            SAME),
        new Case(
            "an invalid index",
            view(SQL, b),
            List.of(
                "RESET ROLE",
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.i'::regclass"),
            view(SQL, b),
            INDEX),
        new Case(
            "names that differ in their last byte only",
            view(SQL, named("0")),
            List.of(),
            view(SQL, named("0"), named("1")),
            INDEX),
        new Case(
            "an index of somebody else on the name",
            view(SQL),
            List.of("CREATE INDEX i ON v (a)"),
            view(SQL, b),
            "TargetConflict"),
        new Case(
            "an index of somebody else just as wanted",
            view(SQL),
            List.of("CREATE INDEX i ON v (b)"),
            view(SQL, b),
            SAME));
  }

  @ParameterizedTest
  @MethodSource({"definitions", "byHand", "indexes"})
  void theVerdictIs(Case one) {
    TestViews.converge(operated, one.live());
    operated.refresh(order("v", "fill", Mode.Standard)).execute();
    database.asAdmin(
        Stream.concat(Stream.of("SET ROLE " + database.role()), one.byHand().stream())
            .toArray(String[]::new));

    assertThat(verdict(desired(one.wanted()))).isEqualTo(one.verdict());
    settle(one);
  }

  /** What is to be done is done once, and what is refused stays refused. */
  private void settle(Case one) {
    switch (one.verdict()) {
      case SAME, REBUILT, INDEX, "made" -> {
        TestViews.converge(operated, one.wanted());
        assertThat(TestViews.plan(operated, one.wanted())).isEqualTo(new Plan.Steps(List.of()));
      }
      case SOURCE_COLUMNS -> {
        TestViews.converge(operated, one.wanted());
        Plan.Steps left = (Plan.Steps) TestViews.plan(operated, one.wanted());
        assertThat(left.steps()).isEmpty();
        Desired approved = approving(one.wanted(), left.planned().orElseThrow().hash());
        TestViews.converge(operated, approved);
        assertThat(TestViews.plan(operated, approved)).isEqualTo(new Plan.Steps(List.of()));
      }
      default -> assertThat(verdict(desired(one.wanted()))).isEqualTo(one.verdict());
    }
  }

  private static Desired approving(ViewDefinition wanted, String hash) {
    return new Desired(wanted, Attributes.NONE, new Policies(false, false, true, hash));
  }

  private String verdict(Desired wanted) {
    try {
      Plan plan = TestViews.plan(operated, wanted);
      return plan instanceof Plan.Refusal refusal
          ? refusal.reason().name()
          : verdict((Plan.Steps) plan);
    } catch (DatabaseException e) {
      return e.failure().reason().name();
    }
  }

  private static String verdict(Plan.Steps plan) {
    TreeSet<String> found = new TreeSet<>();
    plan.drift().forEach(drift -> found.add(drift.reason().name()));
    for (Step step : plan.steps()) {
      if (step instanceof Step.CreateView) {
        found.add("made");
      } else if (step instanceof Step.Rebuild) {
        found.add(REBUILT);
      } else if (step instanceof Step.CreateIndex || step instanceof Step.DropIndex) {
        found.add(INDEX);
      } else if (!step.onlyRecords()) {
        found.add(step.toString());
      }
    }
    return found.isEmpty() ? SAME : String.join(", ", found);
  }

  private static Case edited(String what, String live, String wanted, String verdict) {
    return new Case(what, view(live), List.of(), view(wanted), verdict);
  }

  private static Case hand(String what, String sql, String verdict, String... byHand) {
    return new Case(what, view(sql), List.of(byHand), view(sql), verdict);
  }

  private static Case reindexed(String what, Index wanted, String verdict, String create) {
    ViewDefinition view = view("SELECT a, b FROM t", wanted);
    return new Case(
        "index made anew " + what, view, List.of("DROP INDEX i", create), view, verdict);
  }

  private static Case reedited(String what, Index live, Index wanted) {
    return reedited(what, live, wanted, INDEX);
  }

  private static Case reedited(String what, Index live, Index wanted, String verdict) {
    return new Case(
        "index edited to " + what,
        view("SELECT a, b FROM t", live),
        List.of(),
        view("SELECT a, b FROM t", wanted),
        verdict);
  }

  private static ViewDefinition view(String sql, Index... indexes) {
    return TestViews.view("v", sql, indexes);
  }

  private static ViewDefinition under(List<String> searchPath, String timeZone, String sql) {
    return new ViewDefinition(app("v"), claim("v"), sql, searchPath, timeZone, List.of());
  }

  private static Index keys(Index.Key... keys) {
    return new Index("i", false, List.of(keys), List.of(), null, Method.Btree, false, Map.of());
  }

  private static Index.Key key(
      String column,
      @Nullable Order order,
      @Nullable Nulls nulls,
      @Nullable String operatorClass,
      @Nullable String collation) {
    return new Index.Key(column, null, order, nulls, operatorClass, collation);
  }

  private static Index where(String where) {
    return new Index(
        "i",
        false,
        List.of(Index.Key.column("b")),
        List.of(),
        where,
        Method.Btree,
        false,
        Map.of());
  }

  private static Index unique(boolean nullsNotDistinct) {
    return new Index(
        "i",
        true,
        List.of(Index.Key.column("b")),
        List.of(),
        null,
        Method.Btree,
        nullsNotDistinct,
        Map.of());
  }

  /** As long as a name may be. */
  private static Index named(String end) {
    return TestViews.index("é".repeat(31) + end, "b");
  }
}
