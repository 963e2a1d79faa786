package dev.matviews.plan;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An index as a spec asks for it.
 *
 * @param keys in this order
 * @param include columns that are held besides the keys
 * @param where an expression in SQL; null indexes all rows
 * @param nullsNotDistinct whether two nulls count as alike
 * @param parameters storage parameters by name
 */
public record Index(
    String name,
    boolean unique,
    List<Key> keys,
    List<String> include,
    @Nullable String where,
    Method method,
    boolean nullsNotDistinct,
    Map<String, String> parameters) {

  public Index {
    keys = List.copyOf(keys);
    include = List.copyOf(include);
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
  }

  /** PostgreSQL's own access methods. */
  public enum Method {
    Btree,
    Hash,
    Gin,
    Gist,
    Brin,
    Spgist;

    /** As SQL and the catalogue spell it. */
    public String sql() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a key is sorted. */
  public enum Order {
    Asc,
    Desc
  }

  /** Where a key's nulls are sorted. */
  public enum Nulls {
    First,
    Last
  }

  /**
   * What is indexed: a column or else an expression; null is PostgreSQL's default for the rest.
   *
   * @param operatorClass a name, or schema.name: the first dot ends the schema
   * @param collation a name, or schema.name: the first dot ends the schema
   */
  public record Key(
      @Nullable String column,
      @Nullable String expression,
      @Nullable Order order,
      @Nullable Nulls nulls,
      @Nullable String operatorClass,
      @Nullable String collation) {

    public Key {
      if ((column == null) == (expression == null)) {
        throw new IllegalArgumentException("a key is either a column or an expression");
      }
    }

    public static Key column(String name) {
      return new Key(name, null, null, null, null, null);
    }

    public static Key expression(String sql) {
      return new Key(null, sql, null, null, null, null);
    }
  }

  /** A btree over plain columns, in this order. */
  public static Index of(String name, boolean unique, List<String> columns) {
    List<Key> keys = columns.stream().map(Key::column).toList();
    return new Index(name, unique, keys, List.of(), null, Method.Btree, false, Map.of());
  }

  /** SHA-256 of all that is asked for. */
  public String hash() {
    Digest digest = new Digest().add(name).add(Boolean.toString(unique)).add(method.sql());
    digest.add(Boolean.toString(nullsNotDistinct)).addOptional(where).addAll(include);
    digest.add(Integer.toString(keys.size()));
    keys.forEach(
        key ->
            digest
                .addOptional(key.column())
                .addOptional(key.expression())
                .addOptional(key.order())
                .addOptional(key.nulls())
                .addOptional(key.operatorClass())
                .addOptional(key.collation()));
    parameters.forEach((parameter, value) -> digest.add(parameter).add(value));
    return digest.hex();
  }
}
