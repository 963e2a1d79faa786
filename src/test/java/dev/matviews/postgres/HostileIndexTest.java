package dev.matviews.postgres;

import static dev.matviews.postgres.TestViews.app;
import static dev.matviews.postgres.TestViews.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.matviews.plan.Index;
import dev.matviews.plan.Index.Method;
import dev.matviews.plan.Plan;
import dev.matviews.plan.Reason;
import dev.matviews.plan.Step;
import dev.matviews.plan.ViewDefinition;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever stands in an index of a spec, there is exactly the wanted index or nothing new. */
class HostileIndexTest {

  private static final String EVERYTHING =
      """
      SELECT 'relation ' || concat_ws(' ', c.oid, c.relname, c.relkind, c.relowner, c.reltablespace)
      FROM pg_class c
      UNION ALL SELECT 'index ' || indexdef FROM pg_indexes
      UNION ALL SELECT 'row ' || id FROM app.victim
      UNION ALL SELECT 'setting ' || concat_ws(' ', setdatabase, setrole, setconfig)
      FROM pg_db_role_setting
      UNION ALL SELECT 'record ' || v::text FROM matview_operator.views v
      """;

  @RegisterExtension static final TestDatabase database = new TestDatabase();

  @SuppressWarnings("NullAway.Init") // set before the tests
  private static Database operated;

