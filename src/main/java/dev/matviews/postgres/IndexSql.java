package dev.matviews.postgres;

import dev.matviews.plan.Index;
import dev.matviews.plan.QualifiedName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/** CREATE INDEX out of a spec: names are quoted, values are literals, texts are expressions. */
final class IndexSql {

  private IndexSql() {}

  /**
   * The statement.
   *
   * @param name under which it is made; the index's own in the end
   */
  static Sql create(Index index, String name, QualifiedName view, boolean concurrently) {
    List<String> words = new ArrayList<>();
    words.add(index.unique() ? "CREATE UNIQUE INDEX" : "CREATE INDEX");
    words.add(concurrently ? "CONCURRENTLY" : "");
    words.add(Sql.identifier(name) + " ON " + Sql.qualified(view));
    words.add("USING " + index.method().sql());
    words.add("(" + index.keys().stream().map(IndexSql::key).collect(joined()) + ")");
    if (!index.include().isEmpty()) {
      words.add("INCLUDE (" + Sql.identifiers(index.include()) + ")");
    }
    words.add(index.nullsNotDistinct() ? "NULLS NOT DISTINCT" : "");
    if (!index.parameters().isEmpty()) {
      words.add("WITH (" + Sql.assignments(index.parameters()) + ")");
    }
    if (index.where() != null) {
      words.add("WHERE " + parenthesized(index.where()));
    }
    words.removeIf(String::isEmpty);
    return Sql.of(String.join(" ", words));
  }

  /**
   * Has the server prove that each text is an expression by itself, whatever stands around it.
   *
   * <p>Between parentheses a text could close the one before it and open the one behind it. No text
   * can do so between brackets as well; the server only parses that statement.
   *
   * @throws DatabaseException with what is wrong with a text, and where
   */
  static void prove(Session session, Index index, QualifiedName view) throws SQLException {
    for (String text : texts(index)) {
      String bracketed;
      try {
        bracketed = "CREATE INDEX ON x ((ARRAY[\n" + Sql.expression(text) + "\n]))";
      } catch (DatabaseException e) {
        throw new DatabaseException(e.failure().of(what(index, view)));
      }
      try {
        session.parse(Sql.of(bracketed));
      } catch (SQLException e) {
        throw new DatabaseException(
            Failure.ofIndexText(e, bracketed, List.of(text)).of(what(index, view)));
      }
    }
  }

  static String what(Index index, QualifiedName view) {
    return "index %s on %s".formatted(index.name(), view);
  }

  /** What stands in the spec as SQL. */
  static List<String> texts(Index index) {
    List<String> texts = new ArrayList<>();
    for (Index.Key key : index.keys()) {
      if (key.expression() != null) {
        texts.add(key.expression());
      }
    }
    if (index.where() != null) {
      texts.add(index.where());
    }
    return texts;
  }

  private static String key(Index.Key key) {
    List<String> words = new ArrayList<>();
    if (key.column() != null) {
      words.add(Sql.identifier(key.column()));
    }
    if (key.expression() != null) {
      words.add(parenthesized(key.expression()));
    }
    if (key.collation() != null) {
      words.add("COLLATE " + dotted(key.collation()));
    }
    if (key.operatorClass() != null) {
      words.add(dotted(key.operatorClass()));
    }
    if (key.order() != null) {
      words.add(key.order() == Index.Order.Asc ? "ASC" : "DESC");
    }
    if (key.nulls() != null) {
      words.add(key.nulls() == Index.Nulls.First ? "NULLS FIRST" : "NULLS LAST");
    }
    return String.join(" ", words);
  }

  /** A comment at the end of the text ends with its line. */
  private static String parenthesized(String text) {
    return "(\n" + Sql.expression(text) + "\n)";
  }

  private static String dotted(String name) {
    int dot = name.indexOf('.');
    return dot < 0
        ? Sql.identifier(name)
        : Sql.qualified(new QualifiedName(name.substring(0, dot), name.substring(dot + 1)));
  }

  private static Collector<CharSequence, ?, String> joined() {
    return Collectors.joining(", ");
  }
}
