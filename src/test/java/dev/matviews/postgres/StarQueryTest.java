package dev.matviews.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which queries take their columns from their sources, by their text alone. */
class StarQueryTest {

  @ParameterizedTest(name = "{0}")
  @DisplayName("with a star")
  @ValueSource(
      strings = {
        "SELECT * FROM t",
        "select\n*from t",
        "SELECT t.* FROM t",
        "SELECT a, t . * FROM t",
        "SELECT 1,*FROM t",
        "SELECT DISTINCT * FROM t",
        "SELECT DISTINCT ON (a) * FROM t",
        "SELECT ALL /* all */ * FROM t",
        "SELECT 'it''s', \"a\"\"b\", $x$ it's $x$, * FROM t",
        "WITH w AS (SELECT * FROM t) SELECT a FROM w",
        "SELECT a FROM (SELECT * FROM t) s",
        "TABLE app.t",
        "SELECT a FROM t UNION TABLE t",
      })
  void star(String sql) {
    assertThat(StarQuery.is(sql)).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("without one")
  @ValueSource(
      strings = {
        "SELECT a * b FROM t",
        "SELECT count(*) FROM t",
        "SELECT count ( * ), (a) * b FROM t",
        "SELECT 2*a, \"a\" * 3, a[1] * 4 FROM t",
        "SELECT 'SELECT *' FROM t",
        "SELECT '\\', '*' FROM t",
        "SELECT $$SELECT * FROM t$$ AS a",
        "SELECT $a$ $$ SELECT * $a$ AS a",
        "SELECT \"SELECT *\" FROM t",
        "SELECT a -- SELECT *\n FROM t",
        "SELECT a /* SELECT /* nested */ * FROM */ FROM t",
        "SELECT a FROM t WHERE EXISTS (SELECT * FROM u)",
        "SELECT \"table\" AS table FROM t",
        "SELECT t.table FROM t",
        "VALUES (1)",
        "",
      })
  void none(String sql) {
    assertThat(StarQuery.is(sql)).isFalse();
  }
}