  @BeforeAll
  static void aVictim() {
    database.asRole(
        "CREATE TABLE app.victim (id int, label text)",
        "INSERT INTO app.victim VALUES (1, 'a'), (2, 'b')",
        "CREATE FUNCTION app.volatile() RETURNS int VOLATILE LANGUAGE sql AS"
            + " 'DELETE FROM app.victim RETURNING id'");
    operated = Database.open(database.address(), TestDatabase.TERMS, Clock.systemUTC());
    TestViews.fill(operated, view("filled", "SELECT id, label FROM victim"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Statements behind it.
        "id > 0); DROP TABLE app.victim; SELECT (1",
        "id > 0; DROP TABLE app.victim",
        "id > 0;",
        "id > 0; --",
        "id > 0) ; COMMIT ; DROP TABLE app.victim ; CREATE INDEX ON app.victim (id",
        "E'\\\\' = label; DROP TABLE app.victim; --'",
        // Parentheses that are not its own.
        "id > 0) OR (true",
        "id > 0) AND (SELECT true",
        "id) , (label",
        "id)) WHERE ((id > 0",
        "id)) INCLUDE (label) WHERE ((id > 0",
        "id)) TABLESPACE pg_default WHERE ((id > 0",
        "id)) WITH (fillfactor = 10) WHERE ((id > 0",
        "id) TABLESPACE pg_global --",
        "lower(label)) text_pattern_ops, (id",
        "label) pg_catalog.text_ops(a = (1",
        "id > 0) --",
        "id > 0) /*",
        ")",
        "(",
        "] , [",
        "id > 0], ARRAY[true",
        // Texts that do not end.
        "'open",
        "\"open",
        "$$open",
        "id > 0 /* open",
        "id > 0 /* /* */",
        // No expression.
        "",
        " ",
        "-- nothing",
        "*",
        "DROP TABLE app.victim",
        "id DESC",
        "id, label",
        "id AS a",
        "SELECT id",
        "(SELECT count(*) FROM app.victim) > 0",
        "id IN (SELECT id FROM app.victim)",
        "app.volatile() = 1",
        "now() > '2026-01-01'",
        "count(*) > 0",
        "row_number() OVER () > 0",
        "generate_series(1, id) > 0",
        "$1 > 0",
        "id > 0\0",
        "id > 0\uff1b DROP TABLE app.victim",
        "{fn now()} IS NULL",
        "nothing > 0",
        "\\! touch hacked"
      })
  void aTextThatIsNoExpressionDoesNothing(String text) {
    Set<String> before = everything();
    for (Index index : List.of(where(text), expression(text))) {
      for (String name : List.of("filled", "wanted")) {
        String sql = "SELECT id, label FROM victim";
        assertThat(refusal(view(name, sql, index)))
            .as("%s of %s", index, name)
            .hasValueSatisfying(
                f -> {
                  assertThat(f.reason()).isIn(Reason.InvalidSQL, Reason.UnsupportedSQL);
                  assertThat(f.message()).startsWith("index i on app." + name + ": ");
                });
        assertThat(everything()).isEqualTo(before);
      }
    }
  }

  /** A step that no probe went before does as little. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "id > 0) OR (true",
        "id)) WHERE ((id > 0",
        "id > 0); DROP TABLE app.victim; SELECT (1",
      })
  void aBuildThatWasNotProbedIsRefusedAsWell(String text) {
    Set<String> before = everything();
    ViewDefinition wanted = view("filled", "SELECT id, label FROM victim", where(text));
    List<Step> plan = List.of(new Step.CreateIndex(wanted, wanted.indexes().get(0), true));
    assertThat(reason(() -> operated.applyLong(app("filled"), plan, TestViews.LONG))).isPresent();
    assertThat(everything()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id > 0 -- why; not",
        "label <> ';' AND label <> ')'",
        "label <> $q$); DROP TABLE app.victim; --$q$",
        "label <> E'\\'); DROP TABLE app.victim; --'",
        "((id)) > (0) /* ) */",
        "label::jsonb ? 'a'",
        "(ARRAY[id])[1] > 0"
      })
  void anExpressionOfAnyLookIsOne(String text) {
    ViewDefinition wanted = view("wanted", "SELECT id, label FROM victim", where(text));
    TestViews.converge(operated, wanted);
    assertThat(TestViews.plan(operated, wanted)).isEqualTo(new Plan.Steps(List.of()));
    assertThat(database.rows("SELECT id FROM app.victim")).hasSize(2);
    assertThat(database.value("SELECT indexdef FROM pg_indexes WHERE indexname = 'i'"))
        .contains("WHERE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "fillfactor # 70); DROP TABLE app.victim; --",
        "fillfactor = 70); DROP TABLE app.victim; -- # 1",
        "fillfactor\" = 70); DROP TABLE app.victim; -- # 1",
        "fillfactor # 70'); DROP TABLE app.victim; --",
        "nothing # 1",
        "fillfactor # 1"
      })
  void parametersNeverBecomeCode(String name, String value) {
    Set<String> before = everything();
    Index index = index(List.of(Index.Key.column("id")), null, Map.of(name, value));
    assertThat(refusal(view("wanted", "SELECT id, label FROM victim", index)))
        .hasValueSatisfying(f -> assertThat(f.reason()).isEqualTo(Reason.InvalidSQL));
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void namesOfClassesAndCollationsNeverBecomeCode() {
    Set<String> before = everything();
    String evil = "x\") ; DROP TABLE app.victim; --";
    for (Index.Key key :
        List.of(
            Index.Key.column(evil),
            new Index.Key("label", null, null, null, evil, null),
            new Index.Key("label", null, null, null, evil + "." + evil, null),
            new Index.Key("label", null, null, null, null, evil),
            new Index.Key("label", null, null, null, null, evil + "." + evil))) {
      Index index = index(List.of(key), null, Map.of());
      assertThat(refusal(view("wanted", "SELECT id, label FROM victim", index)))
          .as("%s", key)
          .isPresent();
      assertThat(everything()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "'id > 0 AND\n  id < < 1' # index i on app.wanted: line 2, column 8: syntax error",
        "'id > 0 AND\n  nothing < 1' # index i on app.wanted: line 2, column 3: column \"nothing\""
      })
  void theMessageTellsThePlaceInTheTextThatIsWrong(String text, String message) {
    for (Index index : List.of(where(text), expression(text))) {
      assertThat(refusal(view("wanted", "SELECT id FROM victim", index)))
          .hasValueSatisfying(f -> assertThat(f.message()).startsWith(message));
    }
  }

  @Test
  void aColumnThatIsNotThereIsNamedAndHasNoPlace() {
    Index index = index(List.of(Index.Key.column("nothing")), null, Map.of());
    assertThat(refusal(view("wanted", "SELECT id FROM victim", index)))
        .hasValueSatisfying(
            f ->
                assertThat(f.message())
                    .isEqualTo("index i on app.wanted: column \"nothing\" does not exist"));
  }

  @AfterEach
  void whatWasMadeGoes() {
    database.asRole(
        "DROP MATERIALIZED VIEW IF EXISTS app.wanted",
        "DELETE FROM matview_operator.views WHERE view_name = 'wanted'");
  }

  private static Index where(String text) {
    return index(List.of(Index.Key.column("id")), text, Map.of());
  }

  private static Index expression(String text) {
    return index(List.of(Index.Key.expression(text)), null, Map.of());
  }

  private static Index index(
      List<Index.Key> keys, @Nullable String where, Map<String, String> parameters) {
    return new Index("i", false, keys, List.of(), where, Method.Btree, false, parameters);
  }

  private static Set<String> everything() {
    return new TreeSet<>(database.rows(EVERYTHING));
  }

  private static Optional<Failure> refusal(ViewDefinition wanted) {
    return reason(() -> TestViews.converge(operated, wanted));
  }

  private static Optional<Failure> reason(Runnable call) {
    try {
      call.run();
      return Optional.empty();
    } catch (DatabaseException e) {
      return Optional.of(e.failure());
    }
  }
}
