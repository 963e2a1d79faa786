package dev.matviews.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's names of its SQLSTATEs: they say what happened and never hold a value. */
final class ConditionNames {

  private static final Properties NAMES = load();

  private ConditionNames() {}

  /** Such as {@code 22012 division_by_zero}; the bare code for one of an extension's own. */
  static String describe(@Nullable String sqlState) {
    if (sqlState == null) {
      return "no SQLSTATE";
    }
    String name = NAMES.getProperty(sqlState);
    return name == null ? "SQLSTATE " + sqlState : sqlState + " " + name;
  }

  private static Properties load() {
    Properties names = new Properties();
    try (InputStream in =
        Objects.requireNonNull(ConditionNames.class.getResourceAsStream("conditions.properties"))) {
      names.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }
}
