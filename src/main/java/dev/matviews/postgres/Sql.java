package dev.matviews.postgres;

import dev.matviews.plan.QualifiedName;
import dev.matviews.plan.Reason;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;
import org.postgresql.core.Utils;

/**
 * Exactly one statement, by the judgement of the driver's own parser.
 *
 * <p>The server refuses several commands in one message, but the driver splits a text at its
 * semicolons and sends each part alone: text of a spec could bring statements of its own. So no
 * text reaches a {@link Session} that was not parsed here first, composed text included.
 */
record Sql(String text) {

  /** Text of our own, or composed from quoted parts. */
  static Sql of(String text) {
    List<NativeQuery> statements = parse(text);
    if (statements.size() != 1) {
      throw new DatabaseException(
          new Failure(Reason.UnsupportedSQL, null, "more than one statement; write one SELECT"));
    }
    return new Sql(text);
  }

  /**
   * A query out of a spec: one statement, without the semicolon that may end it and what comments
   * stand behind that.
   *
   * @throws DatabaseException UnsupportedSQL for none or several, InvalidSQL for a NUL character,
   *     which no PostgreSQL text can hold
   */
  static String query(String text) {
    refuseNul(text);
    List<NativeQuery> statements = parse(text);
    int last = statements.size() - 1;
    if (last > 0 && isComment(statements.get(last).nativeSql)) {
      statements = statements.subList(0, last);
    }
    if (statements.size() != 1 || statements.get(0).nativeSql.isBlank()) {
      throw new DatabaseException(
          new Failure(
              Reason.UnsupportedSQL,
              null,
              "the SQL holds %d statements; write exactly one SELECT, VALUES, TABLE or WITH"
                  .formatted(statements.size())));
    }
    return statements.get(0).nativeSql;
  }

  /**
   * An expression out of a spec, to stand between brackets of its own on lines of its own.
   *
   * @throws DatabaseException UnsupportedSQL where it would end the statement, InvalidSQL for a NUL
   *     character
   */
  static String expression(String text) {
    refuseNul(text);
    if (parse("(\n" + text + "\n)").size() != 1) {
      throw new DatabaseException(
          new Failure(
              Reason.UnsupportedSQL,
              null,
              "an expression holds a semicolon; write one expression without it"));
    }
    return text;
  }

  private static void refuseNul(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new DatabaseException(
          new Failure(Reason.InvalidSQL, null, "the SQL holds a NUL character; remove it"));
    }
  }

  /** What the driver takes for one more statement, since it only looks for a semicolon. */
  private static boolean isComment(String text) {
    char[] chars = text.toCharArray();
    for (int i = 0; i < chars.length; i++) {
      int end = endOfComment(chars, i);
      if (end == i && !Character.isWhitespace(chars[i])) {
        return false;
      }
      i = end;
    }
    return true;
  }

  /** The same place where none begins; the driver itself looks at the second character alone. */
  static int endOfComment(char[] text, int i) {
    return switch (text[i]) {
      case '-' -> Parser.parseLineComment(text, i);
      case '/' -> Parser.parseBlockComment(text, i);
      default -> i;
    };
  }

  /** Quoted always, so that case is kept and no name is a keyword. */
  static String identifier(String name) {
    try {
      return Utils.escapeIdentifier(null, name).toString();
    } catch (SQLException e) {
      throw invalidText(e);
    }
  }

  static String qualified(QualifiedName name) {
    return identifier(name.schema()) + "." + identifier(name.name());
  }

  static String identifiers(List<String> names) {
    return names.stream().map(Sql::identifier).collect(Collectors.joining(", "));
  }

  /** Sessions pin standard_conforming_strings, so only the quote is special. */
  static String literal(String value) {
    try {
      return "'" + Utils.escapeLiteral(null, value, true) + "'";
    } catch (SQLException e) {
      throw invalidText(e);
    }
  }

  /** {@code name = 'value'} for each, in the order of the names. */
  static String assignments(Map<String, String> values) {
    return new TreeMap<>(values)
        .entrySet().stream()
            .map(value -> identifier(value.getKey()) + " = " + literal(value.getValue()))
            .collect(Collectors.joining(", "));
  }

  /** A text[]. */
  static String literals(List<String> values) {
    return values.stream()
        .map(Sql::literal)
        .collect(Collectors.joining(", ", "ARRAY[", "]::pg_catalog.text[]"));
  }

  private static List<NativeQuery> parse(String text) {
    try {
      return Parser.parseJdbcSql(text, true, false, true, false, false);
    } catch (SQLException e) {
      throw invalidText(e);
    }
  }

  private static DatabaseException invalidText(SQLException e) {
    return new DatabaseException(
        new Failure(Reason.InvalidSQL, e.getSQLState(), "the text is no valid SQL"));
  }
}
