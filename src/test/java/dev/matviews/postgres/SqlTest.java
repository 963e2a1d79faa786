package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matviews.hostile.HostileNames;
import dev.matviews.plan.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTest {

  private static final Set<String> SYSTEM_COLUMNS =
      Set.of("ctid", "xmin", "cmin", "xmax", "cmax", "tableoid");

  @RegisterExtension static final TestDatabase database = new TestDatabase();

  /** A failing one is tried again with {@code -Dnames.seed=…}. */
  @Test
  void everyNameIsTheSameAfterATripToTheServerAsIdentifierAndAsLiteralOrIsRefused()
      throws SQLException {
    long seed = Long.getLong("names.seed", System.nanoTime());
    Session session = database.session();
    List<String> fitting = new ArrayList<>();
    for (String name : HostileNames.random(seed)) {
      if (name.indexOf('\0') >= 0) {
        refused(Reason.InvalidSQL, () -> Sql.identifier(name));
        refused(Reason.InvalidSQL, () -> Sql.literal(name));
      } else if (HostileNames.fits(name) && !SYSTEM_COLUMNS.contains(name)) {
        fitting.add(name);
      }
    }
    for (int from = 0; from < fitting.size(); from += 250) {
      List<String> some = fitting.subList(from, Math.min(from + 250, fitting.size()));
      String columns =
          some.stream().map(n -> Sql.identifier(n) + " int").collect(Collectors.joining(", "));
      session.execute(Sql.of("CREATE TABLE app.names (" + columns + ")"));
      String literals = some.stream().map(Sql::literal).collect(Collectors.joining(", "));
      session.execute(Sql.of("CREATE TABLE app.texts AS SELECT ARRAY[" + literals + "] AS texts"));

      assertThat(
              session.query(
                  "SELECT attname FROM pg_attribute"
                      + " WHERE attrelid = 'app.names'::regclass AND attnum > 0 ORDER BY attnum",
                  row -> row.getString(1)))
          .as("seed %d", seed)
          .isEqualTo(some);
      assertThat(
              session.query(
                  "SELECT t FROM app.texts, unnest(texts) WITH ORDINALITY u (t, n) ORDER BY n",
                  row -> row.getString(1)))
          .as("seed %d", seed)
          .isEqualTo(some);
      session.execute(Sql.of("DROP TABLE app.names"));
      session.execute(Sql.of("DROP TABLE app.texts"));
    }
  }

  @Test
  void everyKeywordIsANameWhenQuoted() throws SQLException {
    Session session = database.session();
    List<String> words =
        session.query("SELECT word FROM pg_get_keywords() ORDER BY word", row -> row.getString(1));
    assertThat(words).hasSizeGreaterThan(400).contains("select", "user");
    session.execute(
        Sql.of(
            "CREATE TABLE app.words ("
                + words.stream()
                    .map(w -> Sql.identifier(w) + " int")
                    .collect(Collectors.joining(", "))
                + ")"));
  }

  @Test
  void aNulCharacterIsRefusedEverywhere() {
    refused(Reason.InvalidSQL, () -> Sql.identifier("a\0b"));
    refused(Reason.InvalidSQL, () -> Sql.literal("a\0b"));
    refused(Reason.InvalidSQL, () -> Sql.query("SELECT 'a\0b'"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "SELECT 1;",
        "SELECT 1 ; \n",
        "SELECT 1;;",
        "SELECT 1; -- done",
        "SELECT 1; /* done; */ -- really;",
        "SELECT 1;\n-- a\n/* b /* c */ */\n"
      })
  void aSemicolonThatEndsTheQueryIsTakenOffWithTheCommentsAfterIt(String sql) {
    assertThat(Sql.query(sql).strip()).isEqualTo("SELECT 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT ';'",
        "SELECT ''';'",
        "SELECT E'\\';'",
        "SELECT \";\" FROM t",
        "SELECT $$;$$",
        "SELECT $a$ $$;$$ $a$",
        "SELECT /* ; /* ; */ ; */ 1",
        "SELECT 1 -- ;",
        "\n\n  SELECT a\n  FROM t -- why; not"
      })
  void aSemicolonInsideQuotesOrCommentsIsKept(String sql) {
    assertThat(Sql.query(sql)).isEqualTo(sql);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1; SELECT 2",
        "SELECT ''; SELECT ''",
        "SELECT 'a'';'; SELECT 2",
        "SELECT $$a$$; SELECT $$b$$",
        "SELECT a$$; SELECT $$b",
        "SELECT \"a\"; SELECT \"b\"",
        "SELECT E'\\\\'; SELECT ''",
        "SELECT 1 /* /* */ */; SELECT 2",
        "SELECT 1 --\n; SELECT 2",
        "SELECT 1 --\r; SELECT 2",
        "SELECT 1; -- a\nSELECT 2",
        "SELECT 1; /**/ SELECT 2",
        "SELECT 1;a-- DROP",
        "SELECT 1;a*b",
        "-- a\n; SELECT 1",
        "",
        " \n ",
        ";"
      })
  void severalStatementsAndNoneAreRefused(String sql) {
    refused(Reason.UnsupportedSQL, () -> Sql.query(sql));
  }

  @Test
  void composedTextIsCountedTooBeforeItIsSent() {
    refused(
        Reason.UnsupportedSQL, () -> Sql.of("CREATE MATERIALIZED VIEW a AS SELECT 1; SELECT 2"));
  }

  private static void refused(Reason reason, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            DatabaseException.class, e -> assertThat(e.failure().reason()).isEqualTo(reason));
  }
}
