package dev.matviews.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.postgresql.core.Parser;

/**
 * Whether the columns of a query come from those of its sources, by SELECT *, t.* or TABLE.
 *
 * <p>PostgreSQL keeps no trace of a star, so only the text can tell.
 */
public final class StarQuery {

  /** Behind these a star is no multiplication. */
  private static final Set<String> BEFORE_STAR = Set.of("SELECT", "ALL", "DISTINCT", ",", ".");

  private StarQuery() {}

  public static boolean is(String sql) {
    List<String> tokens = tokens(sql);
    for (int i = 0; i < tokens.size(); i++) {
      boolean star = tokens.get(i).equals("*") && isStar(tokens, i);
      if (star || (tokens.get(i).equals("TABLE") && startsQuery(tokens, i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isStar(List<String> tokens, int i) {
    boolean listed = BEFORE_STAR.contains(before(tokens, i, 1));
    // DISTINCT ON (a) * is the one place where a bracket goes before.
    boolean behindOn = before(tokens, i, 1).equals(")") && after(tokens, i).equals("FROM");
    // EXISTS looks at no column.
    boolean exists =
        before(tokens, i, 1).equals("SELECT")
            && before(tokens, i, 2).equals("(")
            && before(tokens, i, 3).equals("EXISTS");
    return (listed || behindOn) && !exists;
  }

  private static boolean startsQuery(List<String> tokens, int i) {
    return !Set.of(".", "AS").contains(before(tokens, i, 1)) && !after(tokens, i).isEmpty();
  }

  private static String before(List<String> tokens, int i, int distance) {
    return i < distance ? "" : tokens.get(i - distance);
  }

  private static String after(List<String> tokens, int i) {
    return i + 1 < tokens.size() ? tokens.get(i + 1) : "";
  }

  /** Words in upper case, and all else that is no blank, a character each. */
  private static List<String> tokens(String sql) {
    char[] text = sql.toCharArray();
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < text.length; i++) {
      int comment = Sql.endOfComment(text, i);
      int quoted = endOfQuoted(text, i);
      int word = endOfWord(text, i);
      if (comment > i) {
        i = comment;
      } else if (quoted > i) {
        tokens.add("quoted");
        i = quoted;
      } else if (word > i || Character.isJavaIdentifierStart(text[i])) {
        tokens.add(sql.substring(i, word + 1).toUpperCase(Locale.ROOT));
        i = word;
      } else if (!Character.isWhitespace(text[i])) {
        tokens.add(String.valueOf(text[i]));
      }
    }
    return tokens;
  }

  /** The same place where nothing is quoted. */
  private static int endOfQuoted(char[] text, int i) {
    return switch (text[i]) {
      case '\'' -> Parser.parseSingleQuotes(text, i, true);
      case '"' -> Parser.parseDoubleQuotes(text, i);
      case '$' -> Parser.parseDollarQuotes(text, i);
      default -> i;
    };
  }

  private static int endOfWord(char[] text, int i) {
    int end = i;
    if (Character.isJavaIdentifierStart(text[i])) {
      while (end + 1 < text.length && Character.isJavaIdentifierPart(text[end + 1])) {
        end++;
      }
    }
    return end;
  }
}
