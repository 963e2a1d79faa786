package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.matviews.plan.Reason;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTest {

  private static final long SEED = 20260117;
  private static final String[] PIECES = {
    "\"",
    "'",
    "\\",
    ";",
    "--",
    "/*",
    "*/",
    "$$",
    "$a$",
    "?",
    "??",
    "$1",
    "{fn now()}",
    "E'",
    "U&",
    "%",
    ".",
    " ",
    "\t",
    "\n",
    "\r",
    "\u0001",
    "\u007f",
    "\u00a0",
    "\ufeff",
    "a",
    "Z",
    "0",
    "_",
    "é",
    "e\u0301",
    "ß",
    "中",
    "؛",
    "；",
    "😀",
    "👩‍👩‍👧",
    "\u202e"
  };
  private static final Set<String> SYSTEM_COLUMNS =
      Set.of("ctid", "xmin", "cmin", "xmax", "cmax", "tableoid");

  @RegisterExtension static final TestDatabase database = new TestDatabase();

  @Test
  void everyNameIsTheSameAfterATripToTheServerAsIdentifierAndAsLiteral() throws SQLException {
    Session session = database.session();
    List<String> names = List.copyOf(names(1500));
    for (int from = 0; from < names.size(); from += 250) {
      List<String> some = names.subList(from, Math.min(from + 250, names.size()));
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
          .as("seed %d", SEED)
          .isEqualTo(some);
      assertThat(
              session.query(
                  "SELECT t FROM app.texts, unnest(texts) WITH ORDINALITY u (t, n) ORDER BY n",
                  row -> row.getString(1)))
          .as("seed %d", SEED)
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

  private static Set<String> names(int count) {
    Random random = new Random(SEED);
    Set<String> names = new LinkedHashSet<>(List.of(PIECES));
    while (names.size() < count) {
      String name =
          IntStream.rangeClosed(0, random.nextInt(12))
              .mapToObj(i -> PIECES[random.nextInt(PIECES.length)])
              .collect(Collectors.joining());
      if (name.getBytes(StandardCharsets.UTF_8).length <= 63 && !SYSTEM_COLUMNS.contains(name)) {
        names.add(name);
      }
    }
    return names;
  }
}
