package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.matviews.plan.Index;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever stands in a spec, the database has the wanted view afterwards or is as it was. */
class HostileSqlTest {

  private static final Reason ACCEPTED = Reason.InSync;

  /** All that a user can own, and the rows of the victim. */
  private static final String EVERYTHING =
      """
      SELECT 'relation ' || n.nspname || '.' || concat_ws(' ', c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      UNION ALL SELECT 'column ' || a.attrelid::regclass::text || '.' || a.attname
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND a.attnum > 0
      UNION ALL SELECT 'function ' || oid::regprocedure::text || ' ' || md5(prosrc) FROM pg_proc
      WHERE pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      UNION ALL SELECT 'schema ' || nspname || ' ' || coalesce(nspacl::text, '') FROM pg_namespace
      UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger
      UNION ALL SELECT 'role ' || concat_ws(' ', rolname, rolsuper, rolcreaterole) FROM pg_roles
      UNION ALL SELECT 'setting ' || concat_ws(' ', setdatabase, setrole, setconfig)
      FROM pg_db_role_setting
      UNION ALL SELECT 'large object ' || oid FROM pg_largeobject_metadata
      UNION ALL SELECT 'victim ' || v::text FROM app.victim v
      UNION ALL SELECT 'record ' || view_name FROM matview_operator.views
      UNION ALL SELECT 'run ' || run_id FROM matview_operator.runs
      """;

  @RegisterExtension static final TestDatabase database = new TestDatabase();

  static Stream<Arguments> texts() {
    return Stream.of(
        // Separators that separate nothing.
        arguments("SELECT 1 AS a;", ACCEPTED),
        arguments("SELECT 1 AS a; -- the end; really", ACCEPTED),
        arguments("SELECT ';' AS a", ACCEPTED),
        arguments("SELECT 'it''s; DROP TABLE app.victim;' AS a", ACCEPTED),
        arguments("SELECT E'\\'; DROP TABLE app.victim; --' AS a", ACCEPTED),
        arguments("SELECT U&'\\003B DROP TABLE app.victim' AS a", ACCEPTED),
        arguments("SELECT $$; DROP TABLE app.victim;$$ AS a", ACCEPTED),
        arguments("SELECT $q$ $$;$$ ; $x$ $q$ AS a", ACCEPTED),
        arguments("SELECT 1 AS \"a; DROP TABLE app.victim\"", ACCEPTED),
        arguments("SELECT 1 AS a /* ; /* DROP TABLE app.victim; */ ; */", ACCEPTED),
        arguments("SELECT 1 AS a -- ; DROP TABLE app.victim;", ACCEPTED),
        arguments("\n\n SELECT 1 AS a\n-- why not", ACCEPTED),
        // Statements behind the first.
        arguments(
            "SELECT 1 AS a WITH NO DATA; DROP TABLE app.victim;"
                + " CREATE MATERIALIZED VIEW app.evil AS SELECT 1 AS a",
            Reason.UnsupportedSQL),
        arguments("SELECT 1 AS a; COMMIT; DROP TABLE app.victim", Reason.UnsupportedSQL),
        arguments("SELECT 1 AS a; ROLLBACK; BEGIN; SELECT 1", Reason.UnsupportedSQL),
        arguments("SELECT 1 AS a; SET ROLE postgres; SELECT 2", Reason.UnsupportedSQL),
        arguments("SELECT 1 AS a /* */; DROP TABLE app.victim", Reason.UnsupportedSQL),
        arguments("SELECT 1 AS a --\r; DROP TABLE app.victim", Reason.UnsupportedSQL),
        arguments("SELECT E'\\\\'; DROP TABLE app.victim; --'", Reason.UnsupportedSQL),
        arguments(
            "SELECT a$$; DROP TABLE app.victim; SELECT $$ FROM (SELECT 1 AS a) t",
            Reason.UnsupportedSQL),
        // Texts that want to end what stands around them.
        arguments("SELECT 1) ; CREATE TABLE app.hacked(i int); SELECT (1", Reason.InvalidSQL),
        arguments("(SELECT 1 AS a; DROP TABLE app.victim; SELECT 2)", Reason.InvalidSQL),
        arguments("SELECT 1 AS a WITH DATA --", Reason.InvalidSQL),
        arguments("SELECT 1 AS a WITH DATA /*", Reason.InvalidSQL),
        arguments("SELECT 1 AS a WITH NO DATA", Reason.InvalidSQL),
        arguments("SELECT 'open", Reason.InvalidSQL),
        arguments("SELECT \"open", Reason.InvalidSQL),
        arguments("SELECT (1", Reason.InvalidSQL),
        arguments("SELECT $a$ x $b$; DROP TABLE app.victim", Reason.InvalidSQL),
        arguments("SELECT 1 AS a /* ; DROP TABLE app.victim", Reason.InvalidSQL),
        // Other statements than a query.
        arguments("DROP TABLE app.victim", Reason.InvalidSQL),
        arguments("DELETE FROM app.victim RETURNING id", Reason.InvalidSQL),
        arguments("INSERT INTO app.victim VALUES (3) RETURNING id", Reason.InvalidSQL),
        arguments(
            "WITH gone AS (DELETE FROM app.victim RETURNING id) SELECT * FROM gone",
            Reason.UnsupportedSQL),
        arguments(
            "SELECT * FROM (WITH u AS (UPDATE app.victim SET id = 9 RETURNING id)"
                + " SELECT * FROM u) x",
            Reason.UnsupportedSQL),
        arguments("SELECT id INTO app.hacked FROM app.victim", Reason.InvalidSQL),
        arguments("COPY app.victim TO PROGRAM 'touch hacked'", Reason.InvalidSQL),
        arguments("DO $$ BEGIN DELETE FROM app.victim; END $$", Reason.InvalidSQL),
        arguments("CALL app.wipe()", Reason.InvalidSQL),
        arguments("PREPARE p AS SELECT 1", Reason.InvalidSQL),
        arguments("EXECUTE p", Reason.InvalidSQL),
        arguments("SET search_path = pg_temp", Reason.InvalidSQL),
        arguments("LISTEN hacked", Reason.InvalidSQL),
        arguments("EXPLAIN ANALYZE SELECT app.wipe()", Reason.InvalidSQL),
        arguments("\\! touch hacked", Reason.InvalidSQL),
        arguments("-- nothing at all", Reason.InvalidSQL),
        arguments(" ", Reason.UnsupportedSQL),
        // What drivers and parsers see differently.
        arguments("SELECT {fn now()} AS a", Reason.InvalidSQL),
        arguments("SELECT '{\"a\": 1}'::jsonb ? 'a' AS a", ACCEPTED),
        arguments("SELECT '{\"a\": 1}'::jsonb ?| ARRAY['a'] AS a", ACCEPTED),
        arguments("SELECT $1 AS a", Reason.UnsupportedSQL),
        arguments("SELECT 1 AS a\0; DROP TABLE app.victim", Reason.InvalidSQL),
        arguments("\ufeffSELECT 1 AS a", Reason.InvalidSQL),
        arguments("SELECT 1 AS a\uff1b DROP TABLE app.victim", Reason.InvalidSQL),
        arguments("SELECT 1 AS a\u037e DROP TABLE app.victim", Reason.InvalidSQL),
        // Functions are not called, and nothing is computed.
        arguments("SELECT app.wipe() AS a", ACCEPTED),
        arguments("SELECT app.wipe_while_planned() AS a", ACCEPTED),
        arguments("SELECT set_config('search_path', 'pg_temp', false) AS a", ACCEPTED),
        arguments("SELECT lo_create(4711) AS a", ACCEPTED),
        arguments("SELECT pg_sleep(3600)::text AS a", ACCEPTED),
        arguments("SELECT 1 / 0 AS a", ACCEPTED),
        arguments("SELECT id FROM app.victim FOR UPDATE", ACCEPTED),
        // Honest mistakes.
        arguments("SELECT * FROM app.nowhere", Reason.SourceMissing),
        arguments("SELECT * FROM nowhere.nothing", Reason.SourceMissing),
        arguments("SELECT nothing FROM app.victim", Reason.InvalidSQL),
        arguments("SELECT 1 AS a, 2 AS a", Reason.InvalidSQL));
  }

  @BeforeAll
  static void aVictimAndFunctionsThatWouldHarmIt() {
    database.asRole(
        "CREATE TABLE app.victim (id int)",
        "INSERT INTO app.victim VALUES (1), (2)",
        "CREATE FUNCTION app.wipe() RETURNS int LANGUAGE sql AS"
            + " 'DELETE FROM app.victim RETURNING id'",
        "CREATE FUNCTION app.wipe_while_planned() RETURNS int LANGUAGE plpgsql IMMUTABLE AS"
            + " 'BEGIN DELETE FROM app.victim; RETURN 1; END'");
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("texts")
  void theDatabaseHasTheWantedViewAfterwardsOrIsAsItWas(String sql, Reason expected) {
    Database operated = database.open();
    ViewDefinition standing = TestViews.view("standing", "SELECT 1 AS a");
    TestViews.converge(operated, standing);

    Set<String> before = everything();
    Optional<Reason> probed = reason(() -> operated.probe(TestViews.view("standing", sql)));
    assertThat(everything()).as("after the probe").isEqualTo(before);

    ViewDefinition wanted = TestViews.view("wanted", sql);
    Optional<Reason> applied = reason(() -> TestViews.converge(operated, wanted));
    Set<String> added = everything();
    assertThat(added).as("nothing is gone").containsAll(before);
    added.removeAll(before);

    assertThat(probed.orElse(ACCEPTED)).as("probe").isEqualTo(expected);
    assertThat(applied.orElse(ACCEPTED)).as("apply").isEqualTo(expected);
    if (expected == ACCEPTED) {
      assertThat(added.stream().filter(a -> !a.startsWith("column app.wanted.")))
          .hasSize(2)
          .anyMatch(a -> a.startsWith("relation app.wanted m "))
          .contains("record wanted");
    } else {
      assertThat(added).isEmpty();
    }
    assertThat(TestViews.plan(operated, standing))
        .as("the other view is as it was")
        .isEqualTo(new Plan.Steps(List.of()));
  }

  @Test
  void namesOfASpecNeverBecomeCode() {
    Database operated = database.open();
    Set<String> before = everything();
    String evil = "x\"; DROP TABLE app.victim; --";
    ViewDefinition plain = TestViews.view("wanted", "SELECT 1 AS a");

    assertThat(
            reason(
                () ->
                    TestViews.converge(
                        operated,
                        TestViews.view(
                            "wanted", "SELECT 1 AS a", Index.of(evil, true, List.of(evil))))))
        .contains(Reason.InvalidSQL);
    assertThat(
            reason(
                () ->
                    operated.apply(
                        plain.name(),
                        List.of(
                            new Step.CreateView(
                                new ViewDefinition(
                                    plain.name(),
                                    plain.claim(),
                                    plain.sql(),
                                    List.of("app"),
                                    "UTC'; DROP TABLE app.victim; --",
                                    List.of()),
                                null,
                                null)))))
        .contains(Reason.InvalidTimeZone);
    assertThat(everything()).isEqualTo(before);

    TestViews.converge(
        operated,
        new ViewDefinition(
            TestViews.app(evil),
            TestViews.claim("evil'; DROP TABLE app.victim; --"),
            plain.sql(),
            List.of(evil, "app"),
            "UTC",
            List.of()));
    assertThat(everything()).containsAll(before).contains("record " + evil);
  }

  @AfterEach
  void whatWasMadeGoes() {
    database.asRole(
        "DROP MATERIALIZED VIEW IF EXISTS app.wanted",
        "DELETE FROM matview_operator.views WHERE view_name = 'wanted'");
  }

  private Set<String> everything() {
    return new TreeSet<>(database.rows(EVERYTHING));
  }

  private static Optional<Reason> reason(Runnable call) {
    try {
      call.run();
      return Optional.empty();
    } catch (DatabaseException e) {
      assertThat(e.failure().message()).hasSizeLessThanOrEqualTo(400).doesNotContain("\tat ");
      return Optional.of(e.failure().reason());
    }
  }
}
